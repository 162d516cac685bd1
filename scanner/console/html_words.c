/* html_words.c: verdicts, tiers, places, rules and rows as people read them. */
#include "console/run_read.h"

#include <mishen/review.h>

#include <stdio.h>

const html_verdict_words html_verdicts[] = {
    [MSH_VERDICT_PASS] = {"good", "✓", SAY_V_PASS, SAY_N_PASS},
    [MSH_VERDICT_REVIEW] = {"look", "！", SAY_V_REVIEW, SAY_N_REVIEW},
    [MSH_VERDICT_NOT_INSPECTED] = {"unknown", "？", SAY_V_NOT_INSPECTED, SAY_N_NOT_INSPECTED},
    [MSH_VERDICT_BLOCK] = {"bad", "✕", SAY_V_BLOCK, SAY_N_BLOCK},
};

void html_swap(console_request *q, msh_buf *b)
{
    msh_buf page = q->page;
    q->page = *b;
    *b = page;
}

void html_verdict(console_request *q, msh_verdict v)
{
    msh_buf_printf(&q->page, "<span class=\"tag %s\">%s&nbsp;%s</span>", html_verdicts[v].css,
                   html_verdicts[v].icon, say(q, html_verdicts[v].words));
}

/* "B7" as row and column. */
void html_cell(msh_view cell, msh_place *p)
{
    size_t i = 0;
    uint32_t row = 0, column = 0;
    for (; i < cell.len && i < 6 && cell.data[i] >= 'A' && cell.data[i] <= 'Z'; i++)
        column = column * 26 + (cell.data[i] - 'A' + 1u);
    for (; i < cell.len && i < 16 && cell.data[i] >= '0' && cell.data[i] <= '9'; i++)
        row = row * 10 + (cell.data[i] - '0');
    if (i == cell.len && row && column) {
        p->cell_row = row;
        p->cell_col = column;
    }
}

static msh_role role_of(msh_view name)
{
    for (int r = 0; r < MSH_ROLE_COUNT; r++)
        if (msh_view_eq_str(name, msh_role_name((msh_role)r)))
            return (msh_role)r;
    return MSH_ROLE_BODY;
}

/* Names of the parts inside an office document say nothing to a clerk: 页眉 does. */
static msh_view without_part(msh_view vpath)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < vpath.len; i++) {
        if (vpath.data[i] == '\\')
            i++;
        else if (vpath.data[i] == '!')
            last = i;
    }
    bool part = msh_view_ends_nocase(vpath, MSH_VIEW(".xml")) ||
                msh_view_ends_nocase(vpath, MSH_VIEW(".rels"));
    return last != SIZE_MAX && part ? msh_view_cut(vpath, 0, last) : vpath;
}

void html_place(console_request *q, const msh_json *j)
{
    msh_buf words;
    msh_place p = {.vpath = without_part(msh_json_text(msh_json_get(j, "vpath"))),
                   .name = msh_json_text(msh_json_get(j, "name")),
                   .sheet = msh_json_text(msh_json_get(j, "sheet")),
                   .role = role_of(msh_json_text(msh_json_get(j, "role"))),
                   .page = run_number(j, "page"),
                   .line = run_number(j, "line"),
                   .column = run_number(j, "column"),
                   .offset = MSH_NO_POSITION};
    html_cell(msh_json_text(msh_json_get(j, "cell")), &p);
    msh_buf_init(&words, 64 << 10);
    msh_place_words(&words, &p, q->lang);
    html_text(q, msh_view_cut(msh_buf_view(&words), 0, 600));
    msh_buf_dispose(&words);
}

void html_heads(console_request *q, const console_msg *all, size_t n)
{
    html(q, "<thead><tr>");
    for (size_t i = 0; i < n; i++)
        msh_buf_printf(&q->page, "<th scope=\"col\">%s</th>", say(q, all[i]));
    html(q, "</tr></thead>\n<tbody>\n");
}

void html_tier(console_request *q, msh_tier t)
{
    msh_buf_printf(&q->page, "<span class=\"tag %s\">%s</span>",
                   t == MSH_TIER_BLOCK    ? "bad"
                   : t == MSH_TIER_REVIEW ? "look"
                                          : "info",
                   msh_tier_text(t, q->lang));
}

void html_tier_named(console_request *q, msh_view name)
{
    for (int t = MSH_TIER_INFO; t <= MSH_TIER_BLOCK; t++)
        if (msh_view_eq_str(name, msh_tier_name((msh_tier)t)))
            html_tier(q, (msh_tier)t);
}

/* From the rules in force, in the office from the table that came with the question. */
static msh_view rule_name(const console_request *q, msh_view id)
{
    for (size_t at = 0; at < q->rules.len;) {
        size_t end = msh_view_find(q->rules, MSH_VIEW("\n"), at);
        msh_view line = msh_view_cut(q->rules, at, end == SIZE_MAX ? q->rules.len : end - at);
        size_t zh = msh_view_find(line, MSH_VIEW("\t"), 0);
        size_t en = zh == SIZE_MAX ? zh : msh_view_find(line, MSH_VIEW("\t"), zh + 1);
        if (en != SIZE_MAX && msh_view_eq(msh_view_cut(line, 0, zh), id))
            return q->lang == MSH_LANG_EN ? msh_view_cut(line, en + 1, line.len)
                                          : msh_view_cut(line, zh + 1, en - zh - 1);
        at += line.len + 1;
    }
    return id;
}

void html_rule(console_request *q, msh_view id)
{
    html_text(q, rule_name(q, id));
}

void html_fact(console_request *q, console_msg label, msh_view text)
{
    msh_buf_printf(&q->page, "<tr><th scope=\"row\">%s</th><td>", say(q, label));
    html_text(q, text);
    html(q, "</td></tr>\n");
}

const char *words_of_category(const console_request *q, const char *name)
{
    msh_category c;
    for (size_t i = 0; msh_category_get(i, &c); i++)
        if (strcmp(c.name, name) == 0)
            return q->lang == MSH_LANG_EN ? c.en : c.zh;
    return name;
}
