/* placenames.c: names that places show (sheets, attributes, fields) are text of the document, too:
 * one that a rule would hit is masked before a place leaves the worker, in reports and log alike
 * (audit-log.md section 2: no document text, ever). What it says is found in its own text; here it
 * is only asked whether something would be. */
#include "rule/matcher.h"

#include "base/err.h"
#include "base/view.h"

enum { WIDTH_LEAST = 3, WIDTH_MOST = 20 };

/* The last names that were looked at: those of one text come one after the other. */
typedef struct asked {
    msh_view plain, shown;
} asked;

static msh_err worst_in(msh_matcher *m, msh_view name, msh_tier *worst)
{
    msh_match_text t = {.bytes = name, .charset = MSH_CS_UTF8};
    t.place.role = MSH_ROLE_NAME;
    struct msh_trace *trace = m->trace;
    m->trace = NULL;
    m->naming = true;
    m->named = 0;
    msh_err err = msh_matcher_text(m, &t);
    m->naming = false;
    m->trace = trace;
    *worst = m->named;
    return err == MSH_E_LIMIT_REGEX ? MSH_OK : err;
}

static msh_view masked(msh_arena *a, msh_view name)
{
    static const uint8_t block[3] = {0xE2, 0x96, 0x88}; /* █ */
    size_t width = 0;
    for (size_t i = 0; i < name.len; i++)
        width += (name.data[i] & 0xC0) != 0x80;
    width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
    uint8_t *p = msh_arena_alloc(a, width * sizeof block);
    for (size_t i = 0; p && i < width; i++)
        memcpy(p + i * sizeof block, block, sizeof block);
    return (msh_view){p, p ? width * sizeof block : 0};
}

static msh_err look(msh_matcher *m, asked *last, msh_view *name)
{
    if (name->len == 0)
        return MSH_OK;
    if (!last->plain.data || !msh_view_eq(last->plain, *name)) {
        msh_tier worst;
        MSH_TRY(worst_in(m, *name, &worst));
        *last = (asked){*name, *name};
        if (worst >= MSH_TIER_REVIEW)
            last->shown = masked(&m->tally.arena, *name);
        if (!last->shown.data)
            return MSH_E_MEMORY;
    }
    *name = last->shown;
    return MSH_OK;
}

msh_err msh_mask_names(msh_matcher *m)
{
    asked sheet = {{NULL, 0}, {NULL, 0}}, name = sheet;
    for (size_t i = 0; i < m->tally.n; i++) {
        msh_entry *e = m->tally.entries[i];
        if (!e->placed)
            continue;
        MSH_TRY(look(m, &sheet, &e->place.sheet));
        MSH_TRY(look(m, &name, &e->place.name));
        for (uint32_t k = 0; k < e->n_more; k++) {
            MSH_TRY(look(m, &sheet, &e->more[k].sheet));
            MSH_TRY(look(m, &name, &e->more[k].name));
        }
    }
    return MSH_OK;
}
