/* pack.h: rule packs (YAML, matching.md section 6) to a rule set. Strict: one bad line refuses all.
 */
#ifndef MSH_RULE_PACK_H
#define MSH_RULE_PACK_H

#include <mishen/ruletypes.h>

#include "rule/match.h"

/* MSH_MEDIUM_ANY when there is no such medium. */
msh_medium msh_medium_named(msh_view name);

/* What a rule says about itself; views live as long as the rule set. */
typedef struct msh_rule_info {
    msh_view id, name, name_en, category, explain, explain_en, advice, advice_en, basis, basis_en;
    msh_view pack, pack_version;
    msh_view kind; /* "mark", "words" … */
    msh_view laws; /* a line for each */
    msh_view find; /* as the pack has it, on one line */
    msh_tier tier;
    msh_tier tiers[MSH_MEDIA];     /* by medium, 0 = tier */
    uint32_t valid_from, valid_to; /* 20261101; 0 = open */
    bool idle;                     /* out of force today, see msh_rules_use */
    size_t n_tests;
} msh_rule_info;

typedef struct msh_pack_info {
    msh_view id, version, publisher, effective, file;
    size_t n_rules;
    uint8_t sha256[32]; /* filled by the caller who hashed the file (crypto is another floor) */
} msh_pack_info;

/* A file given as text, so that this floor opens nothing: name is for messages. */
typedef struct msh_pack_source {
    const char *name;
    msh_view bytes;
    const uint8_t *register_key; /* 32 bytes for kind digest; NULL: there is none */
} msh_pack_source;

/* Parse, check and compile. Reads of word lists (`file: words.csv`) go through `read_list`, NULL =
 * refuse them. Errors: MSH_E_RULES with "file:line:column: 错误：… / error: …" in why->text; an
 * empty set is an error. The result keeps nothing of the sources. */
MSH_MUST_CHECK msh_err msh_rules_load(
    const msh_pack_source *packs, size_t n, const msh_limits *limits,
    msh_err (*read_list)(void *ctx, const char *pack, msh_view file, msh_buf *out, msh_error *why),
    void *ctx, msh_rules **out, msh_error *why);
void msh_rules_free(msh_rules *r);

/* Before any matcher is made: the day (20261101, 0 = all rules are in force) and the medium. Rules
 * out of force then find nothing. Tests inside packs heed neither. */
void msh_rules_use(msh_rules *r, uint32_t today, msh_medium medium);

size_t msh_rules_count(const msh_rules *r);
/* i < count. */
void msh_rules_info(const msh_rules *r, size_t i, msh_rule_info *out);
size_t msh_rules_packs(const msh_rules *r);
void msh_rules_pack_info(const msh_rules *r, size_t i, msh_pack_info *out);

/* Run the tests inside the packs. report is called for every failed one. */
typedef struct msh_rule_test {
    msh_view rule, text;  /* text as in the pack */
    const char *expected; /* "BLOCK", "none" */
    const char *got;
    size_t line;
} msh_rule_test;
MSH_MUST_CHECK msh_err msh_rules_test(const msh_rules *r, const msh_limits *limits, size_t *n_run,
                                      size_t *n_failed,
                                      void (*report)(void *ctx, const msh_rule_test *t), void *ctx,
                                      msh_error *why);
/* Each part of each rule dropped in turn: do the rule's tests turn red? `tried` is called for every
 * mutant; only: the id of one rule, empty = all. Errors: as msh_rules_load. */
typedef struct msh_mutate_to {
    void (*tried)(void *ctx, const msh_mutant *m);
    void *ctx;
    msh_view only;
    msh_err (*read_list)(void *ctx, const char *pack, msh_view file, msh_buf *out, msh_error *why);
    void *list_ctx;
} msh_mutate_to;
MSH_MUST_CHECK msh_err msh_rules_mutate(const msh_pack_source *packs, size_t n,
                                        const msh_limits *limits, const msh_mutate_to *to,
                                        msh_error *why);

typedef struct msh_check_to {
    uint32_t today; /* 20261101 */
    void (*found)(void *ctx, const msh_rule_issue *i);
    void *ctx;
} msh_check_to;
MSH_MUST_CHECK msh_err msh_rules_check(const msh_rules *r, const msh_limits *limits,
                                       const msh_check_to *to, msh_error *why);

/* Conditions of a rule in words, a line each. */
void msh_rules_describe(const msh_rules *r, size_t i, msh_lang lang, msh_buf *out);
/* Test k of rule i. */
void msh_rules_case(const msh_rules *r, size_t i, size_t k, msh_rule_example *out);

/* How long each rule alone takes for a megabyte of hostile text; limit: it gave up. */
MSH_MUST_CHECK msh_err msh_rules_time(const msh_rules *r, const msh_limits *limits,
                                      void (*timed)(void *ctx, msh_view rule, uint64_t ns,
                                                    bool limit),
                                      void *ctx, msh_error *why);
/* Filled in by who read the pack's bytes. i < msh_rules_packs. */
void msh_rules_set_digest(msh_rules *r, size_t i, const uint8_t sha256[32]);

#endif
