/* spot.h: what approve, gate and publish share: scanning on the spot, hashing what they read
 * themselves. */
#ifndef MSH_SCAN_SPOT_H
#define MSH_SCAN_SPOT_H

#include "scan/run.h"

enum { MSH_SPOT_PATH = 4096 }; /* PATH_MAX of Linux */

/* A file hashed by the process that judges it. */
typedef struct msh_spot_hash {
    uint64_t size;
    uint8_t sha256[32], sm3[32];
} msh_spot_hash;

/* Both hashes of a regular file from its descriptor; MSH_E_CORRUPT when it changed meanwhile,
 * MSH_E_UNSUPPORTED when it is no regular file. */
MSH_MUST_CHECK msh_err msh_spot_read(int fd, msh_spot_hash *out, msh_error *why);
/* The same, writing to `to` the very bytes that are hashed. */
MSH_MUST_CHECK msh_err msh_spot_copy(int fd, int to, msh_spot_hash *out, msh_error *why);

/* Files hashed some at a time: small ones side by side, which costs far less for SM3. */
enum { MSH_SPOT_BATCH = 16, MSH_SPOT_SMALL = 256 << 10 };
typedef struct msh_spot_batch {
    unsigned which; /* MSH_DIGEST_*: what is taken; the others stay 0 */
    size_t n;
    uint8_t *room; /* MSH_SPOT_SMALL bytes for each */
    struct {
        msh_spot_hash hash;
        msh_err err; /* as msh_spot_read; for a file of its own */
        bool is_small;
    } files[MSH_SPOT_BATCH];
} msh_spot_batch;
MSH_MUST_CHECK msh_err msh_spot_batch_init(msh_spot_batch *b, unsigned which, msh_error *why);
void msh_spot_batch_dispose(msh_spot_batch *b);
/* Reads one more, n < MSH_SPOT_BATCH; fd may be closed afterwards. MSH_E_MEMORY, MSH_E_CRYPTO. */
MSH_MUST_CHECK msh_err msh_spot_batch_add(msh_spot_batch *b, int fd, msh_error *why);
/* After this the hashes of all n are there; the caller sets n to 0 for the next. */
MSH_MUST_CHECK msh_err msh_spot_batch_finish(msh_spot_batch *b, msh_error *why);

/* Where a file that was named stands below a root (a real path, without '/' at its end): the real
 * path of its folder, and its name as given, so that a link is seen as one. *rel is in full.
 * MSH_E_GONE: no such folder; MSH_E_OPEN: too long; MSH_E_USAGE: not below the root. */
MSH_MUST_CHECK msh_err msh_spot_locate(const char *root, const char *given,
                                       char full[MSH_SPOT_PATH], const char **rel);

/* Scans the paths as one run with its records; observe is called for each item after its records
 * are durable. Fills r (zeroed by the caller), which stays open for further records; the caller
 * closes it with msh_close_run, also after an error. */
typedef struct msh_spot_job {
    const msh_options *options;
    const char *const *paths;
    size_t n_paths;
    void (*observe)(void *ctx, const msh_entry *e);
    void *ctx;
    const char *root;    /* real path that records and fingerprints leave out; NULL = none */
    const char *purpose; /* the decision it is made for, "submit", "approve"; NULL = none */
} msh_spot_job;
MSH_MUST_CHECK msh_err msh_spot_scan(msh_run *r, const msh_spot_job *job, msh_error *why);

/* Exit code of approve and gate for a call that failed. */
int msh_spot_exit(msh_err err);
/* Text to standard output. */
MSH_MUST_CHECK msh_err msh_spot_print(const msh_buf *text, msh_error *why);

#endif
