/* bundle.h: the files of a release as they lie there: found beneath a root, hashed by this process,
 * scanned as one run whose records say what it was made for. */
#ifndef MSH_SCAN_BUNDLE_H
#define MSH_SCAN_BUNDLE_H

#include "ledger/decision.h"
#include "scan/spot.h"

#include <limits.h>

typedef struct msh_bundle_file {
    char full[PATH_MAX]; /* real path of its folder + name */
    const char *rel;     /* in full, behind the root */
    msh_spot_hash hash;
    bool seen, same, covered;
    uint64_t waived; /* findings */
} msh_bundle_file;

typedef struct msh_bundle {
    msh_lang lang;
    char root[PATH_MAX]; /* real path */
    msh_bundle_file *files;
    msh_decision_file *decided; /* what a decision says of each */
    const char **paths;
    size_t n, n_seen;
} msh_bundle;

/* Finds and hashes 1 to MSH_DECISION_FILES files; root NULL = the working folder. Disposed of by
 * the caller, also after an error. MSH_E_REFUSED: a name that cannot stand in a record. */
MSH_MUST_CHECK msh_err msh_bundle_open(msh_bundle *b, msh_lang lang, const char *root,
                                       const char *const *files, size_t n, msh_error *why);
/* Scans them as one run, which stays open as msh_spot_scan leaves it. Fills b->decided: record and
 * verdict of each; what changed since it was hashed is NOT-INSPECTED. */
MSH_MUST_CHECK msh_err msh_bundle_scan(msh_bundle *b, msh_run *r, const msh_options *options,
                                       const char *purpose, msh_error *why);
/* A line for each file: verdict, path, whether it changed meanwhile. */
void msh_bundle_tell(const msh_bundle *b, msh_buf *out);
void msh_bundle_dispose(msh_bundle *b);

/* An id of letters, digits and - _ . that does not begin with one of these; less than 60 bytes. */
bool msh_bundle_id_ok(const char *id);

#endif
