/* book_sheets.c: the register of a period on paper: a form for each release, the monthly summary.
 */
#include "report/book.h"
#include "report/form.h"
#include "report/html.h"
#include "report/sheet_css.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

#include <inttypes.h>
#include <stdio.h>

enum { WORDS = 8 << 10, WORDS_OF_PAGE = 12, MOST_FILES = 100, CODED_FILES = 8 };

void msh_book_begin(msh_buf *out, msh_lang lang, msh_view title)
{
    msh_html_begin(out, lang, sheet_css, title);
    msh_buf_put_str(out, "<main>\n");
}

void msh_book_end(msh_buf *out)
{
    msh_buf_put_str(out, "</main>\n</body>\n</html>\n");
}

void msh_book_evidence(msh_buf *out, const msh_book *b, msh_lang lang, msh_view code)
{
    const msh_form_proof proof = {.origin = b->origin,
                                  .root_sha256 = b->root_sha256,
                                  .root_sm3 = b->root_sm3,
                                  .printed = b->printed,
                                  .size = b->size};
    msh_form_evidence(out, &proof, lang, code);
}

/* --- the form
 * ------------------------------------------------------------------------------------- */

/* Room for the words of one page that are put together from several. */
typedef struct page_words {
    msh_buf text[WORDS_OF_PAGE];
    size_t n;
    msh_form_file files[MOST_FILES];
} page_words;

static msh_buf *words(page_words *w)
{
    msh_buf *b = &w->text[w->n++];
    msh_buf_init(b, WORDS);
    return b;
}

static void join(msh_buf *b, msh_view v)
{
    if (!v.len)
        return;
    if (b->len)
        msh_buf_put_str(b, " · ");
    msh_buf_put_view(b, v);
}

static msh_view records_of(page_words *w, const msh_book_release *r)
{
    msh_buf *b = words(w);
    for (const msh_book_event *e = r->first; e; e = e->next)
        msh_buf_printf(b, "%s%" PRIu64, b->len ? ", " : "", e->n);
    if (r->publish_record)
        msh_buf_printf(b, ", %" PRIu64, r->publish_record);
    return msh_buf_view(b);
}

/* Opinion, name and day of a decision in its row. */
static void fill_step(page_words *w, msh_form_step *s, const msh_book_event *e)
{
    if (!e)
        return;
    msh_buf *b = words(w);
    join(b, e->opinion);
    join(b, e->reason);
    *s = (msh_form_step){msh_buf_view(b), e->by, msh_view_str(e->day)};
}

/* Which row a decision belongs to: by its step, its act, its role. */
static size_t row_of(const msh_book_event *e)
{
    if (msh_view_eq_str(e->act, "submit"))
        return 0;
    if (msh_view_eq_str(e->step, "first") || msh_view_eq_str(e->role, "head"))
        return 1;
    if (msh_view_eq_str(e->step, "secrecy") || msh_view_eq_str(e->step, "second") ||
        msh_view_eq_str(e->role, "secrecy") || msh_view_eq_str(e->role, "checker"))
        return 2;
    return 3;
}

static void fill_steps(page_words *w, msh_form_page *p, const msh_book_release *r)
{
    const msh_book_event *latest[MSH_FORM_STEPS] = {NULL};
    for (const msh_book_event *e = r->first; e; e = e->next)
        if (e->counts && !msh_view_eq_str(e->act, "withdraw"))
            latest[row_of(e)] = e;
    for (size_t i = 0; i < MSH_FORM_STEPS; i++)
        fill_step(w, &p->steps[i], latest[i]);
}

typedef struct note_part {
    size_t from, len;
} note_part;

static void fill_files(page_words *w, msh_form_page *p, const msh_book_release *r, msh_lang lang)
{
    note_part notes[MOST_FILES] = {{0, 0}};
    msh_buf *note = words(w);
    p->files = w->files;
    for (size_t i = 0; i < r->n_files && i < MOST_FILES; i++) {
        const msh_book_file *f = &r->files[i];
        w->files[i] = (msh_form_file){.path = f->path,
                                      .size = f->size,
                                      .has_sha256 = true,
                                      .has_sm3 = true,
                                      .verdict = f->known ? f->verdict : (msh_view){NULL, 0}};
        if (f->known && f->findings) {
            size_t from = note->len;
            msh_say_put(note, MSG_B_FINDINGS, lang, f->findings, NULL, NULL);
            notes[i] = (note_part){from, note->len - from};
        }
        if (f->known && !p->rules.len)
            p->rules = f->rules;
        memcpy(w->files[i].sha256, f->sha256, 32);
        memcpy(w->files[i].sm3, f->sm3, 32);
        p->n_files = i + 1;
    }
    for (size_t i = 0; i < p->n_files; i++) /* the buffer moves no more */
        w->files[i].note = msh_view_cut(msh_buf_view(note), notes[i].from, notes[i].len);
}

static void fill_ends(page_words *w, msh_form_page *p, const msh_book_release *r, msh_lang lang)
{
    const msh_book_event *refuse = msh_book_last(r, "refuse"), *back = msh_book_last(r, "withdraw");
    const msh_book_event *asked = msh_book_last(r, "escalate");
    msh_buf *b = words(w);
    if (refuse) {
        join(b, msh_book_refusal(refuse->code, lang));
        join(b, refuse->basis);
    }
    p->refusal = msh_buf_view(b);
    for (const msh_book_event *e = r->first; e; e = e->next) {
        p->third_party = e->third_party.len ? e->third_party : p->third_party;
        p->handling = e->handling.len ? e->handling : p->handling;
    }
    b = words(w);
    join(b, asked ? asked->authority : (msh_view){NULL, 0});
    join(b, asked ? asked->letter : (msh_view){NULL, 0});
    join(b, asked ? asked->reply : (msh_view){NULL, 0});
    p->authority = msh_buf_view(b);
    b = words(w);
    join(b, msh_view_str(r->published));
    join(b, r->published_to);
    p->published = msh_buf_view(b);
    b = words(w);
    join(b, back ? msh_view_str(back->day) : (msh_view){NULL, 0});
    join(b, back ? back->reason : (msh_view){NULL, 0});
    p->withdrawal = msh_buf_view(b);
}

static void put_release(msh_buf *out, const msh_book *b, const msh_book_release *r, msh_lang lang,
                        uint64_t number, uint64_t of)
{
    page_words *w = msh_calloc(1, sizeof *w);
    if (!w) {
        out->err = MSH_E_MEMORY;
        return;
    }
    msh_form_page p = {.release = r->id,
                       .unit = r->unit,
                       .title = r->title,
                       .docno = r->docno,
                       .index_no = r->index_no,
                       .category = msh_book_category(r->category, lang),
                       .topic = r->topic,
                       .carrier = r->carrier,
                       .formed = r->formed,
                       .channel = r->channel,
                       .planned = r->planned,
                       .level = r->level,
                       .disclosure = r->disclosure,
                       .state = msh_view_str(msh_book_state_text(msh_book_state_of(r), lang)),
                       .number = number,
                       .of = of};
    msh_buf code;
    msh_buf_init(&code, 4096);
    p.records = records_of(w, r);
    fill_files(w, &p, r, lang);
    fill_steps(w, &p, r);
    fill_ends(w, &p, r, lang);
    msh_form_put(out, &p, lang, number == 1);
    if (r->n_files > MOST_FILES)
        msh_html_say_n(out, MSG_H_MORE_ITEMS, lang, r->n_files - MOST_FILES, NULL);
    p.n_files = p.n_files > CODED_FILES ? CODED_FILES : p.n_files;
    msh_form_code(&code, &p, b->origin, b->size, b->root_sha256);
    msh_book_evidence(out, b, lang, msh_buf_view(&code));
    msh_form_end(out);
    msh_say_carry(out, &code);
    msh_buf_dispose(&code);
    for (size_t i = 0; i < w->n; i++) {
        msh_say_carry(out, &w->text[i]);
        msh_buf_dispose(&w->text[i]);
    }
    msh_free(w);
}

/* Whether anything happened to it in the period; "" = any time. */
static bool happened(const msh_book_release *r, const char *period)
{
    bool any = period[0] == '\0' || msh_book_in(r->published, period);
    for (const msh_book_event *e = r->first; e && !any; e = e->next)
        any = msh_book_in(e->day, period);
    return any;
}

static bool wanted(const msh_book_release *r, const char *period, const char *release)
{
    return release ? msh_view_eq_str(r->id, release) : happened(r, period);
}

void msh_book_form(msh_buf *out, const msh_book *b, msh_lang lang, const char *period,
                   const char *release)
{
    uint64_t n = 0, number = 1;
    for (const msh_book_release *r = b->first; r; r = r->next)
        n += wanted(r, period, release);
    msh_book_begin(out, lang, msh_view_str(msh_say(MSG_B_FORM, lang)));
    for (const msh_book_release *r = b->first; r; r = r->next)
        if (wanted(r, period, release))
            put_release(out, b, r, lang, number++, n);
    if (n == 0) {
        msh_buf_put_str(out, "<section class=sheet><h1>");
        msh_html_say(out, MSG_B_FORM, lang);
        msh_buf_put_str(out, "</h1><p>");
        msh_html_say(out, MSG_B_NONE, lang);
        msh_buf_put_str(out, "</section>\n");
    }
    msh_book_end(out);
}

/* --- the summary
 * ------------------------------------------------------------------------------------ */

static void head_cells(msh_buf *out, const msh_message *heads, size_t n, msh_lang lang)
{
    msh_buf_put_str(out, "<table><thead><tr>");
    for (size_t i = 0; i < n; i++) {
        msh_buf_put_str(out, "<th scope=col>");
        msh_html_say(out, heads[i], lang);
    }
    msh_buf_put_str(out, "<tbody>\n");
}

static void cell(msh_buf *out, msh_view v)
{
    msh_buf_put_str(out, "<td>");
    msh_html_text(out, v);
}

/* The last decision that counts, as far as the end of the period goes. */
static const msh_book_event *decided(const msh_book_release *r, const char *period)
{
    const msh_book_event *found = NULL;
    for (const msh_book_event *e = r->first; e; e = e->next)
        if (e->counts && msh_book_in(e->day, period))
            found = e;
    return found ? found : r->last;
}

static void summary_row(msh_buf *out, const msh_book_release *r, msh_lang lang, const char *month,
                        uint64_t number)
{
    const msh_book_event *e = decided(r, month);
    msh_buf_printf(out, "<tr><td class=c>%" PRIu64, number);
    cell(out, r->title.len ? r->title : r->id);
    cell(out, r->docno);
    cell(out, msh_book_category(r->category, lang));
    cell(out, r->disclosure.len ? r->disclosure : r->channel);
    cell(out, msh_view_str(msh_book_state_text(msh_book_state_of(r), lang)));
    cell(out, e ? e->by : (msh_view){NULL, 0});
    msh_buf_printf(out, "<td class=d>%s<td class=d>%s\n", e ? e->day : "", r->published);
}

static void summary_totals(msh_buf *out, const msh_book *b, msh_lang lang, const char *month)
{
    uint64_t approved = 0;
    unsigned long long refused = 0, back = 0;
    char a[24], w[24];
    for (const msh_book_release *r = b->first; r; r = r->next) {
        if (!happened(r, month))
            continue;
        msh_book_state s = msh_book_state_of(r);
        approved += s == MSH_BOOK_APPROVED;
        refused += s == MSH_BOOK_REFUSED;
        back += s == MSH_BOOK_WITHDRAWN;
    }
    (void)snprintf(a, sizeof a, "%llu", refused);
    (void)snprintf(w, sizeof w, "%llu", back);
    msh_buf text;
    msh_buf_init(&text, 4096);
    msh_say_put(&text, MSG_B_TOTALS, lang, approved, a, w);
    msh_buf_put_str(out, "<p><strong>");
    msh_html_text(out, msh_buf_view(&text));
    msh_say_carry(out, &text);
    msh_buf_put_str(out, "</strong>\n");
    msh_buf_dispose(&text);
}

static void signatures(msh_buf *out, msh_lang lang)
{
    static const msh_message names[] = {MSG_B_FILLED_BY, MSG_B_CHECKED_BY, MSG_B_SEAL};
    msh_buf_put_str(out, "<div class=signs>");
    for (size_t i = 0; i < 3; i++) {
        msh_buf_put_str(out, "<span>");
        msh_html_say(out, names[i], lang);
        msh_buf_put_str(out, "</span>");
    }
    msh_buf_put_str(out, "</div>\n");
}

void msh_book_summary(msh_buf *out, const msh_book *b, msh_lang lang, const char *month)
{
    static const msh_message heads[] = {MSG_B_NO,         MSG_B_TITLE,      MSG_B_DOCNO,
                                        MSG_B_CATEGORY,   MSG_B_DISCLOSURE, MSG_B_STATE,
                                        MSG_B_DECIDED_BY, MSG_B_DECIDED_ON, MSG_B_PUBLISHED_ON};
    uint64_t n = 0, public = 0;
    msh_buf code;
    msh_book_begin(out, lang, msh_view_str(msh_say(MSG_B_SUMMARY, lang)));
    msh_buf_put_str(out, "<section class=sheet><h1>");
    msh_html_say(out, MSG_B_SUMMARY, lang);
    msh_buf_printf(out, "</h1>\n<p class=sub>%s %s</p>\n", msh_say(MSG_B_MONTH, lang), month);
    head_cells(out, heads, sizeof heads / sizeof heads[0], lang);
    for (const msh_book_release *r = b->first; r; r = r->next)
        if (happened(r, month)) {
            summary_row(out, r, lang, month, ++n);
            public += msh_book_in(msh_book_public_day(r), month);
        }
    if (n == 0) {
        msh_buf_put_str(out, "<tr><td colspan=9>");
        msh_html_say(out, MSG_B_NONE, lang);
    }
    msh_buf_put_str(out, "</table>\n");
    summary_totals(out, b, lang, month);
    if (public == 0) {
        msh_buf_put_str(out, "<p>");
        msh_html_say(out, MSG_B_NOTHING, lang);
        msh_buf_put_str(out, "</p>\n");
    }
    signatures(out, lang);
    msh_buf_init(&code, 2048);
    msh_buf_printf(&code, "mishen-summary/v1\n%s\n%" PRIu64 "\n\n%s\n%" PRIu64 "\n%s\n", month, n,
                   b->origin, b->size, b->root_sha256);
    msh_book_evidence(out, b, lang, msh_buf_view(&code));
    msh_say_carry(out, &code);
    msh_buf_dispose(&code);
    msh_form_end(out);
    msh_book_end(out);
}
