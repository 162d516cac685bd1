/* pack.h: rule packs (YAML, matching.md section 6) to a rule set. Strict: one bad line refuses all.
 */
#ifndef MSH_RULE_PACK_H
#define MSH_RULE_PACK_H

#include "rule/match.h"

/* What a rule says about itself; views live as long as the rule set. */
typedef struct msh_rule_info {
    msh_view id, name, name_en, category, explain, explain_en, advice, advice_en, basis;
    msh_view pack, pack_version;
    msh_view kind; /* "mark", "words" … */
    msh_tier tier;
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
    msh_view folder; /* for `file:` of lists: see msh_rules_needs */
} msh_pack_source;

/* Parse, check and compile. Reads of word lists (`file: words.csv`) go through `read_list`, NULL =
 * refuse them. Errors: MSH_E_RULES with "file:line:column: 错误：… / error: …" in why->text; an
 * empty set is an error. The result keeps nothing of the sources. */
MSH_MUST_CHECK msh_err msh_rules_load(
    const msh_pack_source *packs, size_t n, const msh_limits *limits,
    msh_err (*read_list)(void *ctx, const char *pack, msh_view file, msh_buf *out, msh_error *why),
    void *ctx, msh_rules **out, msh_error *why);
void msh_rules_free(msh_rules *r);

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
/* How long each rule alone takes for a megabyte of hostile text; limit: it gave up. */
MSH_MUST_CHECK msh_err msh_rules_time(const msh_rules *r, const msh_limits *limits,
                                      void (*timed)(void *ctx, msh_view rule, uint64_t ns,
                                                    bool limit),
                                      void *ctx, msh_error *why);
/* Filled in by who read the pack's bytes. i < msh_rules_packs. */
void msh_rules_set_digest(msh_rules *r, size_t i, const uint8_t sha256[32]);

#endif
