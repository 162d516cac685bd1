/* kind_digest.c: {kind: digest, file: received.register}: titles and numbers that are kept as keyed
 * digests only (register.h).
 *
 * Over the folded text four characters that count at a time are looked up (blanks, punctuation and
 * line ends between them do not count, so a title broken over lines is found); where a tag is
 * known, the whole title is gathered around it and its MAC compared. Work for MACs is bounded: past
 * it the text is said to be not wholly read (MSH_E_LIMIT_REGEX). */
#include "rule/kind.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"
#include "rule/chars.h"
#include "rule/register.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MACS_MOST = 100000, /* in one view */
    SKIP_MOST = 4096,   /* bytes that do not count inside a title */
    FILTER_BITS = 16,
    W = MSH_REGISTER_WINDOW
};

typedef struct digest_state {
    msh_register_keys keys;
    msh_register_entry *entries; /* by tag, then length */
    size_t n, cap;
    uint32_t today;
    uint64_t filter[(1 << FILTER_BITS) / 64]; /* of the low bits of tags */
} digest_state;

/* --- reading the register -------------------------------------------------------------------- */

static msh_err refuse_line(const msh_kind_compile *c, const msh_node *at, size_t line,
                           msh_error *why)
{
    char zh[160], en[120];
    (void)snprintf(zh, sizeof zh, "登记簿第 %zu 行有误，请用 mishen rules digest 重新生成", line);
    (void)snprintf(en, sizeof en, "line %zu of the register is wrong, make it anew", line);
    return c->refuse(c->ctx, at, zh, en, why);
}

static bool keep(const msh_kind_compile *c, digest_state *s, const msh_register_entry *e)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 64;
        msh_register_entry *list = msh_arena_calloc(c->arena, cap, sizeof *list);
        if (!list)
            return false;
        if (s->n)
            memcpy(list, s->entries, s->n * sizeof *list);
        s->entries = list;
        s->cap = cap;
    }
    s->entries[s->n++] = *e;
    uint32_t bit = e->tag & ((1u << FILTER_BITS) - 1);
    s->filter[bit >> 6] |= (uint64_t)1 << (bit & 63);
    return true;
}

static int by_tag(const void *a, const void *b)
{
    const msh_register_entry *x = a, *y = b;
    if (x->tag != y->tag)
        return x->tag < y->tag ? -1 : 1;
    return x->length < y->length ? -1 : x->length > y->length;
}

static msh_err read_register(const msh_kind_compile *c, const msh_node *at, msh_view bytes,
                             digest_state *s, msh_error *why)
{
    msh_register_reader r = {.in = bytes};
    bool salted = false, checked = false;
    for (;;) {
        switch (msh_register_next(&r)) {
        case MSH_REGISTER_END:
            if (!checked || s->n == 0)
                return refuse_line(c, at, r.line, why);
            qsort(s->entries, s->n, sizeof *s->entries, by_tag);
            return MSH_OK;
        case MSH_REGISTER_SALT:
            if (salted)
                return refuse_line(c, at, r.line, why);
            salted = true;
            msh_register_derive(c->register_key, msh_view_of(r.bytes, sizeof r.bytes), &s->keys);
            break;
        case MSH_REGISTER_CHECK:
            if (!salted || memcmp(r.bytes, s->keys.check, sizeof r.bytes) != 0)
                return c->refuse(c->ctx, at,
                                 "登记簿不是用本机的钥匙（状态目录下的 register.key）做的，"
                                 "用它查不到任何东西",
                                 "the register was made with another key (register.key in the "
                                 "state folder); nothing would be found",
                                 why);
            checked = true;
            break;
        case MSH_REGISTER_ENTRY:
            if (!checked)
                return refuse_line(c, at, r.line, why);
            if (!keep(c, s, &r.entry))
                return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
            break;
        default:
            return refuse_line(c, at, r.line, why);
        }
    }
}

static msh_err compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    msh_view file = {NULL, 0};
    MSH_TRY(msh_node_text(c, find, "file", &file, why));
    if (file.len == 0)
        return c->refuse(c->ctx, find, "digest 需要 file：登记簿文件名",
                         "digest needs file: the name of a register", why);
    const msh_node *at = msh_node_get(find, "file");
    if (!c->register_key)
        return c->refuse(c->ctx, at,
                         "没有登记簿的钥匙（状态目录下的 register.key）；它由 mishen rules digest "
                         "生成，换机时要一起拷贝",
                         "there is no key for registers (register.key in the state folder); "
                         "mishen rules digest makes it",
                         why);
    digest_state *s = msh_arena_calloc(c->arena, 1, sizeof *s);
    if (!s)
        return msh_fail(why, MSH_E_MEMORY, "内存不足 / out of memory");
    msh_buf bytes;
    msh_buf_init(&bytes, (size_t)c->limits->rule_file);
    msh_err err = c->read_list(c->ctx, file, &bytes, why);
    if (err == MSH_OK)
        err = read_register(c, at, msh_buf_view(&bytes), s, why);
    msh_buf_dispose(&bytes);
    *state = s;
    return err;
}

static void set_day(void *state, uint32_t today)
{
    ((digest_state *)state)->today = today;
}

/* --- searching ------------------------------------------------------------------------------- */

typedef struct search {
    const digest_state *s;
    msh_view text;
    const msh_kind_out *out;
    size_t macs;
} search;

typedef struct title {
    size_t start, end; /* in the text */
    uint8_t normal[4 * MSH_REGISTER_MOST];
    size_t len;
} title;

/* The title of `length` characters whose window begins at `at`; false when there is not enough. */
static bool gather(msh_view t, size_t at, uint32_t length, title *out)
{
    size_t skipped = 0, from;
    out->start = at;
    for (uint32_t left = msh_register_window_at(length); left > 0; at = from) {
        uint32_t cp = msh_chars_before(t, at, &from);
        if (from == at || skipped > SKIP_MOST)
            return false;
        if (msh_register_counts(cp)) {
            left--;
            out->start = from;
        } else {
            skipped += at - from;
        }
    }
    size_t len;
    out->len = 0;
    for (at = out->start; length > 0; at += len) {
        uint32_t cp = msh_chars_at(t, at, &len);
        if (len == 0 || skipped > SKIP_MOST)
            return false;
        if (!msh_register_counts(cp)) {
            skipped += len;
            continue;
        }
        memcpy(out->normal + out->len, t.data + at, len);
        out->len += len;
        out->end = at + len;
        length--;
    }
    return true;
}

static msh_err look(search *w, const msh_register_entry *e, size_t at)
{
    title found;
    uint8_t mac[MSH_REGISTER_MAC];
    if ((e->until && w->s->today > e->until) || !gather(w->text, at, e->length, &found))
        return MSH_OK;
    if (++w->macs > MACS_MOST)
        return MSH_E_LIMIT_REGEX;
    msh_register_mac(&w->s->keys, msh_view_of(found.normal, found.len), mac);
    if (memcmp(mac, e->mac, sizeof mac) != 0)
        return MSH_OK;
    msh_candidate c = {.start = found.start, .end = found.end};
    c.normal = msh_arena_copy(w->out->scratch, msh_view_of(found.normal, found.len));
    c.excerpt = msh_mask(w->out->scratch, c.normal, 0, 0, "█");
    if (!c.normal.data || !c.excerpt.data)
        return MSH_E_MEMORY;
    return w->out->found(w->out->ctx, &c);
}

/* All entries with the tag of the window that begins at `at`. */
static msh_err look_up(search *w, uint32_t tag, size_t at)
{
    const digest_state *s = w->s;
    uint32_t bit = tag & ((1u << FILTER_BITS) - 1);
    if (!(s->filter[bit >> 6] >> (bit & 63) & 1))
        return MSH_OK;
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->entries[mid].tag < tag)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < s->n && s->entries[low].tag == tag; low++)
        MSH_TRY(look(w, &s->entries[low], at));
    return MSH_OK;
}

static msh_err scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                    size_t n_hits, const msh_kind_out *out)
{
    search w = {.s = state, .text = t->text, .out = out};
    uint32_t window[W] = {0};
    size_t starts[W] = {0}, seen = 0, len;
    (void)hits;
    (void)n_hits;
    for (size_t at = 0; at < t->text.len; at += len) {
        uint32_t cp = msh_chars_at(t->text, at, &len);
        if (!msh_register_counts(cp))
            continue;
        memmove(window, window + 1, (W - 1) * sizeof *window);
        memmove(starts, starts + 1, (W - 1) * sizeof *starts);
        window[W - 1] = cp;
        starts[W - 1] = at;
        if (++seen >= W)
            MSH_TRY(look_up(&w, msh_register_tag(&w.s->keys, window), starts[0]));
    }
    return MSH_OK;
}

extern const msh_kind msh_kind_digest;
const msh_kind msh_kind_digest = {.name = "digest",
                                  .views = 1u << MSH_VIEW_FOLDED,
                                  .compile = compile,
                                  .day = set_day,
                                  .scan = scan};
