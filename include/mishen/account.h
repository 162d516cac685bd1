/* account.h: who may log in to the pages, and which programs may ask for verdicts.
 *
 * STATE/accounts.json (0600): names, roles, passwords as scrypt keeps them. Its digest stands in
 * the signed log (record "account"): a list that was changed in any other way is refused. */
#ifndef MISHEN_ACCOUNT_H
#define MISHEN_ACCOUNT_H

#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* What an account is for; one person has one. Columns: enumerator, stable name, Chinese, English.
 * domain.md section 1: liaison, head of the office, reviewer, leader in charge. */
#define MSH_ACCOUNT_ROLES(X)                                                                       \
    X(CLERK, "clerk", "经办人", "clerk")                                                           \
    X(HEAD, "office-head", "处室负责人", "head of the office")                                     \
    X(REVIEWER, "reviewer", "保密审查员", "reviewer")                                              \
    X(LEADER, "leader", "分管领导", "leader")                                                      \
    X(AUDITOR, "auditor", "审计员", "auditor")                                                     \
    X(MACHINE, "machine", "程序", "program")

typedef enum msh_account_role {
#define X(id, name, zh, en) MSH_ACCOUNT_##id,
    MSH_ACCOUNT_ROLES(X)
#undef X
        MSH_ACCOUNT_ROLE_COUNT
} msh_account_role;

const char *msh_account_role_name(msh_account_role r);
const char *msh_account_role_text(msh_account_role r, msh_lang lang);
/* false: no such role. */
bool msh_account_role_named(const char *name, msh_account_role *out);

enum { MSH_ACCOUNT_NAME = 64, MSH_ACCOUNT_OFFICE = 120, MSH_ACCOUNT_LEAST = 10 };

typedef struct msh_account {
    char name[MSH_ACCOUNT_NAME + 1]; /* as of the person's keys */
    char office[MSH_ACCOUNT_OFFICE + 1];
    msh_account_role role;
} msh_account;

typedef struct msh_accounts msh_accounts;

/* The list as the log has it; empty when there never was one. MSH_E_EVIDENCE when the file is not
 * what the log says. */
MSH_MUST_CHECK msh_err msh_accounts_load(const msh_options *options, msh_accounts **out,
                                         msh_error *why);
void msh_accounts_free(msh_accounts *a);
size_t msh_accounts_count(const msh_accounts *a);
const msh_account *msh_accounts_get(const msh_accounts *a, size_t i);
/* The account whose password this is, NULL when there is none; takes as long either way (a tenth of
 * a second). Programs do not log in. */
const msh_account *msh_accounts_login(const msh_accounts *a, msh_view name, msh_view password);
/* The program whose token this is, NULL when there is none. */
const msh_account *msh_accounts_token(const msh_accounts *a, msh_view token);
/* Whether the file is another one than when it was loaded. */
bool msh_accounts_changed(const msh_accounts *a);

/* New, or changed when the name is there: role and office as given, password unless NULL. For a
 * program the token is made and written to `token`, 65 bytes. */
MSH_MUST_CHECK msh_err msh_accounts_put(const msh_options *options, const msh_account *account,
                                        const char *password, char *token, msh_error *why);
/* MSH_E_NOBODY when there is no such account. */
MSH_MUST_CHECK msh_err msh_accounts_remove(const msh_options *options, const char *name,
                                           msh_error *why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
