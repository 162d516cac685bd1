/* kind_table.c: lists of people by their heads (姓名, 身份证号, 手机 …) and rows, and lists of
 * coordinates. domain.md section 5.
 *
 * Whole identity numbers, cards or private mobile numbers in a list block; health, addresses down
 * to the house and full birth dates with names are for people to look at. Masked columns, empty
 * forms, contacts of offices and results of tenders pass. Counts rows, never keeps values. */
#include "rule/kind.h"

#include "base/err.h"
#include "rule/chars.h"
#include "rule/table_rows.h"

typedef struct table_state {
    bool coordinates;
    uint64_t rows; /* least rows of a list */
} table_state;

/* A list that goes on in the next window. */
typedef struct table_item {
    msh_rows rows;
    uint64_t told; /* rows */
    size_t left;   /* source bytes from the line to go on with to the end of the window */
    bool topic;
} table_item;

enum { TEXT_MORE = 1, TEXT_CONTINUED = 2, EXCERPT_MOST = 20 };

enum { TOPIC_BEFORE = 600, MOBILE_ROWS = 5, COORDINATE_ROWS = 5, COORDINATE_LINES = 400 };

static size_t folded_at(const msh_kind_text *t, size_t at)
{
    return t->to_folded ? (size_t)msh_map_step(t->to_folded, at) : at;
}

/* --- people -------------------------------------------------------------------------------------
 */

static bool has_topic(msh_view f, const msh_rows *r)
{
    static const char *const topics[] = {
        "低保",   "特困", "救助", "补贴", "补助",   "资助", "危房改造", "残疾",   "优抚", "学生",
        "贫困户", "幼儿", "儿童", "新生", "未成年", "患者", "病人",     "信访人", NULL};
    size_t from = r->head > TOPIC_BEFORE ? r->head - TOPIC_BEFORE : 0;
    return msh_chars_any(f, from, r->head_end, topics);
}

static bool has_column(const msh_rows *r, msh_column k)
{
    for (size_t i = 0; i < r->columns; i++)
        if (r->column[i] == k)
            return true;
    return false;
}

static msh_tier judge_people(const table_state *st, bool topic, const msh_rows *r)
{
    const uint64_t *w = r->whole;
    uint64_t least = st->rows;
    bool office = has_column(r, MSH_COLUMN_OFFICE);
    bool named = w[MSH_COLUMN_NAME] >= least;
    if (w[MSH_COLUMN_ID] >= least ||
        ((w[MSH_COLUMN_BANK] >= least || w[MSH_COLUMN_PAPER] >= least) && named))
        return MSH_TIER_BLOCK;
    if (w[MSH_COLUMN_ID] > 0)
        return MSH_TIER_REVIEW;
    msh_tier tier = 0;
    if (named && w[MSH_COLUMN_PHONE] >= least && !(office && !topic))
        tier = w[MSH_COLUMN_PHONE] >= MOBILE_ROWS || topic ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
    if (!named || tier == MSH_TIER_BLOCK)
        return tier;
    bool house = w[MSH_COLUMN_ADDRESS] >= least, birth = w[MSH_COLUMN_BIRTH] >= least;
    bool health = w[MSH_COLUMN_HEALTH] >= least, poor = w[MSH_COLUMN_POOR] >= least;
    if (house && !office)
        tier = topic && (birth || health) ? MSH_TIER_BLOCK : MSH_TIER_REVIEW;
    else if (health || w[MSH_COLUMN_FAITH] >= least || (birth && (poor || house)))
        tier = MSH_TIER_REVIEW;
    else if (!office && (w[MSH_COLUMN_PLATE] >= least || (topic && w[MSH_COLUMN_MAIL] >= least)))
        tier = MSH_TIER_REVIEW;
    return tier;
}

static const char *const names[MSH_COLUMN_KINDS] = {
    [MSH_COLUMN_NAME] = "姓名",      [MSH_COLUMN_ID] = "身份证号",  [MSH_COLUMN_PHONE] = "手机",
    [MSH_COLUMN_BANK] = "卡号",      [MSH_COLUMN_ADDRESS] = "住址", [MSH_COLUMN_HEALTH] = "健康",
    [MSH_COLUMN_POOR] = "困难",      [MSH_COLUMN_BIRTH] = "出生",   [MSH_COLUMN_PAPER] = "证件",
    [MSH_COLUMN_FAITH] = "宗教信仰", [MSH_COLUMN_PLATE] = "车牌",   [MSH_COLUMN_MAIL] = "邮箱",
};

/* "姓名、身份证号": the heads that count, for the normalised match. */
static msh_err put_heads(const msh_rows *r, msh_buf *b)
{
    bool seen[MSH_COLUMN_KINDS] = {false};
    for (size_t i = 0; i < r->columns; i++) {
        msh_column k = r->column[i];
        if (!names[k] || seen[k] || r->whole[k] == 0)
            continue;
        seen[k] = true;
        msh_buf_printf(b, "%s%s", b->len ? "、" : "", names[k]);
    }
    return msh_buf_err(b);
}

/* "500行 身份证号498": rows, and whole values by column, as far as they have room. */
static msh_err put_counts(const msh_rows *r, msh_buf *b)
{
    static const msh_column order[] = {MSH_COLUMN_ID,    MSH_COLUMN_BANK,    MSH_COLUMN_PAPER,
                                       MSH_COLUMN_PHONE, MSH_COLUMN_ADDRESS, MSH_COLUMN_HEALTH,
                                       MSH_COLUMN_FAITH, MSH_COLUMN_BIRTH,   MSH_COLUMN_PLATE,
                                       MSH_COLUMN_MAIL,  MSH_COLUMN_POOR};
    msh_buf_printf(b, "%llu行%s", (unsigned long long)r->rows, r->open ? "以上" : "");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        uint64_t n = r->whole[order[i]];
        size_t before = b->len;
        if (n)
            msh_buf_printf(b, " %s%llu", names[order[i]], (unsigned long long)n);
        if (msh_buf_err(b) == MSH_OK && msh_chars_count(msh_buf_view(b)) > EXCERPT_MOST)
            b->len = before;
    }
    return msh_buf_err(b);
}

static msh_err report(size_t start, size_t end, const msh_rows *r, msh_tier tier, uint64_t count,
                      const msh_kind_out *out)
{
    msh_buf b;
    msh_buf_init(&b, 512);
    msh_err err = put_heads(r, &b);
    msh_view heads = msh_arena_copy(out->scratch, msh_buf_view(&b));
    msh_buf_reset(&b);
    if (err == MSH_OK)
        err = put_counts(r, &b);
    msh_view excerpt = msh_arena_copy(out->scratch, msh_buf_view(&b));
    msh_buf_dispose(&b);
    if (err != MSH_OK || !heads.data || !excerpt.data)
        return err != MSH_OK ? err : MSH_E_MEMORY;
    msh_candidate c = {.start = start,
                       .end = end,
                       .normal = heads,
                       .excerpt = excerpt,
                       .tier = tier,
                       .raises = true,
                       .no_context = true,
                       .count = count};
    return out->found(out->ctx, &c);
}

/* --- lists over several windows ----------------------------------------------------------------
 */

static size_t source_at(const msh_kind_text *t, size_t folded)
{
    return (size_t)msh_map_source(t->folded->to_source, folded);
}

/* The first line of the folded view that begins at or behind a byte of the source. */
static size_t line_from(const msh_kind_text *t, size_t source)
{
    size_t low = 0, high = t->text.len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (source_at(t, mid) < source)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0 || t->text.data[low - 1] == '\n')
        return low;
    const uint8_t *p =
        low < t->text.len ? memchr(t->text.data + low, '\n', t->text.len - low) : NULL;
    return p ? (size_t)(p - t->text.data) + 1 : t->text.len;
}

static void keep_open(table_item *item, const msh_kind_text *t, const msh_rows *r, bool topic)
{
    if (!r->open || t->unescaped)
        return;
    size_t at = r->next < t->folded->text.len ? source_at(t, r->next) : t->from->bytes.len;
    item->rows = *r;
    item->topic = topic;
    item->told = r->rows;
    item->left = t->from->bytes.len > at ? t->from->bytes.len - at : 0;
}

/* The list that the window before left open. */
static msh_err go_on(const table_state *st, table_item *item, const msh_kind_text *t,
                     const msh_kind_out *out)
{
    msh_rows *r = &item->rows;
    if (t->view != MSH_VIEW_FOLDED || t->unescaped || !r->open)
        return MSH_OK;
    size_t overlap = t->from->overlap;
    size_t at = line_from(t, overlap > item->left ? overlap - item->left : overlap);
    uint64_t told = item->told >= st->rows && judge_people(st, item->topic, r) ? item->told : 0;
    r->end = at;
    msh_rows_go_on(t->text, at, t->from->flags & TEXT_MORE, r);
    msh_rows now = *r;
    item->rows.open = false;
    keep_open(item, t, &now, item->topic);
    msh_tier tier = now.rows >= st->rows ? judge_people(st, item->topic, &now) : 0;
    if (tier == 0 || now.end <= at)
        return MSH_OK;
    size_t start, end;
    msh_line_at(t->text, now.end, &start, &end);
    return report(start, now.end, &now, tier, now.rows - told, out);
}

/* Each line of heads once; a list is read once, so that the whole stays linear. A line of heads
 * that the window before saw whole is that one's. */
static msh_err scan_people(const table_state *st, table_item *item, const msh_kind_text *t,
                           const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out)
{
    msh_view f = t->folded->text;
    bool more = t->from->flags & TEXT_MORE, continued = t->from->flags & TEXT_CONTINUED;
    size_t done = 0;
    if (!continued && t->view == MSH_VIEW_FOLDED)
        item->rows.open = false;
    for (size_t i = 0; i < n_hits; i++) {
        size_t at = folded_at(t, hits[i].start), start, end;
        if (at < done)
            continue;
        msh_line_at(f, at, &start, &end);
        done = end;
        if (continued && end < f.len && source_at(t, end) < t->from->overlap)
            continue;
        msh_rows r;
        if (!msh_rows_read(f, start, end, more, &r))
            continue;
        bool topic = has_topic(f, &r);
        keep_open(item, t, &r, topic);
        if (r.rows < st->rows)
            continue;
        done = r.end;
        msh_tier tier = judge_people(st, topic, &r);
        bool split = continued && source_at(t, start) < t->from->overlap && !t->to_folded;
        if (tier)
            MSH_TRY(report(split ? start : hits[i].start, split ? end : hits[i].end, &r, tier,
                           r.rows, out));
    }
    return MSH_OK;
}

/* --- coordinates --------------------------------------------------------------------------------
 */

/* Numbers with four digits and more before the point and three and more behind it. */
static unsigned planar_numbers(msh_view line)
{
    unsigned n = 0;
    size_t whole = 0, i = 0;
    for (; i < line.len; i++) {
        if (msh_chars_is_digit(line.data[i])) {
            whole++;
            continue;
        }
        size_t part = 0;
        while (line.data[i] == '.' && i + 1 + part < line.len &&
               msh_chars_is_digit(line.data[i + 1 + part]))
            part++;
        n += whole >= 5 && part >= 3;
        i += part;
        whole = 0;
    }
    return n;
}

static msh_err scan_coordinates(const msh_kind_text *t, const msh_literal_hit *hits, size_t n_hits,
                                const msh_kind_out *out)
{
    size_t done = 0;
    for (size_t i = 0; i < n_hits; i++) {
        if (hits[i].start < done)
            continue;
        msh_rows r = {.columns = 3};
        size_t at = hits[i].start, end;
        for (unsigned n = 0; n < COORDINATE_LINES && at < t->text.len; n++, at = end + 1) {
            const uint8_t *p = memchr(t->text.data + at, '\n', t->text.len - at);
            end = p ? (size_t)(p - t->text.data) : t->text.len;
            r.rows += planar_numbers(msh_view_cut(t->text, at, end - at)) >= 2;
        }
        done = at;
        if (r.rows < COORDINATE_ROWS)
            continue;
        msh_candidate c = {.start = hits[i].start, .end = hits[i].end, .no_context = true};
        MSH_TRY(out->found(out->ctx, &c));
    }
    return MSH_OK;
}

/* --- the kind -----------------------------------------------------------------------------------
 */

static msh_err table_scan(const void *state, void *item, const msh_kind_text *t,
                          const msh_literal_hit *hits, size_t n_hits, const msh_kind_out *out)
{
    const table_state *st = state;
    if (st->coordinates)
        return scan_coordinates(t, hits, n_hits, out);
    return n_hits ? scan_people(st, item, t, hits, n_hits, out) : go_on(st, item, t, out);
}

static const char *const people[] = {"姓名", "户主",   "身份证", "证件号", "公民身份", "监护人",
                                     "手机", "持卡人", "申请人", "住址",   "护照",     NULL};
static const char *const systems[] = {"cgcs2000", "2000国家大地", "西安80",   "80西安", "1980西安",
                                      "北京54",   "54北京",       "1954北京", NULL};

/* find: {kind: table, what: people|coordinates, rows: 3} */
static msh_err table_compile(const msh_kind_compile *c, msh_node *find, void **state,
                             msh_error *why)
{
    table_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    msh_view what = MSH_VIEW("people");
    st->rows = 3;
    MSH_TRY(msh_node_text(c, find, "what", &what, why));
    MSH_TRY(msh_node_uint(c, find, "rows", (msh_node_range){2, 1000}, &st->rows, why));
    st->coordinates = msh_view_eq_str(what, "coordinates");
    if (!st->coordinates && !msh_view_eq_str(what, "people"))
        return c->refuse(c->ctx, msh_node_get(find, "what"), "应为 people 或 coordinates",
                         "people or coordinates is expected", why);
    for (const char *const *w = st->coordinates ? systems : people; *w; w++)
        MSH_TRY(c->want_literal(c->ctx, msh_view_str(*w), 0));
    *state = st;
    return MSH_OK;
}

const msh_kind msh_kind_table = {
    .name = "table",
    .views = 1u << MSH_VIEW_FOLDED | 1u << MSH_VIEW_JOINED,
    .compile = table_compile,
    .begins = true,
    .item_size = sizeof(table_item),
    .scan_item = table_scan,
};
