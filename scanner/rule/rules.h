/* rules.h: the compiled rule set as pack.c, compile.c and match.c share it. Immutable once made. */
#ifndef MSH_RULE_RULES_H
#define MSH_RULE_RULES_H

#include "rule/kind.h"
#include "rule/literal.h"
#include "rule/pack.h"

/* where.position, as bits; 0 = anywhere. */
enum {
    MSH_WHERE_HEAD = 1,
    MSH_WHERE_EDGE = 2, /* header-footer */
    MSH_WHERE_NAME = 4,
    MSH_WHERE_META = 8,
    MSH_WHERE_LINE = 16 /* alone on its line; joined to the others by "and" */
};

typedef struct msh_word_list {
    msh_view *words;
    size_t n;
} msh_word_list;

typedef struct msh_rule_case {
    msh_view text, at; /* at: what the hit must be, folded; may be empty */
    msh_view name;     /* of the text, as an extractor names it; may be empty */
    msh_tier expect;   /* 0 = none */
    msh_role role;     /* of the text; body unless said */
    msh_medium medium;
    size_t line;
} msh_rule_case;

typedef struct msh_rule {
    msh_rule_info info;
    uint32_t pack;
    const msh_kind *kind;
    void *state;
    unsigned views;
    unsigned where;
    bool wants_literals;
    bool idle;  /* out of force */
    bool plain; /* every candidate counts: no position, near, except */
    msh_word_list near, before, after, around;
    size_t near_within, except_within;
    bool except_quoted;
    msh_tier except_tier; /* what an excepted hit becomes; 0 = nothing */
    uint64_t count;       /* fewer hits in an item are none */
    bool distinct;        /* count different ones */
    msh_rule_case *cases;
    size_t item_offset; /* of the kind's memory in an item's block */
} msh_rule;

/* Who asked for a literal. */
typedef struct msh_subscriber {
    uint32_t rule, tag;
} msh_subscriber;

struct msh_rules {
    msh_arena arena;
    msh_limits limits;
    msh_rule *rules;
    size_t n_rules, cap_rules;
    msh_pack_info *packs;
    size_t n_packs;
    msh_literals *literals;
    msh_view *literal_text;      /* of each literal, folded */
    msh_subscriber *subscribers; /* of literal i: from subscriber_at[i] to subscriber_at[i + 1] */
    uint32_t *subscriber_at;
    size_t n_literals, n_subscribers;
    unsigned views;    /* what any rule wants */
    size_t item_bytes; /* of kinds' memory for an item */
};

/* compile.c: everything that the kinds make of rules, and the literal set. */
typedef struct msh_compiler msh_compiler;
msh_compiler *msh_compiler_new(msh_rules *r);
void msh_compiler_free(msh_compiler *c);
typedef struct msh_compile_pack {
    const char *name; /* of the file, for messages */
    msh_err (*read_list)(void *ctx, const char *pack, msh_view file, msh_buf *out, msh_error *why);
    void *ctx;
    const uint8_t *register_key;
} msh_compile_pack;
/* The rule that is compiled from now on; gives what its maps are read with. */
const msh_kind_compile *msh_compiler_begin(msh_compiler *c, const msh_compile_pack *pack,
                                           size_t rule);
/* rule, find: the maps. Fills kind, state, views, wants_literals. */
MSH_MUST_CHECK msh_err msh_compile_rule(msh_compiler *c, msh_node *rule, msh_node *find,
                                        msh_error *why);
MSH_MUST_CHECK msh_err msh_compile_literals(msh_compiler *c, msh_error *why);

#endif
