/* ledger.h: the signed log from outside: verify and show. */
#ifndef MISHEN_LEDGER_H
#define MISHEN_LEDGER_H

#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Exit codes of `mishen log verify` alone (audit-log.md section 9). */
enum {
    MSH_VERIFY_ANCHORED = 0,
    MSH_VERIFY_INVALID = 1,
    MSH_VERIFY_UNREADABLE = 2,
    MSH_VERIFY_LOST = 3,
    MSH_VERIFY_UNANCHORED = 4
};

typedef struct msh_log_verdict {
    int exit_code;
    char origin[256];
    uint64_t size;        /* records */
    uint64_t signed_size; /* size of the last good checkpoint */
    uint64_t bad_size;    /* first bad place (record index or checkpoint size), UINT64_MAX = none */
    uint64_t checkpoints;
    char root_sha256[48]; /* base64 */
    char root_sm3[48];
    uint64_t clock_back;      /* records whose time is before that of the record before them */
    uint64_t epochs;          /* keys that signed, one after another */
    bool pinned;              /* the first key came from outside the log */
    uint64_t anchored;        /* size that the latest trusted anchor confirms, 0 = none */
    char anchor[300];         /* who confirms it, and when */
    uint64_t anchors_unknown; /* anchors whose signer is not among the trusted ones */
    uint64_t anchors_lost;    /* anchors of records that a recovery says were lost */
    uint64_t recovered;       /* times that guardians gave the log other keys */
    bool stale;               /* anchored, but too long ago */
    char what[400];           /* what is wrong, or empty */
} msh_log_verdict;

typedef struct msh_verify_options {
    const char
        *pin[2]; /* PEM files of the first public keys (Ed25519, SM2); NULL = the log's own */
    bool fast;   /* only the last signature of each key */
    const char *witnesses; /* file of trusted witnesses' keys, one a line; NULL = none */
    const char *tsa_ca;    /* PEM file of trusted time stamping authorities; NULL = none */
    const char *paper;     /* "SIZE:ROOT" of a printed checkpoint, root in base64; NULL = none */
    unsigned anchor_days;  /* an anchor is stale when the last record is so much younger; 0 = 31 */
} msh_verify_options;

/* dir: the LOG folder; NULL = that of options->state. how may be NULL. Always fills *out; an error
 * only when memory is short. */
MSH_MUST_CHECK msh_err msh_log_check(const msh_options *options, const char *dir,
                                     const msh_verify_options *how, msh_log_verdict *out,
                                     msh_error *why);

/* Records as canonical lines, oldest first; from ≤ n < to. type NULL = all. */
MSH_MUST_CHECK msh_err msh_log_each(const msh_options *options, const char *dir, uint64_t from,
                                    uint64_t to, const char *type,
                                    msh_err (*record)(void *ctx, uint64_t n, msh_view line),
                                    void *ctx, msh_error *why);

/* A proof against the last checkpoint, from the tree files alone (C2SP tlog-proof; a consistency
 * proof in the form of tlog-witness). Where those files are missing or wrong they are made anew
 * from the log first. */
typedef struct msh_prove_job {
    bool consistency;
    uint64_t n;       /* record, or with consistency the size to begin from */
    unsigned profile; /* 0 SHA-256, 1 SM3 */
} msh_prove_job;
MSH_MUST_CHECK msh_err msh_log_prove(const msh_options *options, const char *dir,
                                     const msh_prove_job *job, char *out, size_t cap, size_t *len,
                                     msh_error *why);

/* One self-contained proof of a published file (audit-log.md section 15): a tar archive with the
 * records it rests on, their inclusion proofs, the checkpoints, the public keys, the trust policy
 * and how to check it all with openssl and Python; and the sheet for paper, to standard output.
 * *exit_code: 0, or 1 (told on standard output) when the file is not approved as it stands. */
typedef struct msh_prove_file_job {
    const char *file;
    const char *root;   /* paths in decisions are relative to it; NULL = working folder */
    const char *output; /* the archive */
} msh_prove_file_job;
MSH_MUST_CHECK msh_err msh_prove_file(const msh_options *options, const msh_prove_file_job *job,
                                      int *exit_code, msh_error *why);

/* --- anchors: what others saw of the log ------------------------------------------------------ */

/* Text that a call writes; cut at cap never, MSH_E_LIMIT_BUFFER instead. */
typedef struct msh_text_out {
    char *data;
    size_t cap, len;
} msh_text_out;

/* Be a witness: cosign the last checkpoint of a log folder (verified wholly first), or of a file
 * that holds a checkpoint or a consistency proof. name NULL = "witness/<host name>". The cosigned
 * note goes to out, and into the folder's anchors/ where that can be written. MSH_E_EVIDENCE for a
 * fork or an invalid log, MSH_E_EVIDENCE_LOST for a rollback: nothing is signed. */
MSH_MUST_CHECK msh_err msh_log_witness(const msh_options *options, const char *what,
                                       const char *name, msh_text_out *out, msh_error *why);
/* Put a witness's note or a time stamp's answer into the log's anchors/, with a record of it. */
MSH_MUST_CHECK msh_err msh_log_anchor(const msh_options *options, const char *file,
                                      msh_text_out *out, msh_error *why);
/* Write an RFC 3161 request for the last checkpoint: anchors/SIZE.tsq, SIZE.txt. *out: both names,
 * a line each. */
MSH_MUST_CHECK msh_err msh_log_timestamp(const msh_options *options, msh_text_out *out,
                                         msh_error *why);
/* The last checkpoint: as a note, or with for_paper in a short form to print, with a QR code where
 * the library was there. */
MSH_MUST_CHECK msh_err msh_log_checkpoint(const msh_options *options, const char *dir,
                                          bool for_paper, msh_text_out *out, msh_error *why);

/* Before the first record: profile "intl", "gm" or "both"; origin NULL = "local/<host name>". */
MSH_MUST_CHECK msh_err msh_log_init(const msh_options *options, const char *profile,
                                    const char *origin, msh_error *why);
/* A record that says only that the log is alive. */
MSH_MUST_CHECK msh_err msh_log_heartbeat(const msh_options *options, msh_error *why);
/* Copies what others need to verify the log into a new folder (no keys), and verifies the copy. */
MSH_MUST_CHECK msh_err msh_log_export(const msh_options *options, const char *to,
                                      msh_log_verdict *out, msh_error *why);

/* --- keys of people --------------------------------------------------------------------------- */

typedef struct msh_keys_job {
    const char *name, *password; /* password NULL = none */
    const char *signer;          /* "exec:/path/program …"; NULL = keys in files */
    const char *pub[2];          /* PEM files of the public keys (Ed25519, SM2), with a signer */
} msh_keys_job;
/* New keys; rotate: in place of those there are, which stay valid for what they signed. */
MSH_MUST_CHECK msh_err msh_keys_new(const msh_options *options, const msh_keys_job *job,
                                    bool rotate, msh_error *why);
/* The log's next keys come into use now. */
MSH_MUST_CHECK msh_err msh_keys_rotate_log(const msh_options *options, msh_error *why);
/* A record: from here on nothing counts that this person's keys of today sign. */
MSH_MUST_CHECK msh_err msh_keys_revoke(const msh_options *options, const char *name,
                                       const char *reason, msh_error *why);
/* Each person; how: "file", "password", "exec", "public". */
typedef void (*msh_keys_visit)(void *ctx, const char *name, const char *how);
MSH_MUST_CHECK msh_err msh_keys_list(const msh_options *options, msh_keys_visit visit, void *ctx,
                                     msh_error *why);
/* Public keys: vkeys (a line each) and PEM; name NULL = the first keys of the log, to be pinned. */
MSH_MUST_CHECK msh_err msh_keys_export(const msh_options *options, const char *name,
                                       msh_text_out *out, msh_error *why);
/* Sign a trust policy (a JSON file, see docs/audit-log.md) and put it in force. */
MSH_MUST_CHECK msh_err msh_keys_policy(const msh_options *options, const char *file, const char *by,
                                       const char *password, msh_error *why);

/* --- losses ----------------------------------------------------------------------------------- */

/* The people who may give the log other keys when its own are lost, two of them together: a record
 * of their names and public keys of today. */
MSH_MUST_CHECK msh_err msh_keys_guard(const msh_options *options, const char *const *names,
                                      size_t n, msh_error *why);
/* One of them signs that the log goes on with new keys from where it verifiably stands; when enough
 * have, it does. *missing: how many signatures are still to come. What stands behind the last
 * checkpoint goes to the log's quarantine/. */
typedef struct msh_recover_job {
    const char *by, *password, *reason;
    const char *seen; /* "SIZE:ROOT": the newest checkpoint known from elsewhere, when records that
                       * were signed are lost; NULL = none */
} msh_recover_job;
MSH_MUST_CHECK msh_err msh_keys_recover(const msh_options *options, const msh_recover_job *job,
                                        unsigned *missing, msh_error *why);
/* Copies the state folder into a new one, without caches and without the log's own keys; with move
 * those go along and are destroyed here, so that the log goes on there alone. The copy is verified.
 * Logged first, so that the copy says so. */
MSH_MUST_CHECK msh_err msh_state_backup(const msh_options *options, const char *to, bool move,
                                        msh_log_verdict *out, msh_error *why);
/* The other way, into a state folder that is not there yet or empty. *has_keys: it was a move, the
 * log goes on; else guardians must give it keys. */
MSH_MUST_CHECK msh_err msh_state_restore(const msh_options *options, const char *from,
                                         msh_log_verdict *out, bool *has_keys, msh_error *why);

/* One record in one line for people, without a line feed; returns its length (less than cap). */
size_t msh_log_describe(msh_view line, msh_lang lang, char *out, size_t cap);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
