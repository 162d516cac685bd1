/* kind.h: what a rule looks for. One file a kind (kind_NAME.c) and one line in kinds.def.
 *
 * The way of a text (match.c): fold → joined view → views of escapes. On every view the shared
 * literal engine runs once for all rules; a kind is then asked with the hits of its own literals,
 * or, if it wanted none, once for the view. It answers with candidates; match.c judges position,
 * near, except, quoted, count, and keeps one finding for each (rule, normalised match). Candidates
 * of one rule that overlap in the source (the same place seen in several views) count once: the
 * gravest, then the longest. */
#ifndef MSH_RULE_KIND_H
#define MSH_RULE_KIND_H

#include "base/arena.h"
#include "rule/match.h"

/* A mapping node of a pack, already checked for duplicate keys; strings only, as YAML wrote them.
 */
typedef struct msh_node msh_node;
struct msh_node {
    enum { MSH_NODE_SCALAR, MSH_NODE_LIST, MSH_NODE_MAP } type;
    msh_view key;                /* of a member of a map */
    msh_view value;              /* of a scalar */
    size_t line, column;         /* of the value, from 1 */
    size_t key_line, key_column; /* of the key, 0 when there is none */
    msh_node *child, *next;
    bool seen; /* asked for by someone; what nobody asked for is an unknown key */
};
/* Member of a map, marked as seen; NULL when absent. */
msh_node *msh_node_get(msh_node *map, const char *key);

/* Numbers of a view, found once for all kinds (digits.h). */
struct msh_digits;

/* One view of a text. Offsets below are bytes in `text`.
 *
 * The joined view holds only the surroundings of places where something was joined (whole lines
 * where they are short), one after the other. Where a piece begins or ends inside a line stands a
 * byte 0x01 (MSH_CUT), so that nothing there looks like the beginning or end of a line. What needs
 * no joining is found in the folded view. */
typedef enum msh_view_kind {
    MSH_VIEW_FOLDED, /* blanks kept, one character for one */
    MSH_VIEW_JOINED, /* blanks and line ends between CJK letters, digits and stars dropped */
    MSH_VIEW_WRITTEN /* decoded, not folded: for keys and tokens */
} msh_view_kind;
enum { MSH_CUT = 1 };

typedef struct msh_kind_text {
    msh_view text; /* UTF-8, 16 readable zero bytes after it */
    msh_view_kind view;
    const struct msh_kind_text
        *folded;                /* the folded view that a joined one came from, else itself */
    const msh_map *to_folded;   /* joined → folded; NULL for the folded one */
    const msh_map *to_source;   /* folded → bytes of the match text (not used by kinds) */
    const msh_match_text *from; /* role, place, flags */
    bool unescaped;             /* a view of decoded escapes */
    bool reversed;              /* parts inside right-to-left overrides are turned round */
    bool first_window;          /* the beginning of the text is in here */
    struct msh_digits *digits;  /* zeroed by the matcher, filled by msh_digits_of; may be NULL */
    size_t head_end; /* end of the head zone in `folded`; see msh_in_head. 0 = none in here */
} msh_kind_text;

/* What a kind found. */
typedef struct msh_candidate {
    size_t start, end; /* in view->text */
    msh_view normal;   /* normalised match: same secret, same bytes; in scratch or view. Empty =
                          the bytes from start to end */
    msh_view excerpt;  /* masked, ≤ 20 characters; in scratch. Empty = first character and █ */
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

/* For compile: literals are UTF-8, folded by the caller, also for the written view. `tag` comes
 * back with the hit; on the written view hits are those of the folded one, mapped. */
typedef struct msh_kind_compile {
    void *ctx;
    msh_arena *arena; /* lives as long as the rule set */
    const msh_limits *limits;
    const uint8_t *register_key; /* 32 bytes for kind digest; NULL: there is none */
    unsigned views; /* the views this rule reads: the kind's, or what `view:` of the rule says */
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

typedef struct msh_kind msh_kind;
struct msh_kind {
    const char *name;
    /* views it wants to see: bits 1 << MSH_VIEW_* */
    unsigned views;
    /* A hit of a literal is the finding, nothing around it matters (words, list): match.c makes the
     * candidates itself, the tag being the number of the word, and scan is not called. */
    bool hits_only;
    /* find: the `find:` map. *state: immutable afterwards. */
    msh_err (*compile)(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why);
    void (*dispose)(void *state); /* for what is not in the arena; may be NULL */
    /* The day (20261101) of a scan, once before it; may be NULL. */
    void (*day)(void *state, uint32_t today);
    /* Called once with n_hits 0 before the hits of each view of a window that goes on with the
     * one before: it may go on, too. */
    bool begins;
    /* n_hits > 0: called with the hits of its literals in the view, by start, then the longer first
     * (all at once, but for views with more than MSH_HITS_AT_ONCE hits). A rule that wanted no
     * literals is called once for every view with n_hits 0. Errors: MSH_E_MEMORY,
     * MSH_E_LIMIT_REGEX, and what `found` returned. */
    msh_err (*scan)(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                    size_t n_hits, const msh_kind_out *out);
    /* The same with memory over a whole item (rows of a list, three in a column). A kind has scan
     * or scan_item. item_size: bytes, zeroed at the beginning of each item, for each rule. */
    size_t item_size;
    msh_err (*scan_item)(const void *state, void *item, const msh_kind_text *t,
                         const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out);
    /* Not NULL: a kind that tells how many findings of other kinds an item has (kind_bulk.c): 1
     * when those of `of` count; of NULL: how many make a finding. */
    uint64_t (*sums)(const void *state, const msh_kind *of);
};

enum { MSH_HITS_AT_ONCE = 1 << 18 };

/* NULL when kinds.def has no such row. */
const msh_kind *msh_kind_named(msh_view name);

/* --- reading the find: map (node.c) --------------------------------------------------------------
 * All refuse a node of the wrong type with its place; a member that is absent leaves *out alone. */

MSH_MUST_CHECK msh_err msh_node_text(const msh_kind_compile *c, msh_node *map, const char *key,
                                     msh_view *out, msh_error *why);
/* least ≤ value ≤ greatest. */
typedef struct msh_node_range {
    uint64_t least, greatest;
} msh_node_range;
MSH_MUST_CHECK msh_err msh_node_uint(const msh_kind_compile *c, msh_node *map, const char *key,
                                     msh_node_range range, uint64_t *out, msh_error *why);
/* true / false / 是 / 否 */
MSH_MUST_CHECK msh_err msh_node_bool(const msh_kind_compile *c, msh_node *map, const char *key,
                                     bool *out, msh_error *why);
/* A list of words, folded, into c->arena. Empty lists and words that fold to nothing are refused.
 */
MSH_MUST_CHECK msh_err msh_node_words(const msh_kind_compile *c, msh_node *map, const char *key,
                                      msh_view **out, size_t *n, msh_error *why);

/* --- shared by kinds (context.c) -----------------------------------------------------------------
 */

/* `at` lies in the head zone: role header, name or meta; in other roles page 1 (or no pages) of the
 * beginning of a text: its first 12 lines with something on them, at most 400 characters. */
bool msh_in_head(const msh_kind_text *t, size_t at);
/* Where the head zone of a text ends, for match.c. */
size_t msh_head_zone(msh_view folded);
/* Nothing but blanks stands beside [start, end) on its line (a cell: between tabs). */
bool msh_is_alone(msh_view text, size_t start, size_t end);
/* The first `head` and last `tail` characters kept, the others each replaced by `fill` ("*", "█"),
 * at most 20 characters. In `a`; empty when memory is short. */
msh_view msh_mask(msh_arena *a, msh_view text, size_t head, size_t tail, const char *fill);
/* The line that holds `at`: [*start, *end) without its '\n'; of a very long line 2 KiB to either
 * side. */
void msh_line_at(msh_view text, size_t at, size_t *start, size_t *end);
/* 0-based number of the line in this window. */
size_t msh_line_number(msh_view text, size_t at);
/* The hit is between quotes “” ‘’ 「」 『』 《》 "" on its line. */
bool msh_is_quoted(msh_view text, size_t start, size_t end);
/* One of the words (folded) stands within `within` characters before start or after end. */
bool msh_has_near(msh_view text, size_t start, size_t end, const msh_view *words, size_t n,
                  size_t within);
/* Only before it. All three compare bytes: words and text are both folded. */
bool msh_has_before(msh_view text, size_t start, const msh_view *words, size_t n, size_t within);

#endif
