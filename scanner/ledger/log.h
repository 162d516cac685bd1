/* log.h: the signed audit log (audit-log.md sections 2–4, 8, 9): append in groups, recover, verify.
 *
 * Profile `both`: two Merkle trees (RFC 6962; SHA-256 and SM3) over the same NDJSON lines, two
 * signed checkpoints (C2SP signed notes, Ed25519 and SM2) for every group. What msh_log_commit
 * returned MSH_OK for survives kill -9, ENOSPC, EIO and power loss. */
#ifndef MSH_LEDGER_LOG_H
#define MSH_LEDGER_LOG_H

#include "base/buf.h"
#include "ledger/store.h"

typedef struct msh_log msh_log;

/* Open for writing; makes folder, keys and origin at first use. origin NULL = "local/<host name>".
 * Takes the lock for commits only. Errors: MSH_E_STATE (not writable), MSH_E_EVIDENCE_LOST (fewer
 * lines than the checkpoint says: never written to), MSH_E_FULL. */
MSH_MUST_CHECK msh_err msh_log_open(const char *dir, const char *origin, msh_log **out,
                                    msh_error *why);
/* Add a record to the group: type and body, body being a JSON object of integers, strings, arrays
 * and objects, which is brought into canonical form. At most 65,535 bytes a line (MSH_E_USAGE).
 * Nothing is written yet; the index is known after the commit. */
MSH_MUST_CHECK msh_err msh_log_add(msh_log *l, const char *type, msh_view body, msh_error *why);
/* Records waiting in the group. */
size_t msh_log_pending(const msh_log *l);
/* Write, sync, sign, sync. On MSH_OK everything added is durable; *first_index is the index of the
 * first record of the group (first_index may be NULL; an empty group is MSH_OK). On an error the
 * log must not be used again (exit 74). */
MSH_MUST_CHECK msh_err msh_log_commit(msh_log *l, uint64_t *first_index, msh_error *why);
/* The end of a run: the key that signed it is destroyed, so that who takes this machine later
 * cannot rewrite it (audit-log.md section 5). Nothing may be pending. */
MSH_MUST_CHECK msh_err msh_log_end(msh_log *l, msh_error *why);
/* After a commit. root: base64 of the SHA-256 tree, at least 48 bytes. */
const char *msh_log_origin(const msh_log *l);
uint64_t msh_log_size(const msh_log *l);
void msh_log_root(const msh_log *l, char out[48]);
void msh_log_close(msh_log *l);

/* --- when the keys are lost (guard.h) --------------------------------------------------------- */

/* Where a log stands. */
typedef struct msh_log_head {
    char origin[MSH_LOG_ORIGIN + 1];
    unsigned profiles; /* bit p */
    uint64_t size;     /* all its checkpoints agree on it */
    uint8_t roots[MSH_PROFILES][32];
} msh_log_head;
/* Sets the log to the last size that all its trees have a checkpoint of: what follows, being
 * signed by nobody or by half, goes to quarantine/. Nothing is verified here. MSH_E_EVIDENCE_LOST
 * when lines are missing. */
MSH_MUST_CHECK msh_err msh_log_settle(const char *dir, msh_log_head *out, msh_error *why);
/* Writes a key.recover record at exactly head->size, signed by the new private keys (pub: those of
 * the last checkpoint, public), and puts them in place: copies of the PEM files named. The log must
 * have been verified. MSH_E_EVIDENCE when it is not as the head says. */
typedef struct msh_log_rekey_job {
    const msh_log_head *head;
    const msh_note_key *before[MSH_PROFILES]; /* whose signature the last checkpoint bears */
    const char *pem[MSH_PROFILES];            /* files of the new private keys */
    msh_view body;
} msh_log_rekey_job;
MSH_MUST_CHECK msh_err msh_log_rekey(const char *dir, const msh_log_rekey_job *job, msh_error *why);

#endif
