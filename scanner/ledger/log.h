/* log.h: the signed audit log (audit-log.md sections 2–4, 8, 9): append in groups, recover, verify.
 *
 * Profile `both`: two Merkle trees (RFC 6962; SHA-256 and SM3) over the same NDJSON lines, two
 * signed checkpoints (C2SP signed notes, Ed25519 and SM2) for every group. What msh_log_commit
 * returned MSH_OK for survives kill -9, ENOSPC, EIO and power loss. */
#ifndef MSH_LEDGER_LOG_H
#define MSH_LEDGER_LOG_H

#include "base/buf.h"

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

#endif
