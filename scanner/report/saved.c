/* saved.c: the way from lines back to items. One line at a time; an item is handed on when the next
 * one begins. */
#include "report/saved.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/json.h"
#include "base/table.h"
#include "base/view.h"
#include "report/saved_fields.h"

#include <inttypes.h>
#include <string.h>

enum {
    LINE_MOST = 8 << 20,
    STEP = 64 << 10,
    ITEM_CEILING = 256 << 20,
    RUN_CEILING = 32 << 20,
    SCRATCH_CEILING = 256 << 20,
    MAX_PACKS = 64,
    MAX_RULES = 10000,
    MAX_LISTED = 10000, /* findings of an item, as product.md section 4 says */
    MAX_OUTCOMES = 1000,
    MAX_MORE = 20
};

typedef struct saved_rule {
    msh_view name_en, explain, explain_en, advice, advice_en, basis, basis_en, pack, pack_version;
} saved_rule;

typedef enum saved_state { BEFORE, WITHIN, AFTER } saved_state;

typedef struct saved {
    const msh_saved_to *to;
    msh_error *why;
    uint64_t line_no;
    saved_state state;
    msh_arena run, item_arena, scratch;
    msh_table *rules;
    bool has_item;
    msh_item item;
    msh_finding *findings;
    msh_outcome_note *outcomes;
    size_t n_findings, n_outcomes, cap_findings, cap_outcomes;
    msh_run_summary sum; /* of the lines so far */
} saved;

/* Which part of a line is not as it should be; the line's words are never repeated. */
static msh_err bad(saved *s, const char *part)
{
    return msh_fail(s->why, MSH_E_SYNTAX, "第 %" PRIu64 " 行：%s 不对 / line %" PRIu64 ": bad %s",
                    s->line_no, part, s->line_no, part);
}

#define NEED(cond, part)                                                                           \
    do {                                                                                           \
        if (!(cond))                                                                               \
            return bad(s, part);                                                                   \
    } while (0)

/* A string of a line, kept in `a`; `most` bytes at most. */
static bool keep(msh_arena *a, const msh_json *j, const char *key, size_t most, msh_view *out)
{
    msh_view v;
    if (!msh_saved_text(j, key, most, &v))
        return false;
    *out = msh_arena_copy(a, v);
    return out->data != NULL;
}

/* The same as a C string; a string with a NUL cannot come out of the reader. */
static bool keep_str(msh_arena *a, const msh_json *j, const char *key, size_t most,
                     const char **out)
{
    msh_view v;
    if (!keep(a, j, key, most, &v))
        return false;
    *out = (const char *)v.data;
    return true;
}

/* Absent or null: an empty view. */
static bool keep_if(msh_arena *a, const msh_json *j, const char *key, size_t most, msh_view *out)
{
    const msh_json *m = msh_json_get(j, key);
    *out = (msh_view){(const uint8_t *)"", 0};
    return !m || m->type == MSH_JSON_NULL || keep(a, j, key, most, out);
}

/* --- run
 * ------------------------------------------------------------------------------------------
 */

static msh_err read_packs(saved *s, const msh_json *j, msh_run_info *info)
{
    const msh_json *list = msh_json_get(j, "packs");
    NEED(list && list->type == MSH_JSON_ARRAY, "packs");
    msh_pack_ref *packs = msh_arena_calloc(&s->run, MAX_PACKS, sizeof *packs);
    if (!packs)
        return MSH_E_MEMORY;
    for (const msh_json *p = list->child; p; p = p->next) {
        msh_view hex;
        NEED(info->n_packs < MAX_PACKS, "packs");
        msh_pack_ref *ref = &packs[info->n_packs++];
        NEED(keep(&s->run, p, "id", 200, &ref->id) &&
                 keep(&s->run, p, "version", 200, &ref->version) &&
                 msh_saved_text(p, "sha256", 64, &hex) && msh_hex32_read(hex, ref->sha256),
             "packs");
    }
    info->packs = packs;
    return MSH_OK;
}

static msh_err read_run(saved *s, const msh_json *j)
{
    msh_run_info info = {0};
    uint64_t v;
    NEED(s->state == BEFORE, "type");
    NEED(msh_saved_uint(j, "v", 1000, &v), "v");
    if (v != 1)
        return msh_fail(s->why, MSH_E_UNSUPPORTED,
                        "这份结果由更新的版本写成 / written by a newer version");
    NEED(keep_str(&s->run, j, "program", 100, &info.program), "program");
    NEED(keep_str(&s->run, j, "id", 31, &info.run_id) && msh_saved_is_id(info.run_id), "id");
    NEED(keep_str(&s->run, j, "started", 27, &info.started) && msh_saved_is_time(info.started),
         "started");
    NEED(keep_str(&s->run, j, "policy", 128, &info.policy), "policy");
    NEED(keep_str(&s->run, j, "lock", 100, &info.lock_level), "lock");
    NEED(msh_saved_bool(j, "sandbox", &info.sandbox), "sandbox");
    MSH_TRY(read_packs(s, j, &info));
    s->state = WITHIN;
    return s->to->begin ? s->to->begin(s->to->ctx, &info) : MSH_OK;
}

/* --- items
 * ----------------------------------------------------------------------------------------
 */

static msh_err flush_item(saved *s)
{
    msh_err err = MSH_OK;
    if (s->has_item && s->to->item)
        err = s->to->item(s->to->ctx, &s->item, s->findings, s->n_findings, s->outcomes,
                          s->n_outcomes);
    s->has_item = false;
    s->findings = NULL;
    s->outcomes = NULL;
    s->n_findings = s->n_outcomes = s->cap_findings = s->cap_outcomes = 0;
    msh_arena_reset(&s->item_arena);
    return err;
}

static msh_err read_path(saved *s, const msh_json *j, msh_item *item)
{
    const msh_json *raw = msh_json_get(j, "path_b64");
    if (msh_json_get(j, "path_masked"))
        NEED(msh_saved_bool(j, "path_masked", &item->path_masked), "path_masked");
    NEED(keep(&s->item_arena, j, "path", 1 << 20, &item->path_shown), "path");
    item->path = item->path_shown;
    if (!raw)
        return MSH_OK;
    msh_view text = msh_json_text(raw);
    size_t len = 0;
    uint8_t *bytes = msh_arena_alloc(&s->item_arena, text.len + 1);
    if (!bytes)
        return MSH_E_MEMORY;
    NEED(raw->type == MSH_JSON_STRING && msh_base64_read(text, bytes, text.len, &len) == MSH_OK,
         "path_b64");
    item->path = item->path_shown = msh_view_of(bytes, len);
    return MSH_OK;
}

static msh_err read_hash(saved *s, const msh_json *j, const char *key, bool *has, uint8_t out[32])
{
    const msh_json *m = msh_json_get(j, key);
    NEED(m && (m->type == MSH_JSON_NULL || m->type == MSH_JSON_STRING), key);
    *has = m->type == MSH_JSON_STRING;
    NEED(!*has || msh_hex32_read(m->text, out), key);
    return MSH_OK;
}

static msh_err count_item(saved *s)
{
    msh_run_summary *sum = &s->sum;
    sum->items++;
    sum->verdicts[s->item.verdict]++;
    sum->outcomes[s->item.outcome]++;
    NEED(s->item.size <= UINT64_MAX - sum->bytes && s->item.findings <= UINT64_MAX - sum->findings,
         "size");
    sum->bytes += s->item.size;
    sum->findings += s->item.findings;
    return MSH_OK;
}

/* "2027-06-30" */
static bool read_day(const msh_json *j, const char *key, char out[11])
{
    msh_view v = msh_json_text(msh_json_get(j, key));
    for (size_t i = 0; i < v.len; i++)
        if (i == 4 || i == 7 ? v.data[i] != '-' : v.data[i] < '0' || v.data[i] > '9')
            return false;
    if (v.len != 10)
        return false;
    memcpy(out, v.data, 10);
    out[10] = '\0';
    return true;
}

static msh_err read_item(saved *s, const msh_json *j)
{
    uint64_t ms;
    int word;
    NEED(s->state == WITHIN, "type");
    MSH_TRY(flush_item(s));
    s->item = (msh_item){0};
    msh_item *item = &s->item;
    NEED(msh_saved_uint(j, "n", MSH_SAVED_MOST, &item->n) && item->n == s->sum.items, "n");
    MSH_TRY(read_path(s, j, item));
    NEED(msh_saved_uint(j, "size", MSH_SAVED_MOST, &item->size), "size");
    MSH_TRY(read_hash(s, j, "sha256", &item->has_sha256, item->sha256));
    MSH_TRY(read_hash(s, j, "sm3", &item->has_sm3, item->sm3));
    NEED(keep(&s->item_arena, j, "format", 100, &item->format), "format");
    NEED(msh_saved_word(j, "verdict", MSH_SAVED_VERDICT, &word), "verdict");
    item->verdict = (msh_verdict)word;
    NEED(msh_saved_word(j, "outcome", MSH_SAVED_OUTCOME, &word), "outcome");
    item->outcome = (msh_outcome)word;
    NEED(keep_if(&s->item_arena, j, "reason", 63, &item->reason) &&
             msh_saved_is_reason(item->reason),
         "reason");
    NEED(msh_saved_uint(j, "findings", MSH_SAVED_MOST, &item->findings), "findings");
    NEED(msh_saved_uint(j, "ms", UINT32_MAX, &ms), "ms");
    item->ms = (uint32_t)ms;
    if (msh_json_get(j, "optical"))
        NEED(msh_saved_bool(j, "optical", &item->optical), "optical");
    if (msh_json_get(j, "optical_page"))
        NEED(msh_saved_bool(j, "optical_page", &item->optical_page), "optical_page");
    if (msh_json_get(j, "waived"))
        NEED(msh_saved_uint(j, "waived", MSH_SAVED_MOST, &item->waived), "waived");
    if (msh_json_get(j, "statement")) {
        NEED(msh_saved_uint(j, "statement", MSH_SAVED_MOST, &item->statement), "statement");
        NEED(read_day(j, "covered_till", item->covered_till), "covered_till");
        item->covered = true;
    }
    s->has_item = true;
    return count_item(s);
}

/* --- what belongs to an item -------------------------------------------------------------------
 */

static bool read_place(saved *s, const msh_json *j, msh_place *p)
{
    uint64_t page = 0, line = 0, column = 0;
    int role;
    *p = (msh_place){.offset = MSH_NO_POSITION};
    if (!j || j->type != MSH_JSON_OBJECT || !keep(&s->item_arena, j, "vpath", 1 << 20, &p->vpath) ||
        !msh_saved_word(j, "role", MSH_SAVED_ROLE, &role) ||
        !msh_saved_uint_if(j, "page", UINT32_MAX, &page) ||
        !msh_saved_uint_if(j, "line", UINT32_MAX, &line) ||
        !msh_saved_uint_if(j, "column", UINT32_MAX, &column) ||
        !msh_saved_uint_if(j, "offset", MSH_SAVED_MOST, &p->offset) ||
        !msh_saved_cell(j, &p->cell_row, &p->cell_col) ||
        !keep_if(&s->item_arena, j, "sheet", 1 << 16, &p->sheet) ||
        !keep_if(&s->item_arena, j, "name", 1 << 20, &p->name))
        return false;
    p->role = (msh_role)role;
    p->page = (uint32_t)page;
    p->line = (uint32_t)line;
    p->column = (uint32_t)column;
    return true;
}

/* Room for one more; the old array stays in the arena, which is emptied with the item. */
static void *grow(msh_arena *a, void *old, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return old;
    size_t more = *cap ? *cap * 2 : 4;
    void *p = msh_arena_calloc(a, more, size);
    if (p && n)
        memcpy(p, old, n * size);
    if (p)
        *cap = more;
    return p;
}

static msh_err read_more(saved *s, const msh_json *j, msh_finding *f)
{
    const msh_json *list = msh_json_get(j, "more");
    if (!list)
        return MSH_OK;
    NEED(list->type == MSH_JSON_ARRAY, "more");
    msh_place *more = msh_arena_calloc(&s->item_arena, MAX_MORE, sizeof *more);
    if (!more)
        return MSH_E_MEMORY;
    f->more = more;
    for (const msh_json *p = list->child; p; p = p->next)
        NEED(f->n_more < MAX_MORE && read_place(s, p, &more[f->n_more++]), "more");
    return MSH_OK;
}

static void add_rule_words(const saved *s, msh_finding *f)
{
    const saved_rule *r = msh_table_get(s->rules, f->rule);
    if (!r)
        return;
    f->rule_name_en = r->name_en;
    f->explain = r->explain;
    f->explain_en = r->explain_en;
    f->advice = r->advice;
    f->advice_en = r->advice_en;
    f->basis = r->basis;
    f->basis_en = r->basis_en;
    f->pack = r->pack;
    f->pack_version = r->pack_version;
}

static msh_err read_finding(saved *s, const msh_json *j)
{
    uint64_t n, length;
    int tier;
    msh_view fp;
    NEED(s->has_item && msh_saved_uint(j, "item", MSH_SAVED_MOST, &n) && n == s->item.n, "item");
    NEED(s->n_findings < MAX_LISTED, "findings");
    NEED(s->n_findings < s->item.findings, "findings");
    msh_finding *all =
        grow(&s->item_arena, s->findings, s->n_findings, &s->cap_findings, sizeof *all);
    if (!all)
        return MSH_E_LIMIT_BUFFER;
    s->findings = all;
    msh_finding *f = &all[s->n_findings];
    *f = (msh_finding){0};
    NEED(keep(&s->item_arena, j, "rule", 64, &f->rule) && f->rule.len, "rule");
    NEED(keep(&s->item_arena, j, "name", 1000, &f->rule_name), "name");
    NEED(keep(&s->item_arena, j, "category", 200, &f->category), "category");
    NEED(msh_saved_word(j, "tier", MSH_SAVED_TIER, &tier), "tier");
    f->tier = (msh_tier)tier;
    NEED(read_place(s, msh_json_get(j, "place"), &f->place), "place");
    MSH_TRY(read_more(s, j, f));
    NEED(msh_saved_uint(j, "count", MSH_SAVED_MOST, &f->count) && f->count, "count");
    NEED(msh_saved_uint(j, "length", UINT32_MAX, &length), "length");
    f->length = (uint32_t)length;
    NEED(keep(&s->item_arena, j, "excerpt", 400, &f->excerpt), "excerpt");
    NEED(msh_saved_text(j, "fp", 32, &fp) && msh_saved_is_hex(fp, 32), "fp");
    memcpy(f->fp, fp.data, fp.len);
    if (msh_json_get(j, "waiver")) {
        NEED(msh_saved_uint(j, "waiver", MSH_SAVED_MOST, &f->waiver), "waiver");
        NEED(read_day(j, "waived_till", f->waived_till), "waived_till");
        f->waived = true;
    }
    add_rule_words(s, f);
    s->item.tier_counts[f->tier]++;
    s->n_findings++;
    return MSH_OK;
}

static msh_err read_outcome(saved *s, const msh_json *j)
{
    uint64_t n;
    int word;
    NEED(s->has_item && msh_saved_uint(j, "item", MSH_SAVED_MOST, &n) && n == s->item.n, "item");
    NEED(s->n_outcomes < MAX_OUTCOMES, "outcome");
    msh_outcome_note *all =
        grow(&s->item_arena, s->outcomes, s->n_outcomes, &s->cap_outcomes, sizeof *all);
    if (!all)
        return MSH_E_LIMIT_BUFFER;
    s->outcomes = all;
    msh_outcome_note *o = &all[s->n_outcomes];
    *o = (msh_outcome_note){0};
    NEED(msh_saved_word(j, "outcome", MSH_SAVED_OUTCOME, &word), "outcome");
    o->outcome = (msh_outcome)word;
    NEED(keep(&s->item_arena, j, "reason", 63, &o->reason) && msh_saved_is_reason(o->reason),
         "reason");
    NEED(msh_saved_uint_if(j, "reached", MSH_SAVED_MOST, &o->reached), "reached");
    NEED(read_place(s, msh_json_get(j, "place"), &o->place), "place");
    s->n_outcomes++;
    return MSH_OK;
}

/* What is said of a rule, before its first finding. */
static msh_err read_rule(saved *s, const msh_json *j)
{
    msh_view id;
    NEED(s->state == WITHIN, "type");
    NEED(msh_saved_text(j, "id", 64, &id) && id.len, "id");
    NEED(!msh_table_get(s->rules, id) && msh_table_count(s->rules) < MAX_RULES, "id");
    saved_rule *r = msh_arena_calloc(&s->run, 1, sizeof *r);
    if (!r)
        return MSH_E_MEMORY;
    const struct {
        const char *key;
        msh_view *to;
    } words[] = {{"name_en", &r->name_en},          {"explain", &r->explain},
                 {"explain_en", &r->explain_en},    {"advice", &r->advice},
                 {"advice_en", &r->advice_en},      {"basis", &r->basis},
                 {"basis_en", &r->basis_en},        {"pack", &r->pack},
                 {"pack_version", &r->pack_version}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        NEED(keep_if(&s->run, j, words[i].key, 8000, words[i].to), words[i].key);
    return msh_table_put(s->rules, id, r, NULL);
}

/* --- the last line
 * -------------------------------------------------------------------------------- */

static msh_err read_verdicts(saved *s, const msh_json *j)
{
    const msh_json *counts = msh_json_get(j, "verdicts");
    for (int v = MSH_VERDICT_PASS; v <= MSH_VERDICT_BLOCK; v++) {
        uint64_t n;
        NEED(msh_saved_uint(counts, msh_verdict_name((msh_verdict)v), MSH_SAVED_MOST, &n) &&
                 n == s->sum.verdicts[v],
             "verdicts");
    }
    return MSH_OK;
}

static msh_err read_people(saved *s, const msh_json *j)
{
    const msh_json *people = msh_json_get(j, "people");
    if (people)
        NEED(msh_saved_uint(people, "repeated", MSH_SAVED_MOST, &s->sum.people_repeated) &&
                 msh_saved_uint(people, "most", MSH_SAVED_MOST, &s->sum.people_most) &&
                 msh_saved_bool(people, "at_least", &s->sum.people_least),
             "people");
    return MSH_OK;
}

static msh_err read_summary(saved *s, const msh_json *j)
{
    uint64_t items, bytes, findings, code;
    msh_run_summary *sum = &s->sum;
    const msh_json *log = msh_json_get(j, "log");
    NEED(s->state == WITHIN, "type");
    MSH_TRY(flush_item(s));
    NEED(msh_saved_uint(j, "items", MSH_SAVED_MOST, &items) && items == sum->items, "items");
    NEED(msh_saved_uint(j, "bytes", MSH_SAVED_MOST, &bytes) && bytes == sum->bytes, "bytes");
    NEED(msh_saved_uint(j, "findings", MSH_SAVED_MOST, &findings) && findings == sum->findings,
         "findings");
    MSH_TRY(read_verdicts(s, j));
    MSH_TRY(read_people(s, j));
    if (msh_json_get(j, "waived"))
        NEED(msh_saved_uint(j, "waived", sum->findings, &sum->waived), "waived");
    if (msh_json_get(j, "covered"))
        NEED(msh_saved_uint(j, "covered", sum->verdicts[MSH_VERDICT_NOT_INSPECTED], &sum->covered),
             "covered");
    NEED(msh_saved_bool(j, "complete", &sum->complete), "complete");
    if (msh_json_get(j, "stopped"))
        NEED(msh_saved_bool(j, "stopped", &sum->stopped), "stopped");
    NEED(msh_saved_uint(j, "exit", 255, &code), "exit");
    sum->exit = (int)code;
    NEED(msh_saved_uint(j, "ms", MSH_SAVED_MOST, &sum->ms), "ms");
    NEED(keep_str(&s->run, j, "finished", 27, &sum->finished) && msh_saved_is_time(sum->finished),
         "finished");
    NEED(keep_str(&s->run, log, "origin", 255, &sum->log_origin) &&
             msh_saved_uint(log, "size", MSH_SAVED_MOST, &sum->log_size) &&
             keep_str(&s->run, log, "root", 44, &sum->log_root),
         "log");
    s->state = AFTER;
    return s->to->end ? s->to->end(s->to->ctx, sum) : MSH_OK;
}

/* --- lines
 * ---------------------------------------------------------------------------------------- */

static msh_err read_line(saved *s, msh_view line)
{
    static const struct {
        const char *type;
        msh_err (*read)(saved *s, const msh_json *j);
    } kinds[] = {{"run", read_run},         {"item", read_item}, {"finding", read_finding},
                 {"outcome", read_outcome}, {"rule", read_rule}, {"summary", read_summary}};
    msh_json *j = NULL;
    s->line_no++;
    msh_arena_reset(&s->scratch);
    msh_err err = msh_json_read(&s->scratch, line, 0, &j, NULL);
    if (err == MSH_E_MEMORY)
        return msh_fail(s->why, err, "report");
    NEED(err == MSH_OK && j->type == MSH_JSON_OBJECT, "JSON");
    msh_view type = msh_json_text(msh_json_get(j, "type"));
    NEED(type.len && s->state != AFTER, "type");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (msh_view_eq_str(type, kinds[i].type))
            return kinds[i].read(s, j);
    NEED(s->state == WITHIN, "type");
    return MSH_OK; /* a later version's */
}

/* Whole lines of the buffer; what is left moves to its front. */
static msh_err read_lines(saved *s, msh_buf *b)
{
    size_t at = 0;
    for (;;) {
        const uint8_t *from = b->data + at;
        const uint8_t *end = b->len > at ? memchr(from, '\n', b->len - at) : NULL;
        if (!end)
            break;
        MSH_TRY(read_line(s, msh_view_of(from, (size_t)(end - from))));
        at += (size_t)(end - from) + 1;
    }
    if (at && at < b->len)
        memmove(b->data, b->data + at, b->len - at);
    b->len -= at;
    return MSH_OK;
}

static msh_err read_all(saved *s, const msh_saved_from *from, msh_buf *b)
{
    for (;;) {
        size_t got = 0;
        uint8_t *room = msh_buf_room(b, STEP);
        if (!room)
            return msh_fail(s->why, msh_buf_err(b),
                            "第 %" PRIu64 " 行太长 / line %" PRIu64 " is too long", s->line_no + 1,
                            s->line_no + 1);
        MSH_TRY(from->read(from->ctx, room, STEP, &got));
        if (got == 0)
            break;
        msh_buf_grew(b, got);
        MSH_TRY(read_lines(s, b));
    }
    if (b->len || s->state != AFTER)
        return msh_fail(
            s->why, MSH_E_SHORT,
            "没有最后一行，这次检查没有做完，或者文件被截短 / no last line: the run was "
            "not finished, or the file was cut");
    return MSH_OK;
}

msh_err msh_saved_read(const msh_saved_from *from, const msh_saved_to *to, msh_error *why)
{
    saved s = {.to = to, .why = why};
    msh_buf b;
    msh_buf_init(&b, LINE_MOST + STEP);
    msh_arena_init(&s.run, RUN_CEILING);
    msh_arena_init(&s.item_arena, ITEM_CEILING);
    msh_arena_init(&s.scratch, SCRATCH_CEILING);
    s.rules = msh_table_new();
    msh_err err = s.rules ? read_all(&s, from, &b) : MSH_E_MEMORY;
    if (err != MSH_OK)
        err = msh_fail_kept(why, err, "report");
    msh_table_free(s.rules, NULL);
    msh_arena_dispose(&s.run);
    msh_arena_dispose(&s.item_arena);
    msh_arena_dispose(&s.scratch);
    msh_buf_dispose(&b);
    return err;
}

/* --- to a form
 * ------------------------------------------------------------------------------------ */

static msh_err form_begin(void *ctx, const msh_run_info *run)
{
    msh_report_run *r = ctx;
    return r->form->begin(r, run);
}

static msh_err form_item(void *ctx, const msh_item *item, const msh_finding *findings,
                         size_t n_findings, const msh_outcome_note *outcomes, size_t n_outcomes)
{
    msh_report_run *r = ctx;
    return r->form->item(r, item, findings, n_findings, outcomes, n_outcomes);
}

static msh_err form_end(void *ctx, const msh_run_summary *summary)
{
    msh_report_run *r = ctx;
    return r->form->end(r, summary);
}

msh_saved_to msh_saved_to_form(msh_report_run *r)
{
    return (msh_saved_to){r, form_begin, form_item, form_end};
}
