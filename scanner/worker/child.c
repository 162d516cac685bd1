/* child.c: joins extract and rule through text with a place (architecture.md section 3).
 *
 * Refuses nothing silently: what cannot be read or matched is an outcome. Names come first: path,
 * link target and attributes are texts, too, and may be in GBK. */
#include "worker/child.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "extract/archive.h"
#include "extract/extract.h"
#include "extract/xmlpart.h"
#include "rule/trace.h"

#include <string.h>

enum { DECODED_MOST = 8 << 20, NS_MS = 1000000 };

struct msh_child {
    msh_child_options options;
    msh_matcher *matcher, *early;
    msh_trace *trace; /* instead of a matcher, with `explain` */
    msh_arena arena;
    msh_buf path;    /* with '!' escaped, as vpath begins */
    msh_buf lines;   /* a name with its parts on lines of their own */
    msh_buf utf8;    /* texts mode */
    msh_buf anchors; /* msh_match_anchor, made from those of extract */
    /* of the item being read */
    msh_extract x;
    const msh_child_out *out;
    const msh_child_job *job;
    bool trouble;
    msh_err refused; /* the first error of `out`: it ends the item */
    uint32_t ocr_uses;
    uint64_t waited_ns;
    bool regex_reported;
};

#ifdef MSH_TEST_FAULTS
static void (*test_fault)(msh_view path);

void msh_child_fault(void (*fault)(msh_view path))
{
    test_fault = fault;
}

static void test_hook(msh_view path)
{
    if (test_fault)
        test_fault(path);
}
#else
static void test_hook(msh_view path)
{
    (void)path;
}
#endif

void msh_child_prepare(void)
{
    msh_archive_prepare();
    msh_xml_prepare();
}

msh_child *msh_child_new(const msh_child_options *options)
{
    msh_child *c = msh_calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->options = *options;
    msh_arena_init(&c->arena, 0);
    msh_buf_init(&c->path, 64 << 20);
    msh_buf_init(&c->lines, 64 << 20);
    msh_buf_init(&c->utf8, DECODED_MOST);
    msh_buf_init(&c->anchors, SIZE_MAX / 2);
    if (options->rules && options->explain) {
        c->trace = msh_trace_new(options->rules, options->limits, options->lang);
        if (!c->trace) {
            msh_child_free(c);
            return NULL;
        }
    } else if (options->rules) {
        c->matcher = msh_matcher_new(options->rules, options->limits);
        if (!c->matcher) {
            msh_child_free(c);
            return NULL;
        }
    }
    return c;
}

void msh_child_free(msh_child *c)
{
    if (!c)
        return;
    msh_trace_free(c->trace);
    if (c->matcher)
        msh_matcher_free(c->matcher);
    if (c->early)
        msh_matcher_free(c->early);
    msh_arena_dispose(&c->arena);
    msh_buf_dispose(&c->path);
    msh_buf_dispose(&c->lines);
    msh_buf_dispose(&c->utf8);
    msh_buf_dispose(&c->anchors);
    msh_free(c);
}

/* Time in which the reader kept us waiting is not the item's. */
static void give_back_waiting(msh_child *c)
{
    if (!c->out->waited_ns)
        return;
    uint64_t total = c->out->waited_ns(c->out->ctx);
    if (c->x.budget.deadline_ns)
        c->x.budget.deadline_ns += total - c->waited_ns;
    c->waited_ns = total;
}

static msh_err from_out(msh_child *c, msh_err err)
{
    if (err != MSH_OK && c->refused == MSH_OK)
        c->refused = err;
    give_back_waiting(c);
    return err;
}

/* --- outcomes ----------------------------------------------------------------------------------
 */

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    msh_child *c = ctx;
    if (msh_reason_outcome(reason) == MSH_OUTCOME_LIMIT)
        c->trouble = true;
    return from_out(c, c->out->outcome(c->out->ctx, reason, place, reached));
}

static msh_err item_outcome(msh_child *c, msh_reason reason, uint64_t reached)
{
    msh_place place = {.vpath = msh_buf_view(&c->path), .offset = MSH_NO_POSITION};
    return on_outcome(c, reason, &place, reached);
}

/* --- texts -------------------------------------------------------------------------------------
 */

static msh_err fill_anchors(msh_child *c, const msh_text *t, msh_match_text *m)
{
    msh_buf_reset(&c->anchors);
    for (size_t i = 0; i < t->n_anchors; i++) {
        const msh_anchor *from = &t->anchors[i];
        msh_match_anchor a = {from->at, from->page, from->cell_row, from->cell_col};
        msh_buf_put(&c->anchors, &a, sizeof a);
    }
    m->anchors = (const msh_match_anchor *)(const void *)c->anchors.data;
    m->n_anchors = t->n_anchors;
    return msh_buf_err(&c->anchors);
}

static msh_err early_hit(void *ctx, const msh_hit *hit)
{
    msh_child *c = ctx;
    return from_out(c, c->out->hit(c->out->ctx, hit, true));
}

/* The text by itself: a file that broke one process may break this one, and what was found must not
 * be lost with it. */
static msh_err match_early(msh_child *c, const msh_match_text *m)
{
    uint64_t total;
    if (!c->early)
        c->early = msh_matcher_new(c->options.rules, c->options.limits);
    if (!c->early)
        return MSH_E_MEMORY;
    msh_matcher_begin(c->early, msh_buf_view(&c->path));
    msh_err err = msh_matcher_text(c->early, m);
    msh_err end = msh_matcher_end(c->early, early_hit, c, &total);
    return err == MSH_OK || err == MSH_E_LIMIT_REGEX ? end : err;
}

static msh_err match(msh_child *c, const msh_match_text *m)
{
    if (!c->matcher)
        return MSH_OK;
    if (c->job->eager)
        MSH_TRY(match_early(c, m));
    msh_err err = msh_matcher_text(c->matcher, m);
    if (err != MSH_E_LIMIT_REGEX)
        return err;
    if (c->regex_reported)
        return MSH_OK;
    c->regex_reported = true;
    return on_outcome(c, MSH_REASON_LIMIT_REGEX, &m->place, 0);
}

static uint32_t lines_in(msh_view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len; i++)
        n += v.data[i] == '\n';
    return n;
}

/* For `mishen extract`: what was in the window before is not said again. */
static msh_err show(msh_child *c, const msh_match_text *m)
{
    msh_place place = m->place;
    size_t skip = m->overlap < m->bytes.len ? m->overlap : m->bytes.len, used;
    uint64_t bad = 0;
    msh_view bytes = msh_view_cut(m->bytes, skip, SIZE_MAX);
    if (skip) {
        place.line += place.line ? lines_in(msh_view_cut(m->bytes, 0, skip)) : 0;
        if (place.offset != MSH_NO_POSITION)
            place.offset += skip;
    }
    if (bytes.len == 0)
        return MSH_OK;
    if (m->charset == MSH_CS_UTF8 && msh_view_is_utf8(bytes))
        return from_out(c, c->out->text(c->out->ctx, &place, bytes));
    msh_buf_reset(&c->utf8);
    msh_charset_decode(m->charset, bytes, true, &c->utf8, &used, &bad);
    MSH_TRY(msh_buf_err(&c->utf8));
    return from_out(c, c->out->text(c->out->ctx, &place, msh_buf_view(&c->utf8)));
}

/* For `mishen scan --explain`: what the rules make of it. */
static msh_err account(msh_child *c, const msh_match_text *m)
{
    msh_view words;
    MSH_TRY(msh_trace_text(c->trace, m, &words));
    return words.len ? from_out(c, c->out->text(c->out->ctx, &m->place, words)) : MSH_OK;
}

static msh_err take_text(msh_child *c, const msh_match_text *m)
{
    if (c->trace)
        return account(c, m);
    msh_err err = match(c, m);
    if (err == MSH_OK && c->options.texts)
        err = show(c, m);
    return err;
}

static msh_err on_text(void *ctx, const msh_text *t)
{
    msh_child *c = ctx;
    msh_match_text m = {.bytes = t->bytes,
                        .charset = t->charset,
                        .flags = t->flags,
                        .overlap = t->overlap,
                        .place = t->place,
                        .map = t->map};
    if (t->n_anchors)
        MSH_TRY(fill_anchors(c, t, &m));
    return take_text(c, &m);
}

/* --- helpers -----------------------------------------------------------------------------------
 */

static int on_helper(void *ctx, const char *name)
{
    msh_child *c = ctx;
    uint64_t uses = MSH_CHILD_OCR_USES * c->options.limits->ocr_pages;
    if (!c->out->helper)
        return -1;
    int fd = c->out->helper(c->out->ctx, name);
    give_back_waiting(c);
    if (fd >= 0 && strcmp(name, "ocr") == 0 && c->ocr_uses < uses) {
        uint64_t least = msh_clock_ns() + (uint64_t)MSH_CHILD_OCR_MS * NS_MS;
        c->ocr_uses++;
        if (c->x.budget.deadline_ns && c->x.budget.deadline_ns < least)
            c->x.budget.deadline_ns = least;
    }
    return fd;
}

static void on_helper_failed(void *ctx, const char *name)
{
    msh_child *c = ctx;
    c->trouble = true;
    if (c->out->helper_failed)
        c->out->helper_failed(c->out->ctx, name);
}

/* --- names -------------------------------------------------------------------------------------
 */

/* Bytes in an unknown charset, in every plausible reading. */
static msh_err name_text(msh_child *c, msh_view bytes, msh_role role, msh_view name)
{
    msh_match_text m = {.bytes = bytes, .charset = MSH_CS_UTF8};
    m.place = (msh_place){.vpath = msh_buf_view(&c->path), .name = name, .role = role, .offset = 0};
    if (bytes.len == 0)
        return MSH_OK;
    if (msh_view_is_utf8(bytes))
        return take_text(c, &m);
    msh_readings r = msh_charset_detect(bytes, true);
    if (r.n == 0) {
        r.cs[r.n++] = MSH_CS_GB18030;
        r.cs[r.n++] = MSH_CS_UTF8;
    }
    m.flags = r.n > 1 ? MSH_TEXT_GUESS : 0;
    for (unsigned i = 0; i < r.n; i++) {
        m.charset = r.cs[i];
        MSH_TRY(take_text(c, &m));
    }
    return MSH_OK;
}

/* Parts of a path are texts of their own: each on a line, at the same offsets. */
static msh_err path_text(msh_child *c, msh_view path, msh_view name)
{
    msh_buf_reset(&c->lines);
    msh_buf_put_view(&c->lines, path);
    MSH_TRY(msh_buf_err(&c->lines));
    for (size_t i = 0; i < c->lines.len; i++)
        if (c->lines.data[i] == '/')
            c->lines.data[i] = '\n';
    return name_text(c, msh_buf_view(&c->lines), MSH_ROLE_NAME, name);
}

/* "name NUL value NUL" …; an empty name says that there are more that could not be read. */
static msh_err attribute_texts(msh_child *c, msh_view xattrs)
{
    for (size_t at = 0; at < xattrs.len;) {
        msh_view part[2];
        for (int i = 0; i < 2; i++) {
            size_t end = msh_view_find(xattrs, msh_view_of("", 1), at);
            if (end == SIZE_MAX)
                end = xattrs.len;
            part[i] = msh_view_cut(xattrs, at, end - at);
            at = end + 1;
        }
        if (part[0].len == 0)
            return item_outcome(c, MSH_REASON_FILE_ATTRIBUTES, 0);
        MSH_TRY(name_text(c, part[0], MSH_ROLE_META, (msh_view){NULL, 0}));
        MSH_TRY(name_text(c, part[1], MSH_ROLE_META, part[0]));
    }
    return MSH_OK;
}

static msh_err names(msh_child *c)
{
    MSH_TRY(path_text(c, c->job->path, (msh_view){NULL, 0}));
    MSH_TRY(path_text(c, c->job->link, MSH_VIEW("link")));
    return attribute_texts(c, c->job->xattrs);
}

/* --- the item ----------------------------------------------------------------------------------
 */

msh_err msh_child_vpath(msh_buf *out, msh_view path)
{
    msh_buf_reset(out);
    for (size_t i = 0; i < path.len; i++) {
        if (path.data[i] == '!')
            msh_buf_put_byte(out, '\\');
        msh_buf_put_byte(out, path.data[i]);
    }
    return msh_buf_err(out);
}

static msh_err read_content(msh_child *c)
{
    const msh_sink sink = {.ctx = c,
                           .text = on_text,
                           .outcome = on_outcome,
                           .helper = on_helper,
                           .helper_failed = on_helper_failed};
    const msh_limits *limits = c->options.limits;
    msh_input in;
    if (c->job->fd < 0)
        return MSH_OK;
    if (c->job->size > limits->size)
        return item_outcome(c, MSH_REASON_LIMIT_SIZE, c->job->size);
    msh_input_file(&in, c->job->fd, c->job->size);
    c->x.sink = &sink;
    msh_err err = msh_extract_item(&c->x, &in, msh_buf_view(&c->path));
    c->x.sink = NULL;
    msh_input_dispose(&in);
    return err;
}

static msh_err final_hit(void *ctx, const msh_hit *hit)
{
    msh_child *c = ctx;
    return from_out(c, c->out->hit(c->out->ctx, hit, false));
}

/* Hits of all that was read, also after an error. */
static msh_err end_matching(msh_child *c, msh_child_done *done)
{
    if (!c->matcher)
        return MSH_OK;
    msh_err err = msh_matcher_end(c->matcher, final_hit, c, &done->findings);
    if (err == MSH_OK || c->refused != MSH_OK)
        return err;
    return item_outcome(c, msh_reason_of_error(err), 0);
}

static void begin_item(msh_child *c, const msh_child_job *job, const msh_child_out *out)
{
    c->job = job;
    c->out = out;
    c->trouble = c->regex_reported = false;
    c->refused = MSH_OK;
    c->ocr_uses = 0;
    c->waited_ns = out->waited_ns ? out->waited_ns(out->ctx) : 0;
    msh_arena_reset(&c->arena);
    c->x = (msh_extract){.arena = &c->arena, .limits = c->options.limits, .ocr = c->options.ocr};
    msh_budget_begin(&c->x.budget, c->options.limits, job->size);
    if (job->time_ms && job->time_ms < c->options.limits->time_ms)
        c->x.budget.deadline_ns = msh_clock_ns() + (uint64_t)job->time_ms * NS_MS;
}

static void fill_done(const msh_child *c, msh_child_done *done)
{
    msh_view format = c->x.format.len ? c->x.format : MSH_VIEW("?");
    size_t n = format.len < sizeof done->format - 1 ? format.len : sizeof done->format - 1;
    if (n)
        memcpy(done->format, format.data, n);
    done->format[n] = '\0';
    done->decoded = c->x.budget.decoded;
    done->optical = c->x.ocr_pages > 0 && c->x.ocr_scans == 0;
    done->optical_page = c->x.ocr_scans > 0;
    done->trouble = c->trouble;
}

msh_err msh_child_run(msh_child *c, const msh_child_job *job, const msh_child_out *out,
                      msh_child_done *done)
{
    const unsigned long refused = msh_mem_refused();
    *done = (msh_child_done){.findings = 0};
    begin_item(c, job, out);
    msh_err err = msh_child_vpath(&c->path, job->path);
    if (c->matcher)
        msh_matcher_begin(c->matcher, msh_buf_view(&c->path));
    if (err == MSH_OK)
        err = names(c);
    test_hook(job->path);
    if (err == MSH_OK)
        err = read_content(c);
    msh_err end = c->refused == MSH_OK ? end_matching(c, done) : c->refused;
    if (err != MSH_OK && end == MSH_OK) {
        c->trouble = true;
        end = item_outcome(c, msh_reason_of_error(err), 0);
    }
    /* whoever was refused memory on the way may have read on without it */
    if (err == MSH_OK && end == MSH_OK && msh_mem_refused() != refused)
        end = item_outcome(c, MSH_REASON_LIMIT_MEMORY, c->options.limits->memory);
    fill_done(c, done);
    msh_arena_reset(&c->arena);
    c->out = NULL;
    c->job = NULL;
    return end;
}
