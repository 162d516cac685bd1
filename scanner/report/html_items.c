/* html_items.c: findings of an item are put together by rule, the gravest first, so that a list
 * with a thousand numbers reads as one thing to do. */
#include "report/html_items.h"

#include "base/base64.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "report/place.h"

#include <inttypes.h>
#include <stdlib.h>

enum { NAMED_RULES = 3, PLACE_CEILING = 4 << 20 };

static msh_view shown_path(const msh_item *item)
{
    return item->path_masked ? item->path_shown : item->path;
}

static void put_rule_name(msh_buf *out, const msh_html_item *it, const msh_finding *f)
{
    const msh_rule_note *n = msh_gather_rule(it->gather, f->rule);
    if (!n) {
        msh_html_text(out, f->rule_name);
        return;
    }
    msh_buf_printf(out, "<a href=\"#r%zu\">", n->index);
    msh_html_text(out, msh_note_name(n, it->lang));
    msh_buf_put_str(out, "</a>");
}

static void put_place(msh_buf *out, const msh_place *p, msh_lang lang)
{
    msh_buf b;
    msh_buf_init(&b, PLACE_CEILING);
    msh_place_words(&b, p, lang);
    msh_html_text(out, msh_buf_view(&b));
    msh_say_carry(out, &b);
    msh_buf_dispose(&b);
}

/* --- the row
 * -------------------------------------------------------------------------------------- */

/* The first few rules of an item by name, the gravest first. */
static void put_rule_names(msh_buf *out, const msh_html_item *it)
{
    msh_view named[NAMED_RULES];
    size_t n = 0;
    if (it->item->verdict == MSH_VERDICT_NOT_INSPECTED && it->item->reason.len) {
        msh_html_text(out, msh_view_str(msh_say_reason(it->item->reason, it->lang)));
        return;
    }
    for (int tier = MSH_TIER_BLOCK; tier >= MSH_TIER_INFO; tier--)
        for (size_t i = 0; i < it->n_findings && n < NAMED_RULES; i++) {
            const msh_finding *f = &it->findings[i];
            bool known = f->tier != (msh_tier)tier;
            for (size_t k = 0; k < n; k++)
                known |= msh_view_eq(named[k], f->rule);
            if (known)
                continue;
            if (n)
                msh_buf_put_str(out, it->lang == MSH_LANG_EN ? ", " : "、");
            named[n++] = f->rule;
            const msh_rule_note *note = msh_gather_rule(it->gather, f->rule);
            msh_html_text(out, note ? msh_note_name(note, it->lang) : f->rule_name);
        }
    if (n)
        return;
    if (it->item->optical || it->item->optical_page)
        msh_html_say(out, it->item->optical ? MSG_OPTICAL : MSG_OPTICAL_PAGE, it->lang);
    else if (it->item->reason.len)
        msh_html_text(out, msh_view_str(msh_say_reason(it->item->reason, it->lang)));
}

void msh_html_item_row(msh_buf *out, const msh_html_item *it)
{
    msh_buf_put_str(out, "<tr><td>");
    msh_html_pill(out, msh_html_class(it->item->verdict),
                  msh_verdict_text(it->item->verdict, it->lang));
    msh_buf_printf(out, "<td><a href=\"#f%" PRIu64 "\">", it->item->n);
    msh_html_text(out, shown_path(it->item));
    msh_buf_put_str(out, "</a><td>");
    put_rule_names(out, it);
    msh_buf_printf(out, "<td class=c>%" PRIu64 "\n", it->item->findings);
}

/* --- findings
 * ------------------------------------------------------------------------------------- */

static int by_rule(const void *a, const void *b)
{
    const msh_finding *const *x = a, *const *y = b;
    if ((*x)->tier != (*y)->tier)
        return (*x)->tier > (*y)->tier ? -1 : 1;
    int order = msh_view_cmp((*x)->rule, (*y)->rule);
    return order ? order : *x < *y ? -1 : *x > *y;
}

static void put_one(msh_buf *out, const msh_html_item *it, const msh_finding *f)
{
    char buf[MSH_SAY_EXCERPT];
    msh_buf_put_str(out, "<li>");
    put_place(out, &f->place, it->lang);
    if (f->excerpt.len) {
        msh_buf_put_str(out, " <code>");
        msh_html_text(out, msh_say_excerpt(f->excerpt, it->lang, buf));
        msh_buf_put_str(out, "</code>");
    }
    if (f->count > 1) {
        msh_buf_put_byte(out, ' ');
        msh_html_say_n(out, MSG_H_OF_PLACES, it->lang, f->count, NULL);
    }
}

/* Findings from..to of one rule and tier are one row. */
static void put_group(msh_buf *out, const msh_html_item *it, const msh_finding *const *f, size_t n)
{
    const msh_rule_note *note = msh_gather_rule(it->gather, f[0]->rule);
    msh_buf_put_str(out, "<tr><td>");
    msh_html_pill(out, msh_html_class_of_tier(f[0]->tier), msh_tier_text(f[0]->tier, it->lang));
    msh_buf_put_str(out, "<td>");
    put_rule_name(out, it, f[0]);
    msh_buf_put_str(out, "<td><ul class=places>");
    for (size_t i = 0; i < n; i++)
        put_one(out, it, f[i]);
    msh_buf_put_str(out, "</ul>");
    if (it->advice) {
        msh_buf_put_str(out, "<td>");
        if (note)
            msh_html_text(out, msh_note_advice(note, it->lang));
    }
    msh_buf_put_byte(out, '\n');
}

static void put_head(msh_buf *out, const msh_html_item *it)
{
    static const msh_message heads[] = {MSG_H_TIER, MSG_H_WHAT, MSG_H_WHERE, MSG_H_DO};
    msh_buf_put_str(out, "<table><thead><tr>");
    for (size_t i = 0; i < (it->advice ? 4 : 3); i++) {
        msh_buf_put_str(out, "<th scope=col>");
        msh_html_say(out, heads[i], it->lang);
    }
    msh_buf_put_str(out, "<tbody>\n");
}

static msh_err put_findings(msh_buf *out, const msh_html_item *it)
{
    if (it->n_findings == 0)
        return MSH_OK;
    const msh_finding **sorted = msh_calloc(it->n_findings, sizeof *sorted);
    if (!sorted)
        return MSH_E_MEMORY;
    for (size_t i = 0; i < it->n_findings; i++)
        sorted[i] = &it->findings[i];
    qsort(sorted, it->n_findings, sizeof *sorted, by_rule);
    put_head(out, it);
    for (size_t from = 0, to; from < it->n_findings; from = to) {
        for (to = from + 1; to < it->n_findings && sorted[to]->tier == sorted[from]->tier &&
                            msh_view_eq(sorted[to]->rule, sorted[from]->rule);
             to++)
            ;
        put_group(out, it, sorted + from, to - from);
    }
    msh_buf_put_str(out, "</table>\n");
    msh_free(sorted);
    if (it->item->findings > it->n_findings) {
        msh_buf_put_str(out, "<p class=note>");
        msh_html_say_n(out, MSG_H_MORE_LISTED, it->lang, it->item->findings - it->n_findings, NULL);
    }
    return MSH_OK;
}

/* What was not read, and what to do about it. */
static void put_outcomes(msh_buf *out, const msh_html_item *it)
{
    bool any = false;
    for (size_t i = 0; i < it->n_outcomes; i++) {
        const msh_outcome_note *o = &it->outcomes[i];
        if (msh_outcome_is_whole(o->outcome))
            continue;
        if (!any) {
            msh_buf_put_str(out, "<p><strong>");
            msh_html_say(out, MSG_H_WHY, it->lang);
            msh_buf_put_str(out, "</strong><ul>\n");
        }
        any = true;
        msh_buf_put_str(out, "<li>");
        if (msh_view_find(o->place.vpath, MSH_VIEW("!"), 0) == SIZE_MAX && !o->place.page)
            msh_html_say(out, MSG_WHOLE_FILE, it->lang);
        else
            put_place(out, &o->place, it->lang);
        msh_buf_put_str(out, it->lang == MSH_LANG_EN ? ": " : "：");
        msh_html_text(out, msh_view_str(msh_say_reason(o->reason, it->lang)));
        msh_buf_put_str(out, it->lang == MSH_LANG_EN ? ". " : "。");
        if (it->advice)
            msh_html_say(out, msh_say_advice(o->reason), it->lang);
        msh_buf_put_byte(out, '\n');
    }
    if (any)
        msh_buf_put_str(out, "</ul>\n");
}

static void put_meta(msh_buf *out, const msh_html_item *it)
{
    char size[32], hex[65];
    msh_say_size(it->item->size, size);
    msh_buf_put_str(out, "<p class=m>");
    if (msh_view_eq_str(it->item->format, "?") || !it->item->format.len)
        msh_html_say(out, MSG_H_UNKNOWN_FORMAT, it->lang);
    else
        msh_html_text(out, it->item->format);
    msh_buf_printf(out, " · %s", size);
    if (it->item->has_sm3) {
        msh_hex(hex, msh_view_of(it->item->sm3, 32));
        msh_buf_printf(out, " · SM3 <span class=mono>%.16s…</span>", hex);
    }
    if (it->item->has_sha256) {
        msh_hex(hex, msh_view_of(it->item->sha256, 32));
        msh_buf_printf(out, " · SHA-256 <span class=mono>%.16s…</span>", hex);
    }
    msh_buf_put_byte(out, '\n');
}

msh_err msh_html_item_put(msh_buf *out, const msh_html_item *it)
{
    const msh_item *item = it->item;
    msh_buf_printf(out, "<article class=\"card file %c\" id=f%" PRIu64 "><h3>",
                   msh_html_class(item->verdict), item->n);
    msh_html_pill(out, msh_html_class(item->verdict), msh_verdict_text(item->verdict, it->lang));
    msh_html_text(out, shown_path(item));
    msh_buf_put_str(out, "</h3>\n");
    put_meta(out, it);
    MSH_TRY(put_findings(out, it));
    put_outcomes(out, it);
    if (item->optical || item->optical_page) {
        msh_buf_put_str(out, "<p>");
        msh_html_say(out, item->optical ? MSG_OPTICAL : MSG_OPTICAL_PAGE, it->lang);
    }
    msh_buf_put_str(out, "</article>\n");
    return msh_buf_err(out);
}
