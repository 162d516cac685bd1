/* store.h: the files of a log (audit-log.md section 2): names, lines, checkpoints. Read only.
 *
 * Used by the writer when it recovers and by the verifier; neither trusts a byte of it. */
#ifndef MSH_LEDGER_STORE_H
#define MSH_LEDGER_STORE_H

#include "base/buf.h"
#include "ledger/note.h"

enum { MSH_LOG_PATH = 4096, MSH_LOG_ORIGIN = 200, MSH_PROFILES = 2 };

/* What differs between the two profiles: SHA-256 with Ed25519, SM3 with SM2. */
typedef struct msh_profile {
    const char *suffix;      /* of the origin: "" or "/sm3" */
    const char *checkpoints; /* "checkpoints" */
    const char *private_key; /* "keys/log.pem" */
    const char *public_key;  /* "log.pub.pem" */
    const char *vkey;        /* key of the log.open record */
    const char *tree;        /* folder of tile files: "tree" */
    msh_key_alg alg;
    unsigned digest; /* MSH_DIGEST_* */
} msh_profile;
const msh_profile *msh_profile_at(size_t i);
/* Sets of profiles: "intl" (bit 0), "gm" (bit 1), "both". 0 for another name; "" for another mask.
 */
enum { MSH_PROFILE_BOTH = 3 };
unsigned msh_profile_mask(msh_view name);
const char *msh_profile_name(unsigned mask);

/* dir/name; MSH_E_STATE when it is too long. */
MSH_MUST_CHECK msh_err msh_store_path(const char *dir, const char *name, char out[MSH_LOG_PATH],
                                      msh_error *why);
/* The origin of a log; MSH_E_OPEN when there is none, MSH_E_EVIDENCE when it is malformed. */
MSH_MUST_CHECK msh_err msh_store_origin(const char *dir, char out[MSH_LOG_ORIGIN + 1],
                                        msh_error *why);

/* Waits for the end of a group that is being written and keeps writers out until the descriptor is
 * closed; -1 where there is no lock, as in a copy. */
int msh_store_share(const char *dir);

/* --- lines, over all segments ------------------------------------------------------------------
 */

typedef enum msh_lines_status {
    MSH_LINES_LINE, /* a line, without its LF */
    MSH_LINES_END,  /* all read */
    MSH_LINES_TORN, /* bytes that are no line: no LF, or too long */
    MSH_LINES_GAP   /* the next segment does not begin where the one before ends */
} msh_lines_status;

typedef struct msh_lines {
    char dir[MSH_LOG_PATH];
    uint64_t *segments; /* first indices, ascending */
    size_t n_segments, next;
    int fd;
    uint8_t *room;
    size_t from, to;
    uint64_t n;         /* index of the line that comes next */
    uint64_t seg_first; /* of the open segment */
    uint64_t offset;    /* of the line that comes next, in the open segment */
    bool at_end;        /* of the open segment */
    uint64_t
        last_bytes; /* of the last segment when it was opened: what is appended later is not read */
} msh_lines;

/* What is there now; lines that are added later are not read. MSH_E_OPEN when the folder cannot be
 * read. A file with another name in seg/ is MSH_E_EVIDENCE. */
MSH_MUST_CHECK msh_err msh_lines_open(msh_lines *l, const char *dir, msh_error *why);
MSH_MUST_CHECK msh_err msh_lines_next(msh_lines *l, msh_lines_status *status, msh_view *line,
                                      msh_error *why);
/* Begin at the last segment that holds a line, *start being its first index; the segments before it
 * must each end with the record that stands before the next (only that record is looked at). For a
 * caller that knows the tree of that size. MSH_E_SHORT when there is no such segment. */
MSH_MUST_CHECK msh_err msh_lines_skip(msh_lines *l, uint64_t *start);
/* Begin at the segment that holds record n. For a caller that reads, not checks. */
void msh_lines_seek(msh_lines *l, uint64_t n);
/* Whether the open segment is the last one. */
bool msh_lines_last(const msh_lines *l);
void msh_lines_close(msh_lines *l);
/* "seg/00000000000000000000.ndjson" */
void msh_store_segment_name(uint64_t first, char out[40]);

/* --- checkpoints -------------------------------------------------------------------------------
 */

typedef struct msh_checkpoints {
    msh_buf file;
    msh_checkpoint *rows;
    uint64_t *ends; /* where each note ends in the file */
    size_t n, cap;
    bool torn; /* bytes follow the last whole note */
} msh_checkpoints;

/* Reads and parses; a file that is absent has none. Sizes must rise; equal ones need equal roots.
 * Signatures: none is checked here. *bad gets the number of the first malformed note (torn is set
 * and the rows before it are there). */
MSH_MUST_CHECK msh_err msh_checkpoints_read(msh_checkpoints *c, const char *path,
                                            const char *origin, msh_error *why);
/* Check the signature of row i. */
MSH_MUST_CHECK msh_err msh_checkpoints_verify(const msh_checkpoints *c, size_t i,
                                              const msh_note_key *key);
/* The last note of a file of checkpoints, read from its end, whatever the file's length: its bytes
 * (without the separator) are appended to note. MSH_E_EVIDENCE when no whole one stands there. */
MSH_MUST_CHECK msh_err msh_checkpoints_last(const char *path, const char *origin, msh_buf *note,
                                            msh_checkpoint *out, msh_error *why);
uint64_t msh_checkpoints_size(const msh_checkpoints *c); /* of the last one, 0 when there is none */
void msh_checkpoints_dispose(msh_checkpoints *c);

#endif
