/* trust.h: STATE/trust.policy, who may decide what (audit-log.md section 5): a signed note
 *
 *   mishen-trust-policy/v1 LF {canonical JSON} LF LF — ADMIN … (Ed25519) LF — ADMIN … (SM2) LF
 *
 *   {"people":[{"from":"2026-01-01","name":"张三","roles":["approver"],"scopes":["gk/"],
 *     "to":"2027-01-01","vkey":"…","vkey_sm3":"…"},…],
 *    "quorum":{"approve":1},"serial":1,"v":1}
 *
 * from, to, scopes may be left out: always, everywhere. Whose signature counts is pinned in
 * STATE/trust.vkey, one vkey a line: every line's key must have signed. Where there is no
 * trust.policy, everybody with keys in STATE/reviewers may approve, alone. */
#ifndef MSH_LEDGER_TRUST_H
#define MSH_LEDGER_TRUST_H

#include "ledger/reviewer.h"

typedef struct msh_trust msh_trust;

/* *out NULL: there is no policy. MSH_E_EVIDENCE when there is one that does not hold. */
MSH_MUST_CHECK msh_err msh_trust_load(const char *state, msh_trust **out, msh_error *why);
void msh_trust_free(msh_trust *t);
/* Canonical form of a policy in JSON, checked, signed by an admin, put in place; pins the admin's
 * keys when none are pinned yet. MSH_E_SYNTAX, MSH_E_CONFIG with what is wrong. */
MSH_MUST_CHECK msh_err msh_trust_write(const char *state, msh_view json, const msh_reviewer *admin,
                                       msh_error *why);

/* Whether this person had this role for this path at this time ("2026-11-22T…"), with these keys
 * (public keys of Ed25519 and SM2). */
bool msh_trust_allows(const msh_trust *t, msh_view name, const char *role, msh_view path,
                      msh_view ts, const msh_view keys[MSH_REVIEWER_KEYS]);
/* How many different people an act needs, at least 1. */
unsigned msh_trust_quorum(const msh_trust *t, const char *act);
uint64_t msh_trust_serial(const msh_trust *t);

#endif
