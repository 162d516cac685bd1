/* item.h: one item's life, from being found to being reported: what the room says of it is
 * gathered, masked, and turned into a verdict. */
#ifndef MSH_SCAN_ITEM_H
#define MSH_SCAN_ITEM_H

#include <mishen/scan.h>

#include "base/arena.h"
#include "crypto/digest.h"
#include "scan/ruleset.h"
#include "scan/state.h"
#include "source/source.h"
#include "worker/room.h"

/* A hit in a name, kept to mask that name wherever it is shown. */
typedef struct msh_name_hit {
    struct msh_name_hit *next;
    msh_view vpath;
    uint64_t offset; /* within the name */
    uint32_t length;
} msh_name_hit;

typedef struct msh_entry msh_entry;
struct msh_entry {
    msh_entry *next;
    msh_arena arena; /* everything below lives here */
    uint64_t tag;
    uint64_t record; /* its place in the group; after the commit the number of its record */
    int fd;          /* a copy for fstat afterwards, -1 when nothing was opened */
    uint64_t size;
    int64_t mtime_ns, ctime_ns;
    uint64_t dev, ino;
    msh_view rel;   /* path relative to the root of the run, for the log */
    msh_view vpath; /* the path as places write it ('!' escaped) */
    msh_item item;
    msh_finding *findings;
    size_t n_findings, cap_findings;
    msh_outcome_note *outcomes;
    size_t n_outcomes, cap_outcomes;
    uint64_t more_outcomes; /* past the listed ones */
    msh_name_hit *name_hits;
    msh_tier worst;
    bool whole; /* nothing said so far that something was not read */
    bool done;
    bool retried;
    bool memory_short; /* an allocation failed: never whole */
    msh_view link, xattrs;
};

/* From what a source found; takes its descriptor's copy (dup), the descriptor itself goes to the
 * room. NULL when memory is short. */
msh_entry *msh_entry_new(uint64_t tag, const msh_source_item *found);
void msh_entry_free(msh_entry *e);
/* Forget what was said, for a second reading of a file that changed. */
void msh_entry_restart(msh_entry *e);

/* Events of the room. None of them fails: short memory makes the item not whole. */
void msh_entry_outcome(msh_entry *e, msh_reason reason, const msh_place *place, uint64_t reached);
void msh_entry_hit(msh_entry *e, const msh_rules *rules, msh_hmac *key, const msh_hit *hit);
/* What a virus scanner calls it: BLOCK. */
void msh_entry_virus(msh_entry *e, msh_hmac *key, msh_view name);
void msh_entry_done(msh_entry *e, const msh_room_done *done);
/* What was not read is only that the item is of a type that policy lets pass. */
void msh_entry_pass_opaque(msh_entry *e);
/* After the last event: whether the file is still what was opened. */
bool msh_entry_unchanged(const msh_entry *e);
/* Take size and times as they are now, for a second reading; false when that fails. */
MSH_MUST_CHECK bool msh_entry_reopen(msh_entry *e);
/* Verdict, outcome, masked names. n: number of the item in the run. */
void msh_entry_finish(msh_entry *e, uint64_t n);

#endif
