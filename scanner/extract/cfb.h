/* cfb.h: compound files ([MS-CFB]: OLE2 structured storage), the shell of doc, xls, ppt, msg …
 *
 * The directory is read as an array: entries that the tree does not reach are there, too, as
 * orphans of the root. Chains are followed with cycle checks and give what is there. Nothing is
 * reported here: `damaged` and the return values say what was amiss, the caller reports it.
 * Memory is the reader's own (msh_cfb_close); every byte read from a stream is charged. */
#ifndef MSH_EXTRACT_CFB_H
#define MSH_EXTRACT_CFB_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/buf.h"
#include "extract/input.h"

typedef enum msh_cfb_kind {
    MSH_CFB_FREE = 0, /* a free slot that still bears a name: removed once */
    MSH_CFB_STORAGE = 1,
    MSH_CFB_STREAM = 2,
    MSH_CFB_ROOT = 5
} msh_cfb_kind;

/* Entry 0 is the root. Children of a storage are a list: child, then next; -1 ends it. */
typedef struct msh_cfb_entry {
    msh_view name; /* UTF-8, as found: may begin with a control character ("\005Summary…") */
    msh_cfb_kind kind;
    int parent; /* index of a storage; -1 for the root; never a cycle */
    int child, next;
    bool orphan; /* the tree does not reach it: parent is the root */
    bool used;   /* a reader has wholly read it (msh_cfb_used): it is not swept */
    uint64_t size;
    uint32_t start; /* first sector */
    uint8_t clsid[16];
} msh_cfb_entry;

typedef struct msh_cfb_range {
    uint64_t from, to;
} msh_cfb_range;

typedef struct msh_cfb {
    msh_input *in;
    msh_budget *budget;
    msh_cfb_entry *entries;
    size_t n;
    bool damaged; /* header, tables, directory or a chain are not as they should be */
    bool cut;     /* more entries than limits->members: the rest is not listed */
    /* --- of the reader --- */
    msh_arena arena;
    unsigned shift, mini_shift; /* log2 of the sector sizes */
    uint32_t cutoff;            /* streams below it lie in the mini stream */
    uint32_t sectors;           /* of the file, a last part of one counts */
    uint32_t *fat;              /* `sectors` numbers */
    uint32_t *mini_fat;
    uint32_t mini_sectors; /* entries of mini_fat */
    uint32_t *mini_chain;  /* sectors of the mini stream, in order */
    uint32_t mini_chained;
    uint64_t mini_size;
    uint8_t *owned, *mini_owned; /* a byte a sector: something accounts for it */
    msh_cfb_range *slack;        /* ends of last sectors */
    size_t n_slack, cap_slack;
} msh_cfb;

/* Whether bytes begin like a compound file. */
bool msh_cfb_is(msh_view head);
/* Reads header, tables and directory. MSH_E_SYNTAX: no compound file; MSH_E_CORRUPT: not even a
 * directory; MSH_E_IO, MSH_E_MEMORY, limits. c must be closed also after an error. */
MSH_MUST_CHECK msh_err msh_cfb_open(msh_cfb *c, msh_budget *budget, msh_input *in);
void msh_cfb_close(msh_cfb *c);

/* A child of a storage by name, ASCII letters without case; in the tree before orphans. -1: none.
 * The second one looks for a stream only. */
int msh_cfb_find(const msh_cfb *c, int storage, const char *name);
int msh_cfb_find_stream(const msh_cfb *c, int storage, const char *name);

/* Appends a stream to out (whose ceiling the caller chose, see limits->member_size). MSH_E_SHORT:
 * its chain ends early or loops, out holds what is there; MSH_E_LIMIT_BUFFER: larger than the
 * ceiling, out holds what fits; other errors are the machine's and the budget's. */
MSH_MUST_CHECK msh_err msh_cfb_read(msh_cfb *c, int entry, msh_buf *out);
/* At most `most` bytes from its start, for a look at it. MSH_OK also when there are fewer. */
MSH_MUST_CHECK msh_err msh_cfb_peek(msh_cfb *c, int entry, size_t most, msh_buf *out);
/* A reader has wholly read the stream, or all streams below the storage. */
void msh_cfb_used(msh_cfb *c, int entry);

/* Every range of the file that no stream, table or directory accounts for: free sectors, ends of
 * last sectors, what lies behind. Ends with the first error of `each`, and returns it. */
MSH_MUST_CHECK msh_err msh_cfb_gaps(msh_cfb *c, msh_err (*each)(void *ctx, msh_cfb_range r),
                                    void *ctx);

#endif
