/* guard.h: who may say that a log goes on with other keys: people named by a key.guard record
 *
 *   {"need":2,"people":[{"name":"张三","vkey":"…","vkey_sm3":"…"},…]}
 *
 * and what they sign, in a key.recover record {"note":…,"vkey":…,"vkey_sm3":…}, a signed note:
 *
 *   mishen-recover/v1 LF {canonical JSON} LF LF — NAME … (Ed25519) LF — NAME … (SM2) LF …
 *   {"log":ORIGIN,"reason":…,"root":…,"root_sm3":…,"seen":{"root":…,"size":…},"size":N,"ts":…,"v":1,
 *    "vkey":…,"vkey_sm3":…}
 *
 * N: how many records there are, each signed, before the key.recover record; seen: the newest head
 * that is known from elsewhere, when records behind N are lost. */
#ifndef MSH_LEDGER_GUARD_H
#define MSH_LEDGER_GUARD_H

#include "base/arena.h"
#include "base/json.h"
#include "ledger/note.h"
#include "ledger/store.h"

enum { MSH_GUARDS = 7, MSH_GUARD_NEED = 2 }; /* two signatures each, 16 in a note */

typedef struct msh_guard {
    msh_note_key keys[MSH_GUARDS][MSH_PROFILES];
    size_t n;
    unsigned need; /* different people, at least 2 */
} msh_guard;

/* From a key.guard record's body. MSH_E_EVIDENCE: at least two people, each once. */
MSH_MUST_CHECK msh_err msh_guard_read(msh_guard *g, const msh_json *body);
void msh_guard_dispose(msh_guard *g);
/* The text before signing, from its JSON (any form). */
MSH_MUST_CHECK msh_err msh_guard_text(msh_arena *a, msh_view json, msh_buf *out, msh_error *why);
/* A note of this form and what it says. MSH_E_EVIDENCE. Views live in the arena. */
MSH_MUST_CHECK msh_err msh_guard_note(msh_arena *a, msh_view text, msh_note *note,
                                      const msh_json **said);
/* How many of the people signed it, with both their keys. */
unsigned msh_guard_signed(const msh_guard *g, const msh_note *note);

#endif
