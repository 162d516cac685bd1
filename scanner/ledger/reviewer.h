/* reviewer.h: who signs decisions: a person's two keys, Ed25519 and SM2, in STATE/reviewers/.
 *
 *   NAME.pem, NAME.sm3.pem           private, PKCS#8, with or without a password; or
 *   NAME.signer                      "exec:/path/program …": a UKEY or an HSM signs
 *   NAME.pub.pem, NAME.sm3.pub.pem   public
 *   NAME.1.pub.pem, …                public keys of earlier days: what they signed stays valid
 *
 * A reviewer's keys are never the log's: a decision signed by the scanner is refused. */
#ifndef MSH_LEDGER_REVIEWER_H
#define MSH_LEDGER_REVIEWER_H

#include "base/json.h"
#include "ledger/note.h"

enum { MSH_REVIEWER_NAME = 64, MSH_REVIEWER_KEYS = 2 };

typedef struct msh_reviewer {
    msh_note_key keys[MSH_REVIEWER_KEYS]; /* Ed25519, SM2 */
} msh_reviewer;

/* Whether a name can be a reviewer's: of a note, no '/', not beginning with '.', at most 64 bytes.
 */
bool msh_reviewer_name_ok(const char *name);
/* To sign with; keys without a password are made at first use. MSH_E_PASSWORD when they have a
 * password and it is not this one (NULL = none given), MSH_E_NOBODY when only the public ones are
 * here. */
MSH_MUST_CHECK msh_err msh_reviewer_open(const char *state, const char *name, const char *password,
                                         msh_reviewer *out, msh_error *why);
/* The same with private keys NAME.pem and NAME.sm3.pem in a folder that the person brought along;
 * their public keys must be those of STATE/reviewers: MSH_E_NOBODY. */
MSH_MUST_CHECK msh_err msh_reviewer_open_brought(const char *state, const char *folder,
                                                 const char *name, const char *password,
                                                 msh_reviewer *out, msh_error *why);
/* Public keys; generation 0: today's, 1…: of earlier days. MSH_E_EVIDENCE when there are none. */
MSH_MUST_CHECK msh_err msh_reviewer_public(const char *state, const char *name, unsigned generation,
                                           msh_reviewer *out, msh_error *why);
/* After msh_reviewer_public failed: MSH_E_NOBODY when no key of that name was ever made here, else
 * err as it was. */
MSH_MUST_CHECK msh_err msh_reviewer_unknown(const char *state, const char *name, msh_err err,
                                            msh_error *why);
void msh_reviewer_dispose(msh_reviewer *r);
/* "vkey" and "vkey_sm3" of an object that is being written. */
void msh_reviewer_put_vkeys(msh_json_writer *w, const msh_reviewer *r);

typedef struct msh_reviewer_new {
    const char *name, *password; /* password NULL = none */
    const char *signer; /* "exec:…", with the public keys in PEM files; NULL = keys in files */
    const char *pub[MSH_REVIEWER_KEYS];
} msh_reviewer_new;
/* New keys; MSH_E_EXISTS when there are some already. With a signer both keys are tried at once:
 * MSH_E_CRYPTO or MSH_E_CHILD when a signature does not fit its public key, and nothing is kept. */
MSH_MUST_CHECK msh_err msh_reviewer_make(const char *state, const msh_reviewer_new *job,
                                         msh_error *why);
/* Today's keys become keys of earlier days (the private ones are gone), then as above. */
MSH_MUST_CHECK msh_err msh_reviewer_rotate(const char *state, const msh_reviewer_new *job,
                                           msh_error *why);

/* Each reviewer by name, in any order; how: "file", "password", "exec". */
typedef void (*msh_reviewer_visit)(void *ctx, const char *name, const char *how);
MSH_MUST_CHECK msh_err msh_reviewer_each(const char *state, msh_reviewer_visit visit, void *ctx,
                                         msh_error *why);

#endif
