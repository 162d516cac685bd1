/* kind_bidi.c: {kind: bidi}: letters turned round by a right-to-left override (U+202E). Readers see
 * them in another order than programs do; in Chinese there is no honest use for it (domain.md
 * section 6, visible order).
 *
 * The matcher turns all lines round in a view of their own, only where a text holds such
 * characters; then the bytes are walked once for the parts between an override and its end. */
#define _GNU_SOURCE
#include "rule/kind.h"

#include "base/err.h"
#include "base/view.h"
#include "rule/chars.h"

#include <string.h>

enum { LETTERS_LEAST = 4, FOUND_MOST = 100, CP_LRO = 0x202D, CP_RLO = 0x202E, CP_PDF = 0x202C };

static bool counts(uint32_t cp)
{
    return msh_chars_is_cjk(cp) || msh_chars_is_digit(cp) || cp == 0x2605;
}

/* A part of the source under an override. */
typedef struct part {
    size_t start, end, letters;
} part;

/* The next part at or behind *at; false when there is none. */
static bool next_part(const msh_match_text *t, size_t *at, part *p)
{
    bool inside = false;
    while (*at < t->bytes.len) {
        msh_char c = msh_charset_next(t->charset, msh_view_cut(t->bytes, *at, 16));
        bool ends = c.cp == CP_PDF || c.cp == '\n' || c.cp == '\r';
        if (inside && ends)
            return true;
        *at += c.len;
        if (!inside && (c.cp == CP_RLO || c.cp == CP_LRO)) {
            inside = true;
            *p = (part){*at, *at, 0};
        } else if (inside) {
            p->end = *at;
            p->letters += counts(c.cp);
        }
    }
    return inside;
}

/* Where a byte of the source stands in the folded view. */
static size_t folded_of(const msh_map *folded, size_t len, size_t source)
{
    size_t low = 0, high = len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (msh_map_source(folded, mid) < source)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* In the view a line is its mirror image between the same bounds. */
static msh_err report(const msh_kind_text *t, const part *p, const msh_kind_out *out)
{
    msh_view text = t->text;
    size_t from = folded_of(t->to_source->up, text.len, p->start);
    size_t to = folded_of(t->to_source->up, text.len, p->end);
    const uint8_t *before = from ? memrchr(text.data, '\n', from) : NULL;
    const uint8_t *after = from < text.len ? memchr(text.data + from, '\n', text.len - from) : NULL;
    size_t line = before ? (size_t)(before - text.data) + 1 : 0;
    size_t line_end = after ? (size_t)(after - text.data) : text.len;
    if (to > line_end || from >= to)
        return MSH_OK;
    msh_candidate c = {.start = line + line_end - to, .end = line + line_end - from};
    msh_view hit = msh_view_cut(text, c.start, c.end - c.start);
    c.excerpt = msh_mask(out->scratch, hit, 0, 0, "█");
    return c.excerpt.data ? out->found(out->ctx, &c) : MSH_E_MEMORY;
}

static msh_err bidi_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                         size_t n_hits, const msh_kind_out *out)
{
    (void)state;
    (void)hits;
    (void)n_hits;
    bool stateful = t->from->charset == MSH_CS_HZ || t->from->charset == MSH_CS_UTF7;
    if (!t->reversed || stateful)
        return MSH_OK;
    part p;
    size_t found = 0;
    for (size_t at = 0; found < FOUND_MOST && next_part(t->from, &at, &p);) {
        if (p.letters < LETTERS_LEAST)
            continue;
        found++;
        MSH_TRY(report(t, &p, out));
    }
    return MSH_OK;
}

/* find: {kind: bidi} */
static msh_err bidi_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    (void)c;
    (void)find;
    (void)why;
    *state = NULL;
    return MSH_OK;
}

const msh_kind msh_kind_bidi = {
    .name = "bidi",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = bidi_compile,
    .scan = bidi_scan,
};
