/* page_upload.c: all files of one release together, and what came of them. */
#include "console/console.h"

#include <mishen/review.h>

#include <stdio.h>
#include <unistd.h>

static const console_msg channels[] = {SAY_CH_SITE, SAY_CH_WECHAT, SAY_CH_BULLETIN, SAY_CH_REQUEST,
                                       SAY_CH_OTHER};

static void put_choice(console_request *q, const char *name, console_msg label,
                       const console_msg *all, size_t n)
{
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"%s\">%s</label><select id=\"%s\" name=\"%s\">",
                   name, say(q, label), name, name);
    for (size_t i = 0; i < n; i++)
        msh_buf_printf(&q->page, "<option>%s</option>", say(q, all[i]));
    html(q, "</select></p>\n");
}

static void put_categories(console_request *q)
{
    msh_category c;
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"category\">%s</label><select id=\"category\" "
                   "name=\"category\">",
                   say(q, SAY_CATEGORY));
    for (size_t i = 0; msh_category_get(i, &c); i++)
        msh_buf_printf(&q->page, "<option value=\"%s\">%s</option>", c.name,
                       q->lang == MSH_LANG_EN ? c.en : c.zh);
    html(q, "</select></p>\n");
}

static void put_files(console_request *q)
{
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"files\">%s</label><input id=\"files\" "
                   "type=\"file\" name=\"files\" multiple required "
                   "aria-describedby=\"files-help\"> <span class=\"help\" id=\"files-help\">",
                   say(q, SAY_FILES));
    html_say(q, SAY_FILES_HELP, MSH_SERVICE_FILES, NULL);
    msh_buf_printf(
        &q->page,
        "</span></p>\n<p class=\"field\"><label for=\"more\">%s</label><input id=\"more\" "
        "type=\"file\" name=\"files\" multiple></p>\n",
        say(q, SAY_FILES_MORE));
}

void page_upload(console_request *q)
{
    html_begin(q, NULL);
    html_para(q, NULL, SAY_UPLOAD_INTRO);
    html_form(q, "/upload", true);
    html_field(q, "title", SAY_TITLE, "type=\"text\" required maxlength=\"120\" class=\"wide\"");
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"docno\">%s</label><input id=\"docno\" "
                   "name=\"docno\" type=\"text\" maxlength=\"60\" "
                   "aria-describedby=\"docno-help\"> <span class=\"help\" "
                   "id=\"docno-help\">%s</span></p>\n",
                   say(q, SAY_DOCNO), say(q, SAY_DOCNO_HELP));
    put_categories(q);
    put_choice(q, "channel", SAY_CHANNEL, channels, sizeof channels / sizeof *channels);
    msh_buf_printf(&q->page,
                   "<p class=\"field\"><label for=\"folder\">%s</label><input id=\"folder\" "
                   "name=\"folder\" type=\"text\" maxlength=\"100\" "
                   "aria-describedby=\"folder-help\"> <span class=\"help\" "
                   "id=\"folder-help\">%s</span></p>\n",
                   say(q, SAY_FOLDER), say(q, SAY_FOLDER_HELP));
    put_files(q);
    msh_buf_printf(
        &q->page,
        "<p><button type=\"submit\" class=\"main\">%s</button></p>\n"
        "<p id=\"progress\" role=\"status\" aria-live=\"polite\" data-words=\"%s\"></p>\n"
        "</form>\n<script src=\"/upload.js\" defer></script>\n",
        say(q, SAY_CHECK), say(q, SAY_SENDING));
    html_end(q);
}

/* --- what was sent ---------------------------------------------------------------------------- */

static void copy_field(const console_request *q, const char *name, char *out, size_t cap)
{
    msh_view v = form_get(&q->form, name);
    size_t n = msh_view_utf8_prefix(msh_view_cut(v, 0, cap - 1));
    if (n)
        memcpy(out, v.data, n);
    out[n] = '\0';
}

static void fill(console_request *q, console_result *r, const msh_service_result *result)
{
    (void)snprintf(r->run, sizeof r->run, "%s", result->run);
    (void)snprintf(r->owner, sizeof r->owner, "%s", q->account.name);
    (void)snprintf(r->office, sizeof r->office, "%s", q->account.office);
    copy_field(q, "title", r->title, sizeof r->title);
    copy_field(q, "docno", r->docno, sizeof r->docno);
    copy_field(q, "category", r->category, sizeof r->category);
    copy_field(q, "channel", r->channel, sizeof r->channel);
    (void)form_clean_folder(r->folder, sizeof r->folder, form_get(&q->form, "folder"));
    r->verdict = result->verdict;
    r->made_ns = msh_clock_ns();
    msh_buf_init(&r->report, 64 << 20);
    msh_buf_put_view(&r->report, result->report);
}

/* The bytes stay, in memory, only where they may be submitted. */
static void keep_files(console_request *q, console_result *r, const msh_service_result *result)
{
    bool may = result->verdict == MSH_VERDICT_PASS || result->verdict == MSH_VERDICT_REVIEW;
    r->items = may ? msh_calloc(result->n_items, sizeof *r->items) : NULL;
    if (!r->items)
        return;
    memcpy(r->items, result->items, result->n_items * sizeof *r->items);
    r->files = q->form.files;
    r->n_files = q->form.n_files;
    r->bytes = q->form.bytes;
    q->c->held += r->bytes;
    q->form.files = NULL;
    q->form.n_files = 0;
    q->form.bytes = 0;
}

static void on_done(void *ctx, const msh_service_result *result)
{
    console_request *q = ctx;
    char path[80];
    console_result *r = result_new(q->c);
    q->job = 0;
    fill(q, r, result);
    if (msh_buf_err(&r->report) != MSH_OK) {
        result_drop(q->c, r);
        request_refuse(q, 503, SAY_E_BUSY, SAY_E_BUSY_DO);
    } else {
        keep_files(q, r, result);
        (void)snprintf(path, sizeof path, "/runs/%s", r->run);
        request_see(q, path);
    }
    request_answered(q);
}

/* Gives all files of the form to the workers; the answer comes with the verdict. */
static void examine(console_request *q, const char *root, bool save,
                    void (*done)(void *ctx, const msh_service_result *result))
{
    msh_service_file files[MSH_SERVICE_FILES];
    for (size_t i = 0; i < q->form.n_files; i++)
        files[i] = (msh_service_file){.name = msh_view_str(q->form.files[i].name),
                                      .fd = q->form.files[i].fd,
                                      .size = q->form.files[i].size};
    const msh_service_job job = {.files = files,
                                 .n_files = q->form.n_files,
                                 .root = root,
                                 .save = save,
                                 .done = done,
                                 .ctx = q};
    if (msh_service_give(q->c->service, &job, &q->job, NULL) != MSH_OK)
        request_refuse(q, 503, SAY_E_BUSY, SAY_E_BUSY_DO);
    else
        q->waiting = true;
}

void page_upload_post(console_request *q)
{
    char folder[300];
    if (!form_clean_folder(folder, sizeof folder, form_get(&q->form, "folder")))
        request_refuse(q, 400, SAY_E_FORM, SAY_E_FORM_DO);
    else if (q->form.n_files == 0 || form_get(&q->form, "title").len == 0)
        request_refuse(q, 400, SAY_E_NO_FILES, SAY_E_NO_FILES_DO);
    else
        examine(q, "upload", true, on_done);
}

/* --- looking at it ---------------------------------------------------------------------------- */

/* A person sees what they uploaded; reviewers and auditors see all, also what was saved before. */
void page_run(console_request *q)
{
    if (q->in_office) {
        run_page_saved(q);
        return;
    }
    const console_result *r = result_find(q->c, msh_view_str(q->tail));
    bool own = r && strcmp(r->owner, q->account.name) == 0;
    bool sees_all = ROUTE_SEES_ALL & (1u << q->account.role);
    if (!r && sees_all)
        office_ask(q);
    else if (!r || (!own && !sees_all) || !run_view(q, msh_buf_view(&r->report), r))
        request_refuse(q, 404, SAY_E_NOT_FOUND, SAY_E_NOT_FOUND_DO);
}

/* --- programs --------------------------------------------------------------------------------- */

/* The lines of a report as the elements of an array: the same objects as in `scan --format ndjson`.
 */
static void put_lines(console_request *q, msh_view report)
{
    for (size_t at = 0; at < report.len;) {
        size_t end = msh_view_find(report, MSH_VIEW("\n"), at);
        if (end == SIZE_MAX)
            end = report.len;
        if (at)
            html(q, ",");
        msh_buf_put_view(&q->page, msh_view_cut(report, at, end - at));
        at = end + 1;
    }
}

static void on_api_done(void *ctx, const msh_service_result *result)
{
    console_request *q = ctx;
    q->job = 0;
    msh_buf_reset(&q->page);
    q->type = "application/json; charset=utf-8";
    msh_buf_printf(
        &q->page,
        "{\"v\":1,\"run\":\"%s\",\"verdict\":\"%s\",\"complete\":%s,\"exit\":%d,\"report\":[",
        result->run, msh_verdict_name(result->verdict),
        result->summary->complete ? "true" : "false", result->summary->exit);
    put_lines(q, result->report);
    html(q, "]}\n");
    if (msh_buf_err(&q->page) != MSH_OK)
        request_refuse(q, 503, SAY_E_BUSY, SAY_E_BUSY_DO);
    request_answered(q);
}

void page_api_scan(console_request *q)
{
    if (q->form.n_files == 0)
        request_refuse(q, 400, SAY_E_NO_FILES, SAY_E_NO_FILES_DO);
    else
        examine(q, "api", false, on_api_done);
}
