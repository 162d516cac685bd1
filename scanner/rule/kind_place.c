/* kind_place.c: {kind: place, name: covered, least: 2}: a text that lies where no honest text lies.
 *
 * The extractor names such texts (place.name): what a box was drawn over in a PDF is "covered". Not
 * the words are the finding but that they are there: blacked out for the eye, and still to be
 * copied. One finding for each line that says something: `least` Chinese characters, or three times
 * as many letters and digits. The excerpt shows nothing of it. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"

enum { LETTERS_FOR_CHARACTER = 3, MOST_LINES = 100, MOST_LEAST = 1000 };

typedef struct place_state {
    msh_view name;
    uint64_t least;
} place_state;

/* The line at *at says enough; *at moves behind it. */
static bool says_enough(msh_view t, size_t *at, uint64_t least)
{
    uint64_t weight = 0;
    size_t len;
    for (; *at < t.len && t.data[*at] != '\n'; *at += len) {
        uint32_t cp = msh_chars_at(t, *at, &len);
        weight += msh_chars_is_cjk(cp) ? LETTERS_FOR_CHARACTER : msh_chars_is_alnum(cp);
    }
    return weight >= least * LETTERS_FOR_CHARACTER;
}

static msh_err place_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                          size_t n_hits, const msh_kind_out *out)
{
    const place_state *st = state;
    size_t found = 0;
    (void)hits;
    (void)n_hits;
    if (t->unescaped || !msh_view_eq(t->from->place.name, st->name))
        return MSH_OK;
    for (size_t at = 0; at < t->text.len && found < MOST_LINES; at++) {
        size_t from = msh_chars_skip_blanks(t->text, at);
        at = from;
        if (!says_enough(t->text, &at, st->least))
            continue;
        msh_view line = msh_view_cut(t->text, from, at - from);
        msh_candidate c = {
            .start = from, .end = at, .excerpt = msh_mask(out->scratch, line, 0, 0, "█")};
        if (!c.excerpt.data)
            return MSH_E_MEMORY;
        found++;
        MSH_TRY(out->found(out->ctx, &c));
    }
    return MSH_OK;
}

static msh_err place_compile(const msh_kind_compile *c, msh_node *find, void **state,
                             msh_error *why)
{
    place_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    msh_node_range range = {1, MOST_LEAST};
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    st->least = 2;
    MSH_TRY(msh_node_text(c, find, "name", &st->name, why));
    MSH_TRY(msh_node_uint(c, find, "least", range, &st->least, why));
    if (st->name.len == 0)
        return c->refuse(c->ctx, find, "缺少 name：文字的名称，如 covered",
                         "name is missing: what the text is called, as covered", why);
    st->name = msh_arena_copy(c->arena, st->name);
    if (!st->name.data)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_place = {
    .name = "place",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = place_compile,
    .scan = place_scan,
};
