/* trust.h: STATE/trust.policy, who may decide what (audit-log.md section 5): a signed note
 *
 *   mishen-trust-policy/v1 LF {canonical JSON} LF LF — ADMIN … (Ed25519) LF — ADMIN … (SM2) LF
 *
 *   {"people":[{"from":"2026-01-01","name":"张三","roles":["approver"],"scopes":["gk/"],
 *     "to":"2027-01-01","vkey":"…","vkey_sm3":"…"},…],
 *    "quorum":{"approve":1},"serial":1,"v":1}
 *
 * A person may also bear "deputies" (AB岗: [{"for":"王处","from":…,"to":…},…]: has that person's
 * roles and scopes for the time), "earlier" ([{"vkey":…,"vkey_sm3":…},…]: keys of earlier days) and
 * "paper":true (decides on paper only, has no keys). Besides people the policy may say
 *
 *   "paths":{"动态类":["first","approve"],"*":["first","second","secrecy","approve"]}
 *   "roles":{"waive":["secrecy"],"state":["head","secrecy"],…}   acts and steps → roles
 *   "days":{"first":3,…}        working days of a step, "publish": from formation to publication
 *   "gate":{"half":"tell"}      half a release in a folder: "refuse" (default) or "tell"
 *   "derived":["index.html","news/index*.html","tags/"]  pages that a CMS rewrites
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
/* The same from the bytes of a note; and the bytes of the one in force, none when there is none. */
MSH_MUST_CHECK msh_err msh_trust_read(const char *state, msh_view note, msh_trust **out,
                                      msh_error *why);
MSH_MUST_CHECK msh_err msh_trust_note(const char *state, msh_buf *out, msh_error *why);
void msh_trust_free(msh_trust *t);
/* Canonical form of a policy in JSON, checked, signed by an admin, put in place; pins the admin's
 * keys when none are pinned yet. MSH_E_SYNTAX, MSH_E_CONFIG with what is wrong. */
MSH_MUST_CHECK msh_err msh_trust_write(const char *state, msh_view json, const msh_reviewer *admin,
                                       msh_error *why);

/* Whether this person had this role for this path at this time ("2026-11-22T…"), with these keys
 * (public keys of Ed25519 and SM2). */
bool msh_trust_allows(const msh_trust *t, msh_view name, const char *role, msh_view path,
                      msh_view ts, const msh_view keys[MSH_REVIEWER_KEYS]);

/* What lets a person do something. Views live as long as the policy; role never NULL. */
typedef struct msh_trust_grant {
    msh_view role, deputy_for; /* deputy_for empty: by their own role */
} msh_trust_grant;
/* Whether a person may do `what` (an act or a step) at a path and time; keys NULL: on paper. t
 * NULL: everybody may. */
bool msh_trust_may(const msh_trust *t, msh_view name, const char *what, msh_view path, msh_view ts,
                   const msh_view *keys, msh_trust_grant *out);
/* The steps of a category: how many, and which (indices of reviewsteps.def). t may be NULL. */
enum { MSH_TRUST_STEPS = 4 };
size_t msh_trust_path(const msh_trust *t, msh_view category, unsigned steps[MSH_TRUST_STEPS]);
/* Whether a release of this category may be approved in one step, without being submitted. */
bool msh_trust_one_step(const msh_trust *t, msh_view category);
/* Working days that `what` may take; dflt where the policy does not say. */
unsigned msh_trust_days(const msh_trust *t, const char *what, unsigned dflt);
/* Whether half a release in a folder is only told. */
bool msh_trust_half_is_told(const msh_trust *t);
/* Whether a path is that of a page which a CMS rewrites: the same path, one that begins with a
 * pattern ending in '/', or one that fits with '*' standing for anything but '/'. */
bool msh_trust_is_derived(const msh_trust *t, msh_view path);

/* How many different people an act needs, at least 1. */
unsigned msh_trust_quorum(const msh_trust *t, const char *act);
uint64_t msh_trust_serial(const msh_trust *t);

#endif
