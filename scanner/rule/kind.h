/* kind.h: what a rule looks for. One file a kind (kind_NAME.c) and one line in kinds.def.
 *
 * The way of a text (match.c): fold → joined view → views of escapes. On every view the shared
 * literal engine runs once for all rules; a kind is then asked with the hits of its own literals,
 * or, with no literals, once for the view. It answers with candidates; match.c judges position,
 * near, except, quoted, count, and keeps one finding for each (rule, normalised match). */
#ifndef MSH_RULE_KIND_H
#define MSH_RULE_KIND_H

#include "base/arena.h"
#include "rule/match.h"

/* A mapping node of a pack, already checked for duplicate keys; strings only, as YAML wrote them.
 */
typedef struct msh_node msh_node;
struct msh_node {
    enum { MSH_NODE_SCALAR, MSH_NODE_LIST, MSH_NODE_MAP } type;
    msh_view key;   /* of a member of a map */
    msh_view value; /* of a scalar */
    size_t line, column;
    msh_node *child, *next;
    bool seen; /* asked for by someone; what nobody asked for is an unknown key */
};
/* Member of a map, marked as seen; NULL when absent. */
msh_node *msh_node_get(msh_node *map, const char *key);

/* One view of a text. Offsets below are bytes in `text`. */
typedef enum msh_view_kind {
    MSH_VIEW_FOLDED, /* blanks kept, one character for one */
    MSH_VIEW_JOINED, /* blanks between CJK letters, digits and stars dropped */
    MSH_VIEW_WRITTEN /* decoded, not folded: for keys and tokens */
} msh_view_kind;

typedef struct msh_kind_text {
    msh_view text; /* UTF-8, 16 readable zero bytes after it */
    msh_view_kind view;
    const struct msh_kind_text
        *folded;                /* the folded view that a joined one came from, else itself */
    const msh_map *to_folded;   /* joined → folded; NULL for the folded one */
    const msh_map *to_source;   /* folded → bytes of the match text (not used by kinds) */
    const msh_match_text *from; /* role, place, flags */
    bool unescaped;             /* a view of decoded escapes */
    bool first_window;          /* the beginning of the text is in here */
} msh_kind_text;

/* What a kind found. */
typedef struct msh_candidate {
    size_t start, end; /* in view->text */
    msh_view normal;   /* normalised match: same secret, same bytes; in scratch or view */
    msh_view excerpt;  /* masked, ≤ 20 characters; in scratch */
    msh_tier tier;     /* 0 = the rule's; else at most the rule's unless `raises` */
    bool raises;       /* tier may be above the rule's (a list of five rows) */
    bool no_context;   /* near / except / quoted of the rule do not apply */
    uint64_t count;    /* 0 = 1; rows of a table, say */
} msh_candidate;

typedef struct msh_kind_out {
    void *ctx;
    msh_arena *scratch; /* lives until the text is done */
    /* Returns an error only to stop. */
    msh_err (*found)(void *ctx, const msh_candidate *c);
} msh_kind_out;

/* For compile: literals are UTF-8, folded by the caller. `tag` comes back with the hit. */
typedef struct msh_kind_compile {
    void *ctx;
    msh_arena *arena; /* lives as long as the rule set */
    const msh_limits *limits;
    msh_err (*want_literal)(void *ctx, msh_view word, uint32_t tag);
    /* Contents of a list file named in the pack. */
    msh_err (*read_list)(void *ctx, msh_view file, msh_buf *out, msh_error *why);
    /* Refuse with file:line:column of a node. zh and en, without document content. */
    msh_err (*refuse)(void *ctx, const msh_node *at, const char *zh, const char *en,
                      msh_error *why);
} msh_kind_compile;

/* A hit of a wanted literal. */
typedef struct msh_literal_hit {
    uint32_t tag;
    size_t start, end;
} msh_literal_hit;

typedef struct msh_kind {
    const char *name;
    /* views it wants to see: bits 1 << MSH_VIEW_* */
    unsigned views;
    /* find: the `find:` map. *state: immutable afterwards. */
    msh_err (*compile)(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why);
    void (*dispose)(void *state); /* for what is not in the arena; may be NULL */
    /* n_hits > 0: called once with all hits of its literals in the view, ascending. A kind without
     * literals is called for every view with n_hits 0. */
    msh_err (*scan)(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                    size_t n_hits, const msh_kind_out *out);
    /* State over a whole item (rows of a list, three in a column): made at begin, given back at
     * end. All may be NULL. */
    size_t item_size; /* bytes of zeroed memory for each item, passed to scan_item / end_item */
    msh_err (*scan_item)(const void *state, void *item, const msh_kind_text *t,
                         const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out);
} msh_kind;

const msh_kind *msh_kind_named(msh_view name);

/* --- shared by kinds (context.c) -----------------------------------------------------------------
 */

/* The line that holds `at`: [*start, *end) without its '\n'. */
void msh_line_at(msh_view text, size_t at, size_t *start, size_t *end);
/* 0-based number of the line in this window. */
size_t msh_line_number(msh_view text, size_t at);
/* The hit is between quotes “” ‘’ 「」 『』 《》 "" on its line. */
bool msh_is_quoted(msh_view text, size_t start, size_t end);
/* One of the words (folded) stands within `within` characters before start or after end. */
bool msh_has_near(msh_view text, size_t start, size_t end, const msh_view *words, size_t n,
                  size_t within);
/* Only before it. */
bool msh_has_before(msh_view text, size_t start, const msh_view *words, size_t n, size_t within);

#endif
