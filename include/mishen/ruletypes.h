/* ruletypes.h: words about rules that the library shares inside and outside. */
#ifndef MISHEN_RULETYPES_H
#define MISHEN_RULETYPES_H

#include <mishen/types.h>

/* Where a text is going to stand; a rule may be graver there. */
typedef enum msh_medium {
    MSH_MEDIUM_ANY,
    MSH_MEDIUM_SITE,   /* a web site: site */
    MSH_MEDIUM_OUTBOX, /* what is sent or handed on: outbox */
    MSH_MEDIA
} msh_medium;

/* What is wrong with rules that load. Columns: enumerator, is an error (else worth a look),
 * Chinese, English; another rule or a word follows where there is one. */
#define MSH_RULE_PROBLEMS(X)                                                                       \
    X(FEW_TESTS, true, "应命中和不应命中的测试各需至少三条",                                       \
      "needs at least three tests that it finds and three that it leaves alone")                   \
    X(EXPIRED, true, "已过有效期，不再使用", "has expired and is not used")                        \
    X(NOT_YET, false, "还没到生效日期", "is not yet in force")                                     \
    X(WORD_SHORT, true, "只有一个字的词会到处命中，请写长一些",                                    \
      "a single character would be found everywhere, write a longer word")                         \
    X(WORD_EXCEPTED, true, "这个词永远不会命中，它被 except 的 words 排除了",                      \
      "a word that can never be found: the words of except exclude it")                            \
    X(WORD_TWICE, false, "这个词是重复的，另一处已能找到",                                         \
      "a word that is found elsewhere anyway")                                                     \
    X(NEVER_ENOUGH, true, "永远不会命中：要求的不同词数多于词表",                                  \
      "can never be found: more different words are asked for than there are")                     \
    X(COVERED, false, "它的测试文字另一条规则都能同样找到",                                        \
      "all that its tests find, another rule finds, too")

typedef enum msh_rule_problem {
#define X(id, error, zh, en) MSH_RULE_##id,
    MSH_RULE_PROBLEMS(X)
#undef X
} msh_rule_problem;

typedef struct msh_rule_issue {
    msh_rule_problem what;
    msh_view rule, other, word; /* the last two may be empty */
} msh_rule_issue;

/* A rule with one part dropped, and whether its tests noticed. */
typedef struct msh_mutant {
    msh_view rule;
    const char *part; /* "near", "find.any", "find.pattern" */
    msh_view what;    /* the word or piece that was dropped; empty for a whole list or map */
    size_t line;
    bool killed;
} msh_mutant;

/* A test of a rule. */
typedef struct msh_rule_example {
    msh_view text;
    msh_tier expect; /* 0 = none */
    msh_role role;
    msh_medium medium;
    size_t line;
} msh_rule_example;

#endif
