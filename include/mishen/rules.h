/* rules.h: rule packs from outside: list, explain, check, test. */
#ifndef MISHEN_RULES_H
#define MISHEN_RULES_H

#include <mishen/ruletypes.h>
#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct msh_rule_set msh_rule_set;

typedef struct msh_rule_view {
    msh_view id, name, name_en, category, explain, explain_en, advice, advice_en, basis, basis_en,
        kind;
    msh_view laws; /* a line for each */
    msh_view find; /* as the pack has it, on one line */
    msh_view pack, pack_version;
    msh_tier tier;
    uint32_t valid_from, valid_to; /* 20261101; 0 = open */
    bool idle;                     /* out of force; after msh_rule_set_use only */
    size_t n_tests;
} msh_rule_view;

/* The packs in force by options (rules, add_rules). Errors: MSH_E_RULES, text "file:line:column:
 * …". */
MSH_MUST_CHECK msh_err msh_rule_set_load(const msh_options *options, msh_rule_set **out,
                                         msh_error *why);
void msh_rule_set_free(msh_rule_set *s);
size_t msh_rule_set_count(const msh_rule_set *s);
void msh_rule_set_get(const msh_rule_set *s, size_t i, msh_rule_view *out);
size_t msh_rule_set_packs(const msh_rule_set *s);
void msh_rule_set_pack(const msh_rule_set *s, size_t i, msh_pack_ref *out);

/* A failed test of a rule. */
typedef struct msh_rule_failure {
    msh_view rule;
    msh_view text;
    const char *expected, *got;
    size_t line;
} msh_rule_failure;
MSH_MUST_CHECK msh_err msh_rule_set_test(const msh_rule_set *s, size_t *n_run, size_t *n_failed,
                                         void (*failed)(void *ctx, const msh_rule_failure *f),
                                         void *ctx, msh_error *why);
/* How long each rule alone takes for a megabyte of hostile text, in microseconds; limit: it reached
 * its match limit. */
MSH_MUST_CHECK msh_err msh_rule_set_time(const msh_rule_set *s,
                                         void (*timed)(void *ctx, msh_view rule, uint64_t us,
                                                       bool limit),
                                         void *ctx, msh_error *why);

/* What is wrong with the rules although they load. */
MSH_MUST_CHECK msh_err msh_rule_set_check(const msh_rule_set *s,
                                          void (*found)(void *ctx, const msh_rule_issue *i),
                                          void *ctx, msh_error *why);
/* Each part of each rule (only: of one, NULL = all) dropped in turn; a mutant that no test of the
 * rule notices is a part that nothing needs, or a test that is missing. */
MSH_MUST_CHECK msh_err msh_rule_set_mutate(const msh_options *options, const char *only,
                                           void (*tried)(void *ctx, const msh_mutant *m), void *ctx,
                                           msh_error *why);
/* Conditions of rule i in words, a line each; test k of it. */
MSH_MUST_CHECK msh_err msh_rule_set_describe(const msh_rule_set *s, size_t i, msh_lang lang,
                                             void (*write)(void *ctx, msh_view part), void *ctx);
void msh_rule_set_test_get(const msh_rule_set *s, size_t i, size_t k, msh_rule_example *out);

/* The signature of one pack by a person, whose keys are made at first use (as for approvals): a
 * note to be kept beside the pack as PACK.sig, and the person's public keys, a line each. */
MSH_MUST_CHECK msh_err msh_rules_sign(const msh_options *o, const char *file, const char *by,
                                      void (*write)(void *ctx, msh_view note, msh_view keys),
                                      void *ctx, msh_error *why);
/* From now on packs signed with this key (a line as above) are good. */
MSH_MUST_CHECK msh_err msh_rules_trust(const msh_options *o, const char *key, msh_error *why);
/* A signed pack becomes one of those in force, in place of an older one of the same id. Errors:
 * MSH_E_EVIDENCE (signature), MSH_E_RULES (not newer, does not load). */
MSH_MUST_CHECK msh_err msh_rules_import(const msh_options *o, const char *file,
                                        void (*imported)(void *ctx, const msh_pack_ref *p),
                                        void *ctx, msh_error *why);

/* A list of titles and numbers (CSV: title, last day) as a register of keyed digests for rules of
 * kind digest. The key is made at first use: register.key in the state folder. Errors: MSH_E_RULES
 * with the line, MSH_E_STATE. */
MSH_MUST_CHECK msh_err msh_rules_digest(const msh_options *options, const char *file,
                                        void (*write)(void *ctx, msh_view part), void *ctx,
                                        size_t *n, msh_error *why);

/* A unit's own list of words (CSV: word, tier, note; the last two may be absent) as a pack.
 * write gets the pack piece by piece. Errors: MSH_E_RULES with the line. */
MSH_MUST_CHECK msh_err msh_rules_import_csv(const char *file,
                                            void (*write)(void *ctx, msh_view part), void *ctx,
                                            msh_error *why);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
