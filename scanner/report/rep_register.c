/* rep_register.c: 保密审查登记表 from a scan: a page for each item, the result filled in, the rest
 * for the pen. The checkpoint is that of the run's end, so pages are kept until then. */
#include "report/form.h"
#include "report/html.h"
#include "report/place.h"
#include "report/sheet_css.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { CEILING = 128 << 20, MOST_PAGES = 5000, NAMED = 4 };

/* Pages are written when the run has ended; until then what they need is kept. */
typedef struct kept_page {
    struct kept_page *next;
    msh_form_file file;
    char records[40];
} kept_page;

typedef struct form_report {
    msh_arena arena;
    kept_page *first, *last;
    uint64_t n, left_out;
    msh_view rules;
    char id[32];
} form_report;

static msh_err form_begin(msh_report_run *r, const msh_run_info *run)
{
    form_report *t = msh_calloc(1, sizeof *t);
    if (!t)
        return MSH_E_MEMORY;
    r->self = t;
    msh_arena_init(&t->arena, CEILING);
    (void)snprintf(t->id, sizeof t->id, "%s", run->run_id);
    msh_buf b;
    msh_buf_init(&b, 1 << 16);
    for (size_t i = 0; i < run->n_packs; i++) {
        msh_buf_put_str(&b, i ? (r->style.lang == MSH_LANG_EN ? ", " : "、") : "");
        msh_buf_put_view(&b, run->packs[i].id);
        msh_buf_put_byte(&b, ' ');
        msh_buf_put_view(&b, run->packs[i].version);
    }
    t->rules = msh_arena_copy(&t->arena, msh_buf_view(&b));
    msh_err err = msh_buf_err(&b);
    msh_buf_dispose(&b);
    return err != MSH_OK || t->rules.data ? err : MSH_E_MEMORY;
}

/* The gravest rules by name, or why it was not inspected. */
static void put_note(msh_buf *b, const msh_item *item, const msh_finding *f, size_t n,
                     msh_lang lang)
{
    msh_view named[NAMED];
    size_t k = 0;
    if (item->reason.len)
        msh_buf_printf(b, "%s ", msh_say_reason(item->reason, lang));
    for (int tier = MSH_TIER_BLOCK; tier >= MSH_TIER_REVIEW; tier--)
        for (size_t i = 0; i < n && k < NAMED; i++) {
            bool known = f[i].tier != (msh_tier)tier;
            for (size_t m = 0; m < k; m++)
                known |= msh_view_eq(named[m], f[i].rule);
            if (known)
                continue;
            msh_buf_put_str(b, k ? (lang == MSH_LANG_EN ? ", " : "、") : "");
            msh_buf_put_view(b, lang == MSH_LANG_EN && f[i].rule_name_en.len ? f[i].rule_name_en
                                                                             : f[i].rule_name);
            named[k++] = f[i].rule;
        }
    if (item->findings) {
        msh_buf_put_str(b, k ? (lang == MSH_LANG_EN ? "; " : "；") : "");
        msh_say_put(b, MSG_B_FINDINGS, lang, item->findings, NULL, NULL);
    } else if (item->verdict == MSH_VERDICT_PASS) {
        msh_buf_put_str(b, msh_say(MSG_B_NO_FINDINGS, lang));
    }
}

static msh_err form_item(msh_report_run *r, const msh_item *item, const msh_finding *findings,
                         size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    form_report *t = r->self;
    msh_buf note;
    (void)outcomes;
    (void)n_outcomes;
    if (t->n == MOST_PAGES) {
        t->left_out++;
        return MSH_OK;
    }
    kept_page *p = msh_arena_calloc(&t->arena, 1, sizeof *p);
    if (!p)
        return MSH_E_MEMORY;
    msh_buf_init(&note, 1 << 20);
    put_note(&note, item, findings, n_findings, r->style.lang);
    p->file = (msh_form_file){.size = item->size,
                              .has_sha256 = item->has_sha256,
                              .has_sm3 = item->has_sm3,
                              .verdict = msh_view_str(msh_verdict_name(item->verdict))};
    memcpy(p->file.sha256, item->sha256, 32);
    memcpy(p->file.sm3, item->sm3, 32);
    p->file.note = msh_arena_copy(&t->arena, msh_buf_view(&note));
    p->file.path = msh_arena_copy(&t->arena, item->path_masked ? item->path_shown : item->path);
    msh_err err = msh_buf_err(&note);
    msh_buf_dispose(&note);
    MSH_TRY(err);
    (void)snprintf(p->records, sizeof p->records, "%s #%" PRIu64, t->id, item->n);
    if (!p->file.note.data || !p->file.path.data)
        return MSH_E_MEMORY;
    if (t->last)
        t->last->next = p;
    else
        t->first = p;
    t->last = p;
    t->n++;
    return MSH_OK;
}

static msh_err write_out(msh_report_run *r, msh_buf *b)
{
    MSH_TRY(msh_buf_err(b));
    msh_err err = r->out.write(r->out.ctx, msh_buf_view(b));
    msh_buf_reset(b);
    return err;
}

static msh_err write_page(msh_report_run *r, const kept_page *p, const msh_run_summary *s,
                          uint64_t number, msh_buf *b)
{
    const form_report *t = r->self;
    msh_form_page page = {.records = msh_view_str(p->records),
                          .title = p->file.path,
                          .rules = t->rules,
                          .files = &p->file,
                          .n_files = 1,
                          .number = number,
                          .of = t->n,
                          .is_run = true};
    const msh_form_proof proof = {.origin = s->log_origin,
                                  .root_sha256 = s->log_root,
                                  .root_sm3 = "",
                                  .printed = s->finished,
                                  .size = s->log_size};
    msh_buf code;
    msh_buf_init(&code, 4096);
    page.release = page.records;
    msh_form_code(&code, &page, s->log_origin, s->log_size, s->log_root);
    page.release = (msh_view){NULL, 0};
    msh_form_put(b, &page, r->style.lang, number == 1);
    msh_form_evidence(b, &proof, r->style.lang, msh_buf_view(&code));
    msh_form_end(b);
    msh_say_carry(b, &code);
    msh_buf_dispose(&code);
    return write_out(r, b);
}

static msh_err write_all(msh_report_run *r, const msh_run_summary *s, msh_buf *b)
{
    const form_report *t = r->self;
    msh_lang lang = r->style.lang;
    uint64_t number = 1;
    msh_html_begin(b, lang, sheet_css, msh_view_str(msh_say(MSG_B_FORM, lang)));
    msh_buf_put_str(b, "<main>\n");
    for (const kept_page *p = t->first; p; p = p->next, number++)
        MSH_TRY(write_page(r, p, s, number, b));
    if (!t->n || t->left_out || s->stopped) {
        msh_buf_put_str(b, t->n ? "<section class=sheet><p>" : "<section class=sheet><h1>");
        if (!t->n) {
            msh_html_say(b, MSG_B_FORM, lang);
            msh_buf_put_str(b, "</h1><p>");
            msh_html_say(b, MSG_V_NOTHING, lang);
        }
        if (s->stopped)
            msh_html_say(b, MSG_STOPPED, lang);
        if (t->left_out)
            msh_html_say_n(b, MSG_H_MORE_ITEMS, lang, t->left_out, NULL);
        msh_buf_put_str(b, "</section>\n");
    }
    msh_buf_put_str(b, "</main>\n</body>\n</html>\n");
    return write_out(r, b);
}

static msh_err form_end(msh_report_run *r, const msh_run_summary *s)
{
    msh_buf b;
    msh_buf_init(&b, CEILING);
    msh_err err = write_all(r, s, &b);
    msh_buf_dispose(&b);
    return err;
}

static void form_dispose(msh_report_run *r)
{
    form_report *t = r->self;
    if (!t)
        return;
    msh_arena_dispose(&t->arena);
    msh_free(t);
    r->self = NULL;
}

const msh_report_form msh_report_register = {
    .name = "form",
    .zh = "保密审查登记表，一个文件一页，A4",
    .en = "review form, a page for each item, A4",
    .begin = form_begin,
    .item = form_item,
    .end = form_end,
    .dispose = form_dispose,
};
