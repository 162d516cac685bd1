/* kind_weblink.c: what a web page loads, and where it leads unseen: links to other hosts inside
 * hidden elements (暗链), scripts from hosts nobody knows, forms sent without TLS.
 *
 * domain.md section 5, "site hygiene". Reads the source of pages, folded to small letters. Hosts of
 * public bodies, of counters and of libraries in common use are known; a rule may add its own
 * (known: […]). */
#include "rule/kind.h"

#include "base/err.h"
#include "base/view.h"
#include "rule/chars.h"

#include <string.h>

typedef enum web_what { WEB_HIDDEN, WEB_SCRIPT, WEB_FORM } web_what;

typedef struct web_state {
    web_what what;
    msh_view *known;
    size_t n_known;
} web_state;

enum {
    TAG_MOST = 2000,    /* bytes of a tag */
    INSIDE_MOST = 4000, /* bytes of a hidden element that are looked at */
    ATTRIBUTE_MOST = 300
};

static bool same_letter(uint8_t a, uint8_t b)
{
    return a == b || (a >= 'A' && a <= 'Z' && (a | 32) == b);
}

/* `word` (small letters) stands at `at`, in any case. */
static bool has(msh_view t, size_t at, const char *word)
{
    size_t n = strlen(word);
    if (at + n > t.len)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!same_letter(t.data[at + i], (uint8_t)word[i]))
            return false;
    return true;
}

static size_t seek(msh_view t, size_t from, size_t to, const char *word)
{
    to = to < t.len ? to : t.len;
    for (size_t at = from; at < to; at++)
        if (has(t, at, word))
            return at;
    return SIZE_MAX;
}

/* --- tags ---------------------------------------------------------------------------------------
 */

/* The tag around `at`: its '<' and behind its '>'. */
static bool tag_around(msh_view t, size_t at, size_t *start, size_t *end)
{
    *start = at;
    while (*start > 0 && at - *start < TAG_MOST && t.data[*start] != '<' && t.data[*start] != '>')
        --*start;
    if (t.data[*start] != '<')
        return false;
    for (*end = at + 1; *end < t.len && *end - at < TAG_MOST && t.data[*end] != '<'; ++*end)
        if (t.data[*end] == '>') {
            ++*end;
            return true;
        }
    return false;
}

/* The value of an attribute of the tag [start, end): *from, *to; false when it has none. */
static bool attribute(msh_view t, size_t start, size_t end, const char *name, size_t *from,
                      size_t *to)
{
    size_t n = strlen(name);
    for (size_t at = start; (at = seek(t, at, end, name)) != SIZE_MAX; at += n) {
        uint8_t before = at ? t.data[at - 1] : ' ';
        size_t v = at + n;
        while (v < end && (t.data[v] == ' ' || t.data[v] == '\t'))
            v++;
        if (msh_chars_is_alnum(before) || before == '-' || v >= end || t.data[v] != '=')
            continue;
        for (v++; v < end && strchr(" \t\"'", t.data[v]) && t.data[v]; v++)
            ;
        *from = v;
        while (v < end && v - *from < ATTRIBUTE_MOST && !strchr(" \t\"'>\n", t.data[v]))
            v++;
        *to = v;
        return *to > *from;
    }
    return false;
}

/* The host of an absolute address [from, to); empty for others. */
static msh_view host_of(msh_view t, size_t from, size_t to)
{
    msh_view none = {NULL, 0};
    if (has(t, from, "https://"))
        from += 8;
    else if (has(t, from, "http://"))
        from += 7;
    else if (has(t, from, "//"))
        from += 2;
    else
        return none;
    size_t end = from;
    while (end < to &&
           (msh_chars_is_alnum(t.data[end]) || t.data[end] == '.' || t.data[end] == '-'))
        end++;
    msh_view host = msh_view_cut(t, from, end - from);
    return memchr(host.data, '.', host.len) && host.len > 3 ? host : none;
}

/* host is `domain` or ends with .domain */
static bool is_under(msh_view host, msh_view domain)
{
    if (host.len < domain.len)
        return false;
    size_t at = host.len - domain.len;
    for (size_t i = 0; i < domain.len; i++)
        if (!same_letter(host.data[at + i], domain.data[i]))
            return false;
    return at == 0 || host.data[at - 1] == '.';
}

static bool is_known(const web_state *st, msh_view host)
{
    static const char *const domains[] = {"gov.cn",
                                          "mil.cn",
                                          "edu.cn",
                                          "org.cn",
                                          "ac.cn",
                                          "gov.mo",
                                          "gov.hk",
                                          "12371.cn",
                                          "12377.cn",
                                          "people.com.cn",
                                          "xinhuanet.com",
                                          "news.cn",
                                          "cctv.com",
                                          "qstheory.cn",
                                          "conac.cn",
                                          "cnzz.com",
                                          "51.la",
                                          "baidu.com",
                                          "bdstatic.com",
                                          "bdimg.com",
                                          "qq.com",
                                          "gtimg.cn",
                                          "weixin.com",
                                          "weibo.com",
                                          "weibo.cn",
                                          "sina.com.cn",
                                          "sinaimg.cn",
                                          "163.com",
                                          "126.net",
                                          "sohu.com",
                                          "aliyun.com",
                                          "aliyuncs.com",
                                          "alicdn.com",
                                          "amap.com",
                                          "tianditu.com",
                                          "jiathis.com",
                                          "bshare.cn",
                                          "sogou.com",
                                          "so.com",
                                          "360.cn",
                                          "bootcdn.net",
                                          "bootcss.com",
                                          "staticfile.org",
                                          "staticfile.net",
                                          "jsdelivr.net",
                                          "unpkg.com",
                                          "cdnjs.com",
                                          "cloudflare.com",
                                          "jquery.com",
                                          "googleapis.com",
                                          "gstatic.com",
                                          "google.com",
                                          "googletagmanager.com",
                                          "google-analytics.com",
                                          "github.com",
                                          "github.io",
                                          "githubusercontent.com",
                                          "rust-lang.org",
                                          "w3.org",
                                          "microsoft.com",
                                          "adobe.com",
                                          "mozilla.org",
                                          "wikipedia.org",
                                          "creativecommons.org",
                                          "example.com",
                                          "schema.org",
                                          "polyfill.io",
                                          "fontawesome.com",
                                          "mathjax.org"};
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++)
        if (is_under(host, msh_view_str(domains[i])))
            return true;
    for (size_t i = 0; i < st->n_known; i++)
        if (is_under(host, st->known[i]))
            return true;
    return false;
}

/* --- what is looked for -------------------------------------------------------------------------
 */

static msh_err report(size_t start, size_t end, msh_view host, msh_tier tier,
                      const msh_kind_out *out)
{
    msh_candidate c = {.start = start,
                       .end = end,
                       .normal = host,
                       .excerpt = msh_mask(out->scratch, host, 3, 4, "*"),
                       .tier = tier};
    return c.excerpt.data ? out->found(out->ctx, &c) : MSH_E_MEMORY;
}

enum { HIDES, FAR_OUTSIDE, NOTHING_HIGH };

/* The hit of a style really hides: a place far off the page, a size of 0 or 1 and not 0.5 or 10. */
static bool hides(msh_view t, const msh_literal_hit *hit)
{
    size_t at = hit->end, digits = 0;
    while (at < t.len && msh_chars_is_digit(t.data[at]))
        at++, digits++;
    if (hit->tag == FAR_OUTSIDE)
        return digits >= 3 && digits <= 6;
    return hit->tag == HIDES || (digits == 0 && at < t.len && t.data[at] != '.');
}

/* Where the element that the tag [start, end) begins ends: its first end tag, or a bound. */
static size_t element_end(msh_view t, size_t start, size_t end)
{
    char name[16] = "</";
    size_t n = 2;
    for (size_t at = start + 1; at < end && msh_chars_is_alnum(t.data[at]) && n < 14; at++)
        name[n++] = (char)(t.data[at] | 32);
    size_t close = seek(t, end, end + INSIDE_MOST, name);
    size_t most = t.len - end > INSIDE_MOST ? end + INSIDE_MOST : t.len;
    return close == SIZE_MAX ? most : close;
}

/* Links to unknown hosts in a hidden element, or a hidden link itself. */
static msh_err scan_hidden(const web_state *st, msh_view t, const msh_literal_hit *hit,
                           size_t *done, const msh_kind_out *out)
{
    size_t start, end, from, to;
    if (!tag_around(t, hit->start, &start, &end) || !hides(t, hit))
        return MSH_OK;
    bool link = has(t, start, "<a ");
    size_t stop = link ? end : element_end(t, start, end);
    for (size_t at = link ? start : end; (at = seek(t, at, stop, "<a ")) != SIZE_MAX; at += 3) {
        const uint8_t *close = memchr(t.data + at, '>', stop - at);
        size_t tag_end = close ? (size_t)(close - t.data) + 1 : stop;
        if (at < *done || !attribute(t, at, tag_end, "href", &from, &to))
            continue;
        msh_view host = host_of(t, from, to);
        if (host.len == 0 || is_known(st, host))
            continue;
        *done = tag_end;
        MSH_TRY(report(from, to, host, 0, out));
    }
    return MSH_OK;
}

static msh_err scan_script(const web_state *st, msh_view t, const msh_literal_hit *hit,
                           size_t *done, const msh_kind_out *out)
{
    size_t start, end, from, to;
    if (!tag_around(t, hit->start, &start, &end) || start != hit->start ||
        !attribute(t, start, end, "src", &from, &to))
        return MSH_OK;
    msh_view host = host_of(t, from, to);
    *done = end;
    return host.len && !is_known(st, host) ? report(from, to, host, 0, out) : MSH_OK;
}

/* A form that is sent in the clear; with a password in it that is for people to look at. */
static msh_err scan_form(msh_view t, const msh_literal_hit *hit, size_t *done,
                         const msh_kind_out *out)
{
    size_t start, end, from, to;
    if (!tag_around(t, hit->start, &start, &end) || start != hit->start ||
        !attribute(t, start, end, "action", &from, &to) || !has(t, from, "http://"))
        return MSH_OK;
    msh_view host = host_of(t, from, to);
    *done = end;
    if (host.len == 0)
        return MSH_OK;
    size_t stop = seek(t, end, end + 4 * INSIDE_MOST, "</form");
    stop = stop == SIZE_MAX ? end : stop;
    bool password = seek(t, end, stop, "type=\"password\"") != SIZE_MAX ||
                    seek(t, end, stop, "type='password'") != SIZE_MAX ||
                    seek(t, end, stop, "type=password") != SIZE_MAX;
    return report(from, to, host, password ? 0 : MSH_TIER_INFO, out);
}

static msh_err web_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                        size_t n_hits, const msh_kind_out *out)
{
    const web_state *st = state;
    size_t done = 0;
    for (size_t i = 0; i < n_hits; i++) {
        if (hits[i].start < done)
            continue;
        if (st->what == WEB_HIDDEN)
            MSH_TRY(scan_hidden(st, t->text, &hits[i], &done, out));
        else if (st->what == WEB_SCRIPT)
            MSH_TRY(scan_script(st, t->text, &hits[i], &done, out));
        else
            MSH_TRY(scan_form(t->text, &hits[i], &done, out));
    }
    return MSH_OK;
}

/* find: {kind: weblink, what: hidden|script|form, known: [host, …]} */
static msh_err web_compile(const msh_kind_compile *c, msh_node *find, void **state, msh_error *why)
{
    static const struct {
        const char *word;
        web_what what;
        uint32_t tag;
    } words[] = {{"display:none", WEB_HIDDEN, HIDES},
                 {"display: none", WEB_HIDDEN, HIDES},
                 {"display :none", WEB_HIDDEN, HIDES},
                 {"visibility:hidden", WEB_HIDDEN, HIDES},
                 {"visibility: hidden", WEB_HIDDEN, HIDES},
                 {"left:-", WEB_HIDDEN, FAR_OUTSIDE},
                 {"left: -", WEB_HIDDEN, FAR_OUTSIDE},
                 {"top:-", WEB_HIDDEN, FAR_OUTSIDE},
                 {"top: -", WEB_HIDDEN, FAR_OUTSIDE},
                 {"text-indent:-", WEB_HIDDEN, FAR_OUTSIDE},
                 {"text-indent: -", WEB_HIDDEN, FAR_OUTSIDE},
                 {"height:0", WEB_HIDDEN, NOTHING_HIGH},
                 {"height: 0", WEB_HIDDEN, NOTHING_HIGH},
                 {"height:1px", WEB_HIDDEN, NOTHING_HIGH},
                 {"height=0", WEB_HIDDEN, NOTHING_HIGH},
                 {"height=1", WEB_HIDDEN, NOTHING_HIGH},
                 {"height=\"0", WEB_HIDDEN, NOTHING_HIGH},
                 {"height=\"1", WEB_HIDDEN, NOTHING_HIGH},
                 {"font-size:0", WEB_HIDDEN, NOTHING_HIGH},
                 {"font-size: 0", WEB_HIDDEN, NOTHING_HIGH},
                 {"<script", WEB_SCRIPT, 0},
                 {"<form", WEB_FORM, 0}};
    static const char *const names[] = {"hidden", "script", "form"};
    msh_view what = {NULL, 0};
    web_state *st = msh_arena_calloc(c->arena, 1, sizeof *st);
    if (!st)
        return msh_fail(why, MSH_E_MEMORY, "out of memory");
    MSH_TRY(msh_node_text(c, find, "what", &what, why));
    MSH_TRY(msh_node_words(c, find, "known", &st->known, &st->n_known, why));
    *state = st;
    while (st->what <= WEB_FORM && !msh_view_eq_str(what, names[st->what]))
        st->what++;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].what == st->what)
            MSH_TRY(c->want_literal(c->ctx, msh_view_str(words[i].word), words[i].tag));
    if (st->what <= WEB_FORM)
        return MSH_OK;
    return c->refuse(c->ctx, find, "what 应为 hidden、script 或 form",
                     "what: hidden, script or form", why);
}

const msh_kind msh_kind_weblink = {
    .name = "weblink",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = web_compile,
    .scan = web_scan,
};
