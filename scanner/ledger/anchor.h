/* anchor.h: what others saw of a log (audit-log.md sections 1.6, 8): witness cosignatures (C2SP
 * tlog-cosignature), RFC 3161 tokens; and the witness itself, which refuses forks and rollbacks. */
#ifndef MSH_LEDGER_ANCHOR_H
#define MSH_LEDGER_ANCHOR_H

#include "ledger/note.h"
#include "ledger/store.h"

enum { MSH_WITNESSES = 64 };

/* Trusted witnesses: one vkey (type 04) a line; blank lines and lines with # are left out. */
typedef struct msh_witnesses {
    msh_note_key keys[MSH_WITNESSES];
    size_t n;
} msh_witnesses;
MSH_MUST_CHECK msh_err msh_witnesses_read(msh_witnesses *w, const char *path, msh_error *why);
void msh_witnesses_dispose(msh_witnesses *w);

/* The profile and the checkpoint of a text, for a log of this origin; MSH_E_EVIDENCE. */
MSH_MUST_CHECK msh_err msh_anchor_checkpoint(msh_view text, const char *origin, size_t *profile,
                                             msh_checkpoint *out);

/* --- the witness's side ----------------------------------------------------------------------- */

/* STATE/witness/: its key (made at first use, named `name`), what it saw of each origin, and
 * NAME.vkey. Every call holds a lock on the folder. */
typedef struct msh_witness {
    char folder[MSH_LOG_PATH];
    msh_note_key key;
    int lock;
} msh_witness;
MSH_MUST_CHECK msh_err msh_witness_open(msh_witness *w, const char *state, const char *name,
                                        msh_error *why);
void msh_witness_close(msh_witness *w);
/* What it saw last of a tree (name: origin with suffix); size 0 = nothing yet. */
MSH_MUST_CHECK msh_err msh_witness_last(const msh_witness *w, const char *name, msh_checkpoint *out,
                                        msh_error *why);
/* What it saw is lost, as guardians of a verified log say: kept under another name, and *last
 * becomes nothing. */
MSH_MUST_CHECK msh_err msh_witness_forget(const msh_witness *w, const char *name,
                                          msh_checkpoint *last, msh_error *why);
/* Remembers (durable before it is said) and cosigns: the note and its cosignature, appended. proof:
 * hashes from the last size to this one. MSH_E_EVIDENCE for a fork, MSH_E_EVIDENCE_LOST for a
 * rollback: nothing is signed. */
MSH_MUST_CHECK msh_err msh_witness_cosign(msh_witness *w, const char *name, msh_view note,
                                          msh_view proof, msh_buf *out, msh_error *why);

#endif
