/* form.c: the form as a table; labels and cells in pairs, as on the forms that are in use. */
#include "report/form.h"

#include "base/base64.h"
#include "base/view.h"
#include "report/html.h"
#include "report/qr.h"

#include <inttypes.h>
#include <stdio.h>

static const char form_table[] =
    "<table class=form><colgroup><col class=l><col><col class=l><col></colgroup>\n";

static void label(msh_buf *out, msh_message m, msh_lang lang)
{
    msh_buf_put_str(out, "<th scope=row>");
    msh_html_say(out, m, lang);
}

static void pair(msh_buf *out, msh_message m, msh_view text, msh_lang lang)
{
    label(out, m, lang);
    msh_buf_put_str(out, "<td>");
    msh_html_text(out, text);
}

static void row2(msh_buf *out, msh_lang lang, msh_message a, msh_view va, msh_message b,
                 msh_view vb)
{
    msh_buf_put_str(out, "<tr>");
    pair(out, a, va, lang);
    pair(out, b, vb, lang);
    msh_buf_put_byte(out, '\n');
}

static void row1(msh_buf *out, msh_lang lang, msh_message m, msh_view text, bool tall)
{
    msh_buf_put_str(out, tall ? "<tr class=tall>" : "<tr>");
    label(out, m, lang);
    msh_buf_put_str(out, "<td colspan=3>");
    msh_html_text(out, text);
    msh_buf_put_byte(out, '\n');
}

static const char *verdict_words(msh_view name, msh_lang lang)
{
    for (int v = MSH_VERDICT_PASS; v <= MSH_VERDICT_BLOCK; v++)
        if (msh_view_eq_str(name, msh_verdict_name((msh_verdict)v)))
            return msh_verdict_text((msh_verdict)v, lang);
    return "";
}

static void put_digest(msh_buf *out, const char *name, bool has, const uint8_t bytes[32])
{
    char hex[65];
    if (!has)
        return;
    msh_hex(hex, msh_view_of(bytes, 32));
    msh_buf_printf(out, "<div class=mono>%s %s</div>", name, hex);
}

static void put_file(msh_buf *out, const msh_form_file *f, msh_lang lang)
{
    msh_buf_put_str(out, "<tr><td>");
    msh_html_text(out, f->path);
    put_digest(out, "SM3", f->has_sm3, f->sm3);
    put_digest(out, "SHA-256", f->has_sha256, f->sha256);
    msh_buf_printf(out, "<td class=c>%" PRIu64 "<td>%s", f->size, verdict_words(f->verdict, lang));
    if (f->note.len) {
        msh_buf_put_str(out, "<div>");
        msh_html_text(out, f->note);
        msh_buf_put_str(out, "</div>");
    }
    msh_buf_put_byte(out, '\n');
}

static void put_files(msh_buf *out, const msh_form_page *p, msh_lang lang)
{
    msh_buf_put_str(out, "</table>\n<table class=inner><thead><tr><th scope=col>");
    msh_html_say(out, MSG_B_FILES, lang);
    msh_buf_put_str(out, "<th scope=col class=c>");
    msh_html_say(out, MSG_B_BYTES, lang);
    msh_buf_put_str(out, "<th scope=col>");
    msh_html_say(out, MSG_B_SCAN, lang);
    msh_buf_put_str(out, "<tbody>\n");
    for (size_t i = 0; i < p->n_files; i++)
        put_file(out, &p->files[i], lang);
    msh_buf_put_str(out, "</table>\n");
    msh_buf_put_str(out, form_table);
}

static void put_steps(msh_buf *out, const msh_form_page *p, msh_lang lang)
{
    static const msh_message names[MSH_FORM_STEPS] = {MSG_B_OFFICER, MSG_B_HEAD, MSG_B_SECRECY,
                                                      MSG_B_APPROVER};
    for (size_t i = 0; i < MSH_FORM_STEPS; i++) {
        const msh_form_step *s = &p->steps[i];
        msh_buf_put_str(out, "<tr class=tall>");
        label(out, names[i], lang);
        msh_buf_put_str(out, "<td colspan=2><span class=soft>");
        msh_html_say(out, MSG_B_OPINION, lang);
        msh_buf_put_str(out, "</span> ");
        msh_html_text(out, s->opinion);
        msh_buf_put_str(out, "<td><span class=soft>");
        msh_html_say(out, MSG_B_SIGNED, lang);
        msh_buf_put_str(out, "</span> ");
        msh_html_text(out, s->name);
        msh_buf_put_str(out, "<br><span class=soft>");
        msh_html_say(out, MSG_B_DATE, lang);
        msh_buf_put_str(out, "</span> ");
        msh_html_text(out, s->date);
        msh_buf_put_byte(out, '\n');
    }
}

void msh_form_put(msh_buf *out, const msh_form_page *p, msh_lang lang, bool first)
{
    char of[24];
    msh_buf_put_str(out,
                    first ? "<section class=sheet><h1>" : "<section class=sheet><h2 class=name>");
    msh_html_say(out, MSG_B_FORM, lang);
    msh_buf_put_str(out, first ? "</h1>\n" : "</h2>\n");
    if (p->of) {
        (void)snprintf(of, sizeof of, "%" PRIu64, p->of);
        msh_buf_put_str(out, "<p class=sub>");
        msh_html_say_n(out, MSG_B_PAGE_OF, lang, p->number, of);
        msh_buf_put_str(out, "</p>\n");
    }
    msh_buf_put_str(out, form_table);
    row2(out, lang, MSG_B_RELEASE, p->release, MSG_B_RECORDS, p->records);
    row2(out, lang, MSG_B_UNIT, p->unit, MSG_B_INDEX, p->index_no);
    row1(out, lang, MSG_B_TITLE, p->title, false);
    row2(out, lang, MSG_B_DOCNO, p->docno, MSG_B_CATEGORY, p->category);
    row2(out, lang, MSG_B_TOPIC, p->topic, MSG_B_CARRIER, p->carrier);
    row2(out, lang, MSG_B_FORMED, p->formed, MSG_B_PLANNED, p->planned);
    row2(out, lang, MSG_B_CHANNEL, p->channel, MSG_B_DISCLOSURE, p->disclosure);
    row2(out, lang, MSG_B_LEVEL, p->level, MSG_B_STATE, p->state);
    put_files(out, p, lang);
    row1(out, lang, MSG_B_RULES, p->rules, false);
    row1(out, lang, MSG_B_CODE, p->refusal, true);
    row2(out, lang, MSG_B_THIRD, p->third_party, MSG_B_HANDLING, p->handling);
    put_steps(out, p, lang);
    row1(out, lang, MSG_B_AUTHORITY, p->authority, true);
    row1(out, lang, MSG_B_PUBLISHED, p->published, true);
    row1(out, lang, MSG_B_WITHDRAWAL, p->withdrawal, true);
    msh_buf_put_str(out, "</table>\n<p class=soft>");
    msh_html_say(out, p->is_run ? MSG_B_FROM_RUN : MSG_B_HAND, lang);
    msh_buf_put_str(out, "</p>\n");
}

void msh_form_end(msh_buf *out)
{
    msh_buf_put_str(out, "</section>\n");
}

void msh_form_code(msh_buf *code, const msh_form_page *p, const char *origin, uint64_t size,
                   const char *root)
{
    char hex[65];
    msh_buf_put_str(code, "mishen-form/v1\n");
    msh_buf_put_view(code, msh_view_cut(p->release, 0, 200));
    msh_buf_put_byte(code, '\n');
    for (size_t i = 0; i < p->n_files; i++) {
        const msh_form_file *f = &p->files[i];
        msh_buf_printf(code, "%" PRIu64 " ", f->size);
        msh_hex(hex, msh_view_of(f->sha256, 32));
        msh_buf_printf(code, "%s ", f->has_sha256 ? hex : "-");
        msh_hex(hex, msh_view_of(f->sm3, 32));
        msh_buf_printf(code, "%s\n", f->has_sm3 ? hex : "-");
    }
    msh_buf_printf(code, "\n%s\n%" PRIu64 "\n%s\n", origin, size, root);
}

static void fact(msh_buf *out, msh_message m, msh_lang lang, const char *text)
{
    if (!text[0])
        return;
    msh_buf_put_str(out, "<dt>");
    msh_html_say(out, m, lang);
    msh_buf_put_str(out, "<dd class=mono>");
    msh_html_text(out, msh_view_str(text));
}

void msh_form_evidence(msh_buf *out, const msh_form_proof *proof, msh_lang lang, msh_view code)
{
    char size[24], printed[MSH_SAY_TIME];
    msh_buf picture;
    msh_buf_init(&picture, 1 << 20);
    (void)snprintf(size, sizeof size, "%" PRIu64, proof->size);
    msh_say_time(proof->printed, lang, printed);
    msh_buf_put_str(out, "<div class=proof>");
    msh_err drawn = msh_qr_svg(&picture, code, msh_say(MSG_B_QR, lang));
    bool seen = drawn == MSH_OK;
    if (drawn == MSH_E_MEMORY && out->err == MSH_OK)
        out->err = drawn;
    if (seen)
        msh_buf_put_view(out, msh_buf_view(&picture));
    msh_buf_put_str(out, "<div><dl>");
    fact(out, MSG_H_LOG, lang, proof->origin);
    fact(out, MSG_H_LOG_SIZE, lang, size);
    fact(out, MSG_H_LOG_ROOT, lang, proof->root_sha256);
    fact(out, MSG_B_ROOT_SM3, lang, proof->root_sm3);
    fact(out, MSG_B_PRINTED, lang, printed);
    msh_buf_put_str(out, "</dl><p class=soft>");
    msh_html_say(out, seen ? MSG_B_PROOF_NOTE : MSG_B_NO_QR, lang);
    msh_buf_put_str(out, "</p></div></div>\n");
    msh_buf_dispose(&picture);
}
