/* words.c: see words.h. */
#include "rule/words.h"

#include "base/view.h"
#include "rule/literal.h"
#include "text/fold.h"

#include <string.h>

msh_words *msh_words_new(const msh_kind_compile *c)
{
    msh_words *w = msh_arena_calloc(c->arena, 1, sizeof *w);
    if (w)
        w->written = c->views & 1u << MSH_VIEW_WRITTEN;
    return w;
}

static msh_err keep(const msh_kind_compile *c, msh_words *w, msh_view word)
{
    if (w->n == w->cap) {
        size_t cap = w->cap ? w->cap * 2 : 16;
        msh_view *list = msh_arena_calloc(c->arena, cap, sizeof *list);
        if (!list)
            return MSH_E_MEMORY;
        if (w->n)
            memcpy(list, w->as_written, w->n * sizeof *list);
        w->as_written = list;
        w->cap = cap;
    }
    w->as_written[w->n] = msh_arena_copy(c->arena, word);
    return w->as_written[w->n].data ? MSH_OK : MSH_E_MEMORY;
}

msh_err msh_words_add(const msh_kind_compile *c, msh_words *w, msh_view word, bool *usable)
{
    msh_buf folded;
    msh_buf_init(&folded, 8192);
    *usable = word.len > 0 && word.len <= 1000 && msh_fold_word(&folded, word) &&
              folded.len <= MSH_LITERAL_MAX;
    msh_err err = MSH_OK;
    if (*usable) {
        if (w->written)
            err = keep(c, w, word);
        if (err == MSH_OK)
            err = c->want_literal(c->ctx, msh_buf_view(&folded), (uint32_t)w->n++);
    }
    msh_buf_dispose(&folded);
    return err;
}

msh_err msh_words_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                       size_t n_hits, const msh_kind_out *out)
{
    const msh_words *w = state;
    for (size_t i = 0; i < n_hits; i++) {
        size_t len = hits[i].end - hits[i].start;
        if (hits[i].end < hits[i].start || hits[i].tag >= w->n || !w->written)
            continue;
        msh_candidate c = {.start = hits[i].start, .end = hits[i].end};
        if (!msh_view_eq(msh_view_cut(t->text, hits[i].start, len), w->as_written[hits[i].tag]))
            continue;
        msh_err err = out->found(out->ctx, &c);
        if (err != MSH_OK)
            return err;
    }
    return MSH_OK;
}
