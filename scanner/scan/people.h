/* people.h: who is named in how many items of a run: leaks by aggregation
 * (保守国家秘密法实施条例第四十 三条). Only keyed tokens (HMAC) are kept, never a number or a name,
 * and only while the run lasts. */
#ifndef MSH_SCAN_PEOPLE_H
#define MSH_SCAN_PEOPLE_H

#include "scan/item.h"

typedef struct msh_person msh_person;
typedef struct msh_people {
    msh_person *slots;
    size_t cap;        /* a power of two, 0 = none yet */
    uint64_t n;        /* different people seen */
    uint64_t repeated; /* of these in two items or more */
    uint64_t most;     /* items that name the same one */
    bool full;         /* there were more than could be kept: the figures are at least these */
} msh_people;

/* The people whom an item's findings name (msh_finding.person); n: the item's number. */
void msh_people_note(msh_people *p, const msh_entry *e);
void msh_people_dispose(msh_people *p);

#endif
