/* mark_parse.h: the grammar of classification marks (保密法 §22, GB/T 9704-2012 7.2.2; domain.md
 * §4).
 *
 *   mark = level gap star gap [ term ]     also: no star, star first, split or disguised levels
 *
 * Reads one view around an anchor that the literal engine found; never looks further than some
 * dozens of characters. Says what stands there, not how grave it is; whether what follows goes on
 * as a word is for the caller to see, who knows the line ends. */
#ifndef MSH_RULE_MARK_PARSE_H
#define MSH_RULE_MARK_PARSE_H

#include "base/buf.h"
#include "rule/chars.h"

enum { MSH_MARK_LEVEL_MOST = 8, MSH_MARK_LEVELS_MOST = 16 };

/* A level as code points ("机密", "核心商密"). */
typedef struct msh_mark_level {
    msh_view word; /* folded */
    uint32_t cp[MSH_MARK_LEVEL_MOST];
    unsigned n;
} msh_mark_level;

typedef enum msh_mark_form {
    MSH_MARK_STAR,  /* 机密★10年 */
    MSH_MARK_DOT,   /* 机密·10年: another sign for the star */
    MSH_MARK_BARE,  /* 机密10年 */
    MSH_MARK_FIRST, /* ★机密, ★10年机密 */
    MSH_MARK_LEVEL  /* the level alone */
} msh_mark_form;

typedef enum msh_mark_term {
    MSH_TERM_NONE,
    MSH_TERM_NUMBER,  /* 10年 */
    MSH_TERM_FOREVER, /* 长期 */
    MSH_TERM_DATE,    /* 2030年1月1日前 */
    MSH_TERM_EVENT    /* …前, …后 */
} msh_mark_term;

typedef struct msh_mark {
    size_t start, end; /* bytes in the view */
    size_t level;      /* index */
    size_t level_end;  /* of MSH_MARK_DOT and MSH_MARK_BARE: where the level ends */
    msh_mark_form form;
    msh_mark_term term;
    size_t term_start, term_end;
    uint32_t number; /* of MSH_TERM_NUMBER */
    uint32_t unit;   /* first character of 年 个月 月 日 天 周 */
    bool disguised;  /* reversed, look-alike characters, letters in between */
    bool loose;      /* arbitrary characters stand for the star */
} msh_mark;

typedef struct msh_mark_grammar {
    msh_mark_level levels[MSH_MARK_LEVELS_MOST];
    size_t n_levels;
    bool loose_star; /* 0–2 arbitrary characters for the star (text read by OCR) */
} msh_mark_grammar;

/* Fills a level from a folded word; false when it is longer than MSH_MARK_LEVEL_MOST or shorter
 * than 2. */
bool msh_mark_level_set(msh_mark_level *level, msh_view word);

/* A star at `at` with a level before or after it. */
bool msh_mark_at_star(const msh_mark_grammar *g, msh_view text, size_t at, msh_mark *out);
/* The level g->levels[level] at [start, end) without a ★ after it. Always finds at least the form
 * MSH_MARK_LEVEL, unless a ★ belongs to it (then msh_mark_at_star finds it). */
bool msh_mark_at_level(const msh_mark_grammar *g, msh_view text, size_t start, size_t end,
                       size_t level, msh_mark *out);
/* The canonical term ("10年", "长期", "2030年1月1日", "启用前"; empty without one). */
void msh_mark_put_term(const msh_mark *m, msh_view text, msh_buf *out);

#endif
