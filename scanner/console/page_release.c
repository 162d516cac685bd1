/* page_release.c: one release: its files, findings, history, and what this person may do with it.
 * The library judges every act once more; what stands here only spares people a refusal. */
#define _GNU_SOURCE
#include "console/review_pages.h"

#include <stdio.h>

enum { PART_MAX = 8 << 20, SHOWN_FINDINGS = 80, SHOWN_EVENTS = 60 };

typedef struct release_page {
    console_request *q;
    msh_arena arena;
    bool found;
    msh_release release; /* its views live in the arena */
    msh_buf files, findings, events;
    size_t n_files, n_findings, n_events;
    bool acted; /* this person took a step of this round */
    bool needs_reason;
} release_page;

static void keep(release_page *p, msh_view *v)
{
    *v = msh_arena_copy(&p->arena, *v);
}

static bool on_release(void *ctx, const msh_release *r)
{
    release_page *p = ctx;
    p->found = true;
    p->release = *r;
    keep(p, &p->release.id);
    keep(p, &p->release.submitted_by);
    keep(p, &p->release.submitted);
    keep(p, &p->release.not_after);
    keep(p, &p->release.published);
#define MSH_REVIEW_TEXT(where, member, key, zh, en) keep(p, &p->release.texts.member);
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
    return true;
}

static void put_hash(console_request *q, const uint8_t digest[32])
{
    for (size_t i = 0; i < 32; i++)
        msh_buf_printf(&q->page, "%02x", digest[i]);
}

static bool on_file(void *ctx, const msh_release_file *f)
{
    release_page *p = ctx;
    console_request *q = p->q;
    char reason[64];
    html_swap(q, &p->files);
    html(q, "<tr><td><a href=\"/files/");
    html_text(q, p->release.id);
    msh_buf_printf(&q->page, "~%zu\">", p->n_files);
    html_text(q, f->path);
    html(q, "</a></td><td>");
    html_verdict(q, f->known ? f->verdict : MSH_VERDICT_NOT_INSPECTED);
    if (f->reason.len) {
        (void)snprintf(reason, sizeof reason, "%.*s", (int)f->reason.len,
                       (const char *)f->reason.data);
        html(q, "<br>");
        html_str(q, msh_reason_text(reason, q->lang));
    }
    if (f->stated_till.len) {
        html(q, "<br>");
        html(q, say(q, SAY_STATED));
        html(q, " ");
        html_text(q, f->stated_by);
        html(q, " → ");
        html_text(q, f->stated_till);
    }
    msh_buf_printf(&q->page,
                   "</td><td class=\"number\">%llu</td><td class=\"number\">%llu</td>"
                   "<td class=\"digest\">",
                   (unsigned long long)f->size, (unsigned long long)f->record);
    put_hash(q, f->sm3);
    html(q, "</td></tr>\n");
    html_swap(q, &p->files);
    p->needs_reason |= f->verdict == MSH_VERDICT_REVIEW;
    p->n_files++;
    return true;
}

static void put_place(console_request *q, const msh_release_finding *f)
{
    msh_buf words;
    msh_place place = {
        .sheet = f->sheet, .page = f->page, .line = f->line, .offset = MSH_NO_POSITION};
    for (int r = 0; r < MSH_ROLE_COUNT; r++)
        if (msh_view_eq_str(f->role, msh_role_name((msh_role)r)))
            place.role = (msh_role)r;
    html_cell(f->cell, &place);
    msh_buf_init(&words, 8192);
    msh_place_words(&words, &place, q->lang);
    html_text(q, msh_buf_view(&words));
    msh_buf_dispose(&words);
}

static bool on_finding(void *ctx, const msh_release_finding *f)
{
    release_page *p = ctx;
    console_request *q = p->q;
    if (++p->n_findings > SHOWN_FINDINGS)
        return true;
    html_swap(q, &p->findings);
    html(q, "<tr><td>");
    html_tier(q, f->tier);
    html(q, "</td><td>");
    html_text(q, f->path);
    html(q, "<br>");
    put_place(q, f);
    html(q, "</td><td>");
    html_rule(q, f->rule);
    html(q, "</td><td>");
    html_text(q, f->excerpt);
    msh_buf_printf(&q->page, "</td><td class=\"number\">%llu</td><td>",
                   (unsigned long long)f->count);
    if (f->waived) {
        html(q, say(q, SAY_WAIVED));
        html(q, " → ");
        html_text(q, f->waived_till);
    } else if (f->fp[0] && q->account.role == MSH_ACCOUNT_REVIEWER)
        msh_buf_printf(&q->page, "<a href=\"/waivers?fp=%s\">%s</a>", f->fp,
                       say(q, SAY_WAIVE_THIS));
    if (f->fp[0] && ROUTE_SEES_ALL & (1u << q->account.role))
        msh_buf_printf(&q->page, " <a href=\"/findings?fp=%s\">%s</a>", f->fp,
                       say(q, SAY_ELSEWHERE));
    html(q, "</td></tr>\n");
    html_swap(q, &p->findings);
    return true;
}

/* Texts of a decision, where they stand and what they are called. */
static const struct {
    bool act;
    const char *zh, *en;
    size_t at;
} texts[] = {
#define RELEASE false
#define ACT true
#define MSH_REVIEW_TEXT(where, member, key, zh, en)                                                \
    {where, zh, en, offsetof(msh_review_views, member)},
#include <mishen/reviewtexts.def>
#undef MSH_REVIEW_TEXT
#undef ACT
#undef RELEASE
};

/* Categories and steps have names for people. */
static void put_value(console_request *q, size_t at, msh_view v)
{
    static const struct {
        const char *name, *zh, *en;
    } steps[] = {
#define MSH_STEP(id, name, role, days, refuse, state_zh, state_en, zh, en) {name, zh, en},
#include <mishen/reviewsteps.def>
#undef MSH_STEP
    };
    for (size_t i = 0; at == offsetof(msh_review_views, step) && i < sizeof steps / sizeof steps[0];
         i++)
        if (msh_view_eq_str(v, steps[i].name)) {
            html(q, q->lang == MSH_LANG_EN ? steps[i].en : steps[i].zh);
            return;
        }
    char name[100];
    (void)snprintf(name, sizeof name, "%.*s", (int)(v.len < 99 ? v.len : 99),
                   v.len ? (const char *)v.data : "");
    if (at == offsetof(msh_review_views, category))
        html_str(q, words_of_category(q, name));
    else
        html_text(q, v);
}

static void put_texts(console_request *q, const msh_review_views *t)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const msh_view *v = (const msh_view *)(const void *)((const char *)t + texts[i].at);
        if (!texts[i].act || !v->len)
            continue;
        html(q, "<br>");
        html(q, q->lang == MSH_LANG_EN ? texts[i].en : texts[i].zh);
        html(q, q->lang == MSH_LANG_EN ? ": " : "：");
        put_value(q, texts[i].at, *v);
    }
}

static bool on_event(void *ctx, const msh_release_event *e)
{
    release_page *p = ctx;
    console_request *q = p->q;
    if (e->act == MSH_ACT_SUBMIT)
        p->acted = false;
    if (e->counts && msh_view_eq_str(e->by, q->account.name))
        p->acted = true;
    if (++p->n_events > SHOWN_EVENTS)
        return true;
    html_swap(q, &p->events);
    msh_buf_printf(&q->page, "<tr><td class=\"number\">%llu</td><td class=\"time\">",
                   (unsigned long long)e->record);
    html_text(q, msh_view_cut(e->ts, 0, 10));
    html(q, " ");
    html_text(q, msh_view_cut(e->ts, 11, 5));
    html(q, "</td><td>");
    html_text(q, e->by);
    html(q, "</td><td>");
    html(q, msh_act_text(e->act, q->lang));
    put_texts(q, &e->texts);
    html(q, "</td><td>");
    html(q, e->counts ? "✓ " : "✕ ");
    html_str(q, e->counts ? say(q, SAY_COUNTS) : e->why ? e->why : "");
    html(q, "</td></tr>\n");
    html_swap(q, &p->events);
    return true;
}

/* --- forms ------------------------------------------------------------------------------------ */

enum {
    F_OPINION = 1,
    F_REASON = 2,
    F_REASON_NEEDED = 4,
    F_CODE = 8,
    F_BASIS = 16,
    F_AUTHORITY = 32,
    F_LETTER = 64,
    F_NOT_AFTER = 128,
    F_REPLY = 256,
    F_DANGER = 512,
    F_PAPER = 1024
};

/* Which act is offered to whom, and what it asks for. */
static const struct {
    msh_act act;
    msh_account_role role;
    unsigned states, fields;
} forms[] = {
    {MSH_ACT_PASS, MSH_ACCOUNT_HEAD, STATE_BIT(FIRST), F_OPINION},
    {MSH_ACT_RETURN, MSH_ACCOUNT_HEAD, STATE_BIT(FIRST), F_REASON | F_REASON_NEEDED},
    {MSH_ACT_PASS, MSH_ACCOUNT_REVIEWER,
     STATE_BIT(SECOND) | STATE_BIT(SECRECY) | STATE_BIT(ESCALATED), F_OPINION | F_REPLY},
    {MSH_ACT_RETURN, MSH_ACCOUNT_REVIEWER,
     STATE_BIT(SECOND) | STATE_BIT(SECRECY) | STATE_BIT(ESCALATED), F_REASON | F_REASON_NEEDED},
    {MSH_ACT_ESCALATE, MSH_ACCOUNT_REVIEWER, STATE_BIT(SECRECY), F_AUTHORITY | F_LETTER | F_REASON},
    {MSH_ACT_REFUSE, MSH_ACCOUNT_REVIEWER, STATE_BIT(SECRECY) | STATE_BIT(ESCALATED),
     F_CODE | F_BASIS | F_OPINION | F_DANGER},
    {MSH_ACT_RECORD, MSH_ACCOUNT_REVIEWER,
     STATE_BIT(FIRST) | STATE_BIT(SECOND) | STATE_BIT(SECRECY) | STATE_BIT(APPROVE) |
         STATE_BIT(ESCALATED),
     F_PAPER | F_OPINION | F_REASON},
    {MSH_ACT_APPROVE, MSH_ACCOUNT_LEADER, STATE_BIT(APPROVE), F_OPINION | F_REASON | F_NOT_AFTER},
    {MSH_ACT_RETURN, MSH_ACCOUNT_LEADER, STATE_BIT(APPROVE), F_REASON | F_REASON_NEEDED},
    {MSH_ACT_REFUSE, MSH_ACCOUNT_LEADER, STATE_BIT(APPROVE),
     F_CODE | F_BASIS | F_OPINION | F_DANGER},
    {MSH_ACT_WITHDRAW, MSH_ACCOUNT_LEADER,
     STATE_BIT(APPROVED) | STATE_BIT(ON_REQUEST) | STATE_BIT(EXPIRED),
     F_REASON | F_REASON_NEEDED | F_DANGER},
};

static void put_input(console_request *q, const char *act, const char *name, console_msg label,
                      const char *attributes)
{
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"%s-%s\">%s</label>"
                   "<input id=\"%s-%s\" name=\"%s\" %s></p>\n",
                   act, name, say(q, label), act, name, name, attributes);
}

static void put_codes(console_request *q, const char *act)
{
    msh_refusal r;
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"%s-code\">%s</label>"
                   "<select id=\"%s-code\" name=\"code\">",
                   act, say(q, SAY_CODE), act);
    for (size_t i = 0; msh_refusal_get(i, &r); i++) {
        msh_buf_printf(&q->page, "<option value=\"%s\">", r.code);
        html_str(q, q->lang == MSH_LANG_EN ? r.en : r.zh);
        html(q, " · ");
        html_str(q, r.basis);
        html(q, "</option>");
    }
    html(q, "</select></p>\n");
}

/* What was decided on paper, by whom and when, and the sheet as a picture. */
static void put_paper(console_request *q, const char *act)
{
    static const msh_act acts[] = {MSH_ACT_PASS, MSH_ACT_APPROVE, MSH_ACT_RETURN, MSH_ACT_REFUSE};
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"%s-paper_act\">%s</label>"
                   "<select id=\"%s-paper_act\" name=\"paper_act\">",
                   act, say(q, SAY_PAPER_ACT), act);
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        msh_buf_printf(&q->page, "<option value=\"%s\">%s</option>", msh_act_name(acts[i]),
                       msh_act_text(acts[i], q->lang));
    html(q, "</select></p>\n");
    put_input(q, act, "paper_by", SAY_PAPER_BY, "type=\"text\" maxlength=\"60\" required");
    put_input(q, act, "paper_date", SAY_PAPER_DATE,
              "type=\"text\" maxlength=\"10\" placeholder=\"2026-11-25\" required");
    put_input(q, act, "sheet", SAY_PAPER_SHEET, "type=\"file\"");
}

static void put_form(console_request *q, const release_page *p, size_t i)
{
    const char *act = msh_act_name(forms[i].act);
    unsigned f = forms[i].fields;
    const char *wide = "type=\"text\" maxlength=\"300\" class=\"wide\"";
    html_form(q, "/decide", f & F_PAPER);
    msh_buf_printf(&q->page,
                   "<fieldset><legend>%s</legend><input type=\"hidden\" name=\"act\" value=\"%s\">"
                   "<input type=\"hidden\" name=\"id\" value=\"",
                   msh_act_text(forms[i].act, q->lang), act);
    html_text(q, p->release.id);
    html(q, "\">\n");
    if (f & F_PAPER)
        put_paper(q, act);
    if (f & F_CODE)
        put_codes(q, act);
    if (f & F_BASIS)
        put_input(q, act, "basis", SAY_BASIS, wide);
    if (f & F_AUTHORITY)
        put_input(q, act, "authority", SAY_AUTHORITY, "type=\"text\" maxlength=\"100\" required");
    if (f & F_LETTER)
        put_input(q, act, "letter", SAY_LETTER, "type=\"text\" maxlength=\"100\"");
    if (f & F_REPLY && p->release.state == MSH_RELEASE_ESCALATED)
        put_input(q, act, "reply", SAY_REPLY, "type=\"text\" maxlength=\"100\" required");
    if (f & F_OPINION)
        put_input(q, act, "opinion", SAY_OPINION, wide);
    bool needed = f & F_REASON_NEEDED || (forms[i].act == MSH_ACT_APPROVE && p->needs_reason);
    if (f & F_REASON)
        put_input(q, act, "reason",
                  forms[i].act == MSH_ACT_APPROVE ? SAY_REASON_REVIEW : SAY_REASON,
                  needed ? "type=\"text\" maxlength=\"300\" class=\"wide\" required" : wide);
    if (f & F_NOT_AFTER)
        put_input(q, act, "not_after", SAY_NOT_AFTER,
                  "type=\"text\" maxlength=\"10\" placeholder=\"2027-12-31\"");
    put_input(q, act, "password", SAY_KEY_PASSWORD,
              "type=\"password\" required autocomplete=\"off\" maxlength=\"500\"");
    msh_buf_printf(&q->page,
                   "<p><button type=\"submit\" class=\"%s\">%s</button></p></fieldset></form>\n",
                   f & F_DANGER ? "danger" : "main", msh_act_text(forms[i].act, q->lang));
}

static void put_forms(console_request *q, const release_page *p)
{
    bool any = false;
    bool log_good = q->log.known && (q->log.exit_code == MSH_VERIFY_ANCHORED ||
                                     q->log.exit_code == MSH_VERIFY_UNANCHORED);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (forms[i].role != q->account.role || !(forms[i].states & (1u << p->release.state)))
            continue;
        if (!any)
            msh_buf_printf(&q->page, "<div class=\"screen\"><h2>%s</h2>\n", say(q, SAY_YOUR_ACTS));
        any = true;
        if (!log_good || (p->acted && forms[i].act != MSH_ACT_WITHDRAW)) {
            html_para(q, NULL, log_good ? SAY_ACTED : SAY_LOG_BROKEN_DO);
            break;
        }
        put_form(q, p, i);
    }
    if (any)
        html(q, "</div>\n");
}

/* --- the page --------------------------------------------------------------------------------- */

static void put_facts(console_request *q, const release_page *p)
{
    const msh_release *r = &p->release;
    html(q, "<table class=\"form\"><tbody>\n");
    html_fact(q, SAY_RELEASE, r->id);
    html_fact(q, SAY_STATE, msh_view_str(msh_release_state_text(r->state, q->lang)));
    msh_buf_printf(&q->page, "<tr><th scope=\"row\">%s</th><td>", say(q, SAY_DUE));
    review_due(q, r);
    html(q, "</td></tr>\n");
    html_fact(q, SAY_PREPARED_BY, r->submitted_by);
    html_fact(q, SAY_SUBMITTED, msh_view_cut(r->submitted, 0, 10));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const msh_view *v = (const msh_view *)(const void *)((const char *)&r->texts + texts[i].at);
        if (texts[i].act || !v->len)
            continue;
        msh_buf_printf(&q->page, "<tr><th scope=\"row\">%s</th><td>",
                       q->lang == MSH_LANG_EN ? texts[i].en : texts[i].zh);
        put_value(q, texts[i].at, *v);
        html(q, "</td></tr>\n");
    }
    if (r->not_after.len)
        html_fact(q, SAY_NOT_AFTER, r->not_after);
    if (r->published.len)
        html_fact(q, SAY_PUBLISHED, msh_view_cut(r->published, 0, 10));
    html(q, "</tbody></table>\n");
    if (ROUTE_SEES_ALL & (1u << q->account.role)) {
        html(q, "<p class=\"screen\"><a href=\"/sheet?sheet=form&amp;release=");
        html_text(q, r->id);
        msh_buf_printf(&q->page, "\">%s</a></p>\n", say(q, SAY_SHEET_FORM));
    }
}

static void put_part(console_request *q, console_msg caption, const console_msg *heads, size_t n,
                     const msh_buf *rows)
{
    msh_buf_printf(&q->page, "<table><caption>%s</caption><thead><tr>", say(q, caption));
    for (size_t i = 0; i < n; i++)
        msh_buf_printf(&q->page, "<th scope=\"col\">%s</th>", say(q, heads[i]));
    html(q, "</tr></thead><tbody>\n");
    msh_buf_put_view(&q->page, msh_buf_view(rows));
    html(q, "</tbody></table>\n");
}

static void put_page(release_page *p)
{
    static const console_msg files[] = {SAY_FILE, SAY_VERDICT, SAY_SIZE, SAY_RECORD, SAY_SM3};
    static const console_msg findings[] = {SAY_LEVEL,   SAY_WHERE,   SAY_WHAT,
                                           SAY_EXCERPT, SAY_COUNTED, SAY_WAIVED};
    static const console_msg events[] = {SAY_RECORD, SAY_TIME_UTC, SAY_WHO, SAY_ACT, SAY_VALID};
    console_request *q = p->q;
    html_begin(q, p->release.texts.title.len ? (const char *)p->release.texts.title.data : NULL);
    put_facts(q, p);
    put_part(q, SAY_FILES, files, 5, &p->files);
    if (p->n_findings)
        put_part(q, SAY_WHAT_FOUND, findings, 6, &p->findings);
    if (p->n_findings > SHOWN_FINDINGS) {
        html(q, "<p>");
        html_say(q, SAY_MORE, p->n_findings - SHOWN_FINDINGS, NULL);
        html(q, "</p>\n");
    }
    put_forms(q, p);
    put_part(q, SAY_HISTORY, events, 5, &p->events);
    html_para(q, "help screen", SAY_PRINT);
    html_end(q);
}

void page_release(console_request *q)
{
    release_page p = {.q = q};
    msh_error why = {0};
    const msh_release_visitor visitor = {.ctx = &p,
                                         .release = on_release,
                                         .file = on_file,
                                         .finding = on_finding,
                                         .event = on_event};
    msh_arena_init(&p.arena, PART_MAX);
    msh_buf_init(&p.files, PART_MAX);
    msh_buf_init(&p.findings, PART_MAX);
    msh_buf_init(&p.events, PART_MAX);
    msh_err err = msh_review_read(q->c->options, q->tail, &visitor, &why);
    bool own = p.found && msh_view_eq_str(p.release.submitted_by, q->account.name);
    if (err == MSH_OK && (!p.found || (q->account.role == MSH_ACCOUNT_CLERK && !own)))
        err = MSH_E_GONE;
    if (err != MSH_OK)
        review_failed(q, err, &why);
    else
        put_page(&p);
    msh_buf_dispose(&p.files);
    msh_buf_dispose(&p.findings);
    msh_buf_dispose(&p.events);
    msh_arena_dispose(&p.arena);
}
