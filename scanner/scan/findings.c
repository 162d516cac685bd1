/* findings.c: the life of findings, read from the log: open, assigned, corrected (a later scan of
 * the same file does not show it), waived. Never document text: rule, path, place, fingerprint. */
#define _GNU_SOURCE
#include "scan/logdir.h"
#include "scan/notary.h"

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/view.h"
#include "ledger/record.h"

#include <mishen/findings.h>
#include <mishen/ledger.h>

#include <inttypes.h>
#include <stdio.h>

enum { ARENA_MAX = 1 << 30, KEY_MAX = 128, BODY_MAX = 8192 };

typedef struct row {
    struct row *of_path; /* others of the same file */
    msh_finding_life life;
    msh_view root;
    bool present;
} row;

/* A file that was scanned: its findings, those of all scans. */
typedef struct file_row {
    row *first;
    msh_view path, root;
} file_row;

typedef struct life {
    msh_notary notary;
    msh_arena arena, scratch;
    msh_table *runs;  /* run → root */
    msh_table *files; /* root, path → file_row */
    msh_table *items; /* run and item → file_row */
    msh_table *by_fp; /* → row */
} life;

static msh_view text_of(const msh_json *j, const char *key)
{
    return msh_json_text(msh_json_get(j, key));
}

static msh_view copy(life *l, msh_view v)
{
    return msh_arena_copy(&l->arena, v);
}

static msh_view item_key(const msh_json *b, char room[KEY_MAX])
{
    msh_view run = text_of(b, "run");
    (void)snprintf(room, KEY_MAX, "%.*s %" PRId64, (int)(run.len < 64 ? run.len : 64),
                   (const char *)run.data, msh_json_int(msh_json_get(b, "item"), -1));
    return msh_view_str(room);
}

static msh_err take_begin(life *l, const msh_json *b)
{
    void *old;
    const msh_json *roots = msh_json_get(b, "roots");
    msh_view *root = msh_arena_calloc(&l->arena, 1, sizeof *root);
    if (!root)
        return MSH_E_MEMORY;
    *root = copy(l, msh_json_text(roots ? roots->child : NULL));
    return msh_table_put(l->runs, text_of(b, "run"), root, &old);
}

static msh_err get_file(life *l, msh_view root, msh_view path, file_row **out)
{
    void *old;
    msh_buf key;
    msh_buf_init(&key, 64 << 10);
    msh_buf_put_view(&key, root);
    msh_buf_put_byte(&key, 0);
    msh_buf_put_view(&key, path);
    msh_err err = msh_buf_err(&key);
    *out = err == MSH_OK ? msh_table_get(l->files, msh_buf_view(&key)) : NULL;
    if (err == MSH_OK && !*out) {
        *out = msh_arena_calloc(&l->arena, 1, sizeof **out);
        err = *out ? msh_table_put(l->files, msh_buf_view(&key), *out, &old) : MSH_E_MEMORY;
        if (err == MSH_OK)
            **out = (file_row){.path = copy(l, path), .root = root};
    }
    msh_buf_dispose(&key);
    return err;
}

/* A file was scanned anew: what it had is gone unless it is said again. A scan that did not read
 * all of it corrects nothing. */
static msh_err take_item(life *l, const msh_json *b)
{
    char room[KEY_MAX];
    void *old;
    file_row *f;
    const msh_view *root = msh_table_get(l->runs, text_of(b, "run"));
    msh_view path = text_of(b, "path");
    if (!root || !path.len)
        return MSH_OK;
    MSH_TRY(get_file(l, *root, path, &f));
    bool whole = !msh_view_eq_str(text_of(b, "verdict"), "NOT-INSPECTED");
    for (row *r = f->first; r && whole; r = r->of_path)
        r->present = false;
    return msh_table_put(l->items, item_key(b, room), f, &old);
}

static msh_err take_finding(life *l, const msh_json *b, const msh_record *rec)
{
    char room[KEY_MAX];
    void *old;
    msh_view fp = text_of(b, "fp");
    file_row *f = msh_table_get(l->items, item_key(b, room));
    if (!f || fp.len != 32)
        return MSH_OK;
    row *r = msh_table_get(l->by_fp, fp);
    if (!r) {
        r = msh_arena_calloc(&l->arena, 1, sizeof *r);
        if (!r)
            return MSH_E_MEMORY;
        memcpy(r->life.fp, fp.data, 32);
        r->life.rule = copy(l, text_of(b, "rule"));
        r->life.category = copy(l, text_of(b, "class"));
        r->life.path = f->path;
        r->life.first_seen = copy(l, rec->ts);
        r->of_path = f->first;
        f->first = r;
        MSH_TRY(msh_table_put(l->by_fp, fp, r, &old));
    }
    r->life.tier = msh_view_eq_str(text_of(b, "tier"), "BLOCK") ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
    r->life.last_seen = copy(l, rec->ts);
    r->present = true;
    return r->life.last_seen.data ? MSH_OK : MSH_E_MEMORY;
}

static msh_err take_step(life *l, const msh_json *b, bool assign)
{
    row *r = msh_table_get(l->by_fp, text_of(b, "fp"));
    if (!r)
        return MSH_OK;
    if (assign) {
        r->life.assigned_to = copy(l, text_of(b, "to"));
        r->life.due = copy(l, text_of(b, "due"));
    } else {
        r->life.note = copy(l, text_of(b, "note"));
    }
    return MSH_OK;
}

static msh_err on_line(void *ctx, uint64_t n, msh_view line)
{
    life *l = ctx;
    msh_record r;
    msh_json *b;
    (void)n;
    if (msh_record_read(line, &r) != MSH_OK)
        return MSH_E_EVIDENCE;
    bool begin = msh_view_eq_str(r.type, "scan.begin"), item = msh_view_eq_str(r.type, "item");
    bool finding = msh_view_eq_str(r.type, "finding");
    bool assign = msh_view_eq_str(r.type, "finding.assign");
    if (!begin && !item && !finding && !assign && !msh_view_eq_str(r.type, "finding.note"))
        return MSH_OK;
    msh_arena_reset(&l->scratch);
    MSH_TRY(msh_json_read(&l->scratch, r.body, MSH_JSON_LOG, &b, NULL));
    return begin     ? take_begin(l, b)
           : item    ? take_item(l, b)
           : finding ? take_finding(l, b, &r)
                     : take_step(l, b, assign);
}

static msh_err load(life *l, const msh_options *options, msh_error *why)
{
    MSH_TRY(msh_notary_open(&l->notary, options, NULL, why)); /* verifies the log */
    l->runs = msh_table_new();
    l->files = msh_table_new();
    l->items = msh_table_new();
    l->by_fp = msh_table_new();
    if (!l->runs || !l->files || !l->items || !l->by_fp)
        return msh_fail(why, MSH_E_MEMORY, "findings");
    return msh_log_each(options, NULL, 0, l->notary.log.size, NULL, on_line, l, why);
}

static void unload(life *l)
{
    msh_table *const tables[] = {l->runs, l->files, l->items, l->by_fp};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (tables[i])
            msh_table_free(tables[i], NULL);
    msh_notary_dispose(&l->notary);
    msh_arena_dispose(&l->arena);
    msh_arena_dispose(&l->scratch);
}

typedef struct teller {
    const life *l;
    bool (*each)(void *ctx, const msh_finding_life *f);
    void *ctx;
    char now[MSH_UTC_SIZE];
} teller;

static bool tell(void *ctx, msh_view key, void *value)
{
    const teller *t = ctx;
    row *r = value;
    (void)key;
    const msh_reg_leave *w =
        msh_register_waiver(msh_approved_register(t->l->notary.approved), msh_view_str(r->life.fp),
                            r->life.rule, r->life.path, msh_view_str(t->now));
    r->life.state = !r->present               ? MSH_FINDING_CORRECTED
                    : w                       ? MSH_FINDING_WAIVED
                    : r->life.assigned_to.len ? MSH_FINDING_ASSIGNED
                                              : MSH_FINDING_OPEN;
    return t->each(t->ctx, &r->life);
}

msh_err msh_findings_each(const msh_options *options,
                          bool (*each)(void *ctx, const msh_finding_life *f), void *ctx,
                          msh_error *why)
{
    life *l = msh_calloc(1, sizeof *l);
    if (!l)
        return msh_fail(why, MSH_E_MEMORY, "findings");
    msh_arena_init(&l->arena, ARENA_MAX);
    msh_arena_init(&l->scratch, 16 << 20);
    teller t = {.l = l, .each = each, .ctx = ctx};
    msh_clock_format(msh_clock_utc_us(), t.now);
    msh_err err = load(l, options, why);
    if (err == MSH_OK)
        msh_table_each(l->by_fp, tell, &t);
    unload(l);
    msh_free(l);
    return err;
}

/* --- steps ------------------------------------------------------------------------------------ */

typedef struct seek {
    const char *fp;
    bool found;
} seek;

static bool is_it(void *ctx, const msh_finding_life *f)
{
    seek *s = ctx;
    s->found = strcmp(s->fp, f->fp) == 0;
    return !s->found;
}

static void put(msh_json_writer *w, const char *key, const char *text)
{
    if (text && text[0])
        msh_jw_kstr(w, key, msh_view_str(text));
}

msh_err msh_findings_step(const msh_options *options, const msh_finding_step *s, uint64_t *record,
                          msh_error *why)
{
    msh_json_writer w;
    msh_buf b;
    seek it = {.fp = s->fp};
    const char *const texts[] = {s->by, s->to, s->due, s->note};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i] &&
            (strlen(texts[i]) > MSH_DECISION_TEXT || !msh_view_is_utf8(msh_view_str(texts[i]))))
            return msh_fail(why, MSH_E_USAGE,
                            "文字太长或不是 UTF-8 / a text that is too long or not UTF-8");
    MSH_TRY(msh_findings_each(options, is_it, &it, why));
    if (!it.found)
        return msh_fail(why, MSH_E_GONE, "%s",
                        options->lang == MSH_LANG_EN ? "no finding of this fingerprint in the log"
                                                     : "日志里没有这个指纹的命中");
    msh_buf_init(&b, BODY_MAX);
    msh_jw_begin(&w, &b);
    msh_jw_open(&w, '{');
    put(&w, "by", s->by);
    put(&w, "due", s->due);
    put(&w, "fp", s->fp);
    put(&w, "note", s->note);
    put(&w, "to", s->to);
    msh_jw_close(&w, '}');
    msh_err err = msh_buf_err(&b);
    if (err == MSH_OK)
        err = msh_log_put(options, s->to ? "finding.assign" : "finding.note", msh_buf_view(&b),
                          record, why);
    msh_buf_dispose(&b);
    return err;
}
