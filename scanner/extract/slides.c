/* slides.c: numbers of slides (see slides.h). */
#include "extract/slides.h"

#include "base/err.h"
#include "base/view.h"

enum { SLIDES_MOST = 100000, HOPS = 4 };

bool msh_slides_init(msh_slides *s, msh_arena *arena, const msh_relations *relations)
{
    *s = (msh_slides){.arena = arena, .relations = relations, .pages = msh_table_new()};
    return s->pages != NULL;
}

void msh_slides_dispose(msh_slides *s)
{
    if (s->pages)
        msh_table_free(s->pages, NULL);
    *s = (msh_slides){0};
}

msh_err msh_slides_begin(msh_slides *s, msh_view part, msh_xt *text)
{
    s->text = text;
    s->from = msh_arena_copy(s->arena, part);
    return s->from.data ? MSH_OK : MSH_E_MEMORY;
}

/* Both the number of a slide and its relation are an "id" without their prefixes: the one that
 * leads somewhere is the relation. */
static msh_err add_slide(msh_slides *s, const msh_xml_attr *a, size_t n)
{
    void *old;
    if (s->n >= SLIDES_MOST)
        return MSH_OK;
    s->n++;
    for (size_t i = 0; i < n; i++) {
        if (!msh_view_eq_str(a[i].name, "id"))
            continue;
        msh_view target = msh_relations_target(s->relations, s->from, a[i].value);
        uint32_t *page = target.len ? msh_arena_alloc(s->arena, sizeof *page) : NULL;
        if (!target.len)
            continue;
        if (!page)
            return MSH_E_MEMORY;
        *page = s->n;
        MSH_TRY(msh_table_put(s->pages, target, page, &old));
    }
    return MSH_OK;
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    msh_slides *s = ctx;
    msh_view show = msh_xml_get(a, n, "show");
    if (msh_view_eq_str(name, "sldId"))
        return add_slide(s, a, n);
    if (msh_view_eq_str(name, "sld") &&
        (msh_view_eq_str(show, "0") || msh_view_eq_str(show, "false")))
        s->text->place.role = MSH_ROLE_HIDDEN;
    return MSH_OK;
}

const msh_xml_handler msh_slides_handler = {on_start, NULL, NULL, NULL};

/* The number in ppt/slides/slide12.xml. */
static uint32_t number_in(msh_view name)
{
    size_t at = msh_view_find(name, MSH_VIEW("slides/slide"), 0);
    uint32_t n = 0;
    if (at == SIZE_MAX)
        return 0;
    for (at += 12; at < name.len && name.data[at] >= '0' && name.data[at] <= '9' && n < 100000;
         at++)
        n = n * 10 + (name.data[at] - '0');
    return n;
}

uint32_t msh_slides_page(const msh_slides *s, msh_view part)
{
    uint32_t by_name = number_in(part);
    for (unsigned hop = 0; hop < HOPS && part.len; hop++) {
        const uint32_t *page = msh_table_get(s->pages, part);
        if (page)
            return *page;
        part = msh_relations_source(s->relations, part);
    }
    return by_name;
}
