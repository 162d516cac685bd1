/* fuzz_match.c: any bytes as a text in any charset, cut into windows, under rules of every kind.
 * Hits lie inside the text, and a marker put behind the text is always found. */
#include "base/mem.h"
#include "base/view.h"
#include "rule/match.h"
#include "rule/pack.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KIND(id, find)                                                                             \
    "  - {id: " id ", name: n, category: c, tier: BLOCK, basis: b, explain: e, advice: a, find: "  \
    "{kind: " find "}}\n"

static const char pack[] =
    "format: 1\npack: {id: p, version: '1'}\nrules:\n"
    "  - {id: w, name: n, category: c, tier: BLOCK, basis: b, explain: e, advice: a, find: {kind: "
    "words, any: [机密, 密, secret, ab, a密, 内部资料]}, except: {quoted: true, before: [例]}}\n"
    "  - {id: x, name: n, category: c, tier: INFO, basis: b, explain: e, advice: a, find: {kind: "
    "regex, pattern: '机\\s*密\\d{1,4}'}}\n"
    "  - {id: d, name: n, category: c, tier: INFO, basis: b, explain: e, advice: a, find: {kind: "
    "regex, pattern: '\\d{6,18}'}}\n"
    "  - {id: v, name: n, category: c, tier: INFO, basis: b, explain: e, advice: a, view: written, "
    "find: {kind: regex, pattern: 'AKIA[A-Z0-9]+'}}\n"
    "  - {id: m, name: n, category: c, tier: BLOCK, basis: b, explain: e, advice: a, find: {kind: "
    "mark}}\n"
    "  - {id: i, name: n, category: c, tier: BLOCK, basis: b, explain: e, advice: a, find: {kind: "
    "idcard}}\n"
    "  - {id: k, name: n, category: c, tier: BLOCK, basis: b, explain: e, advice: a, find: {kind: "
    "words, any: [灰犀标记]}}\n" KIND("k1", "mobile") KIND("k2", "mobile, what: chinese")
        KIND("k3", "bankcard") KIND("k4", "table") KIND("k5", "paper, what: copy-number")
            KIND("k6", "mask, what: pair") KIND("k7", "mask, what: mobile")
                KIND("k8", "bulk, of: [idcard, mobile], least: 3")
                    KIND("k9", "secret, keys: [pwd, 密码]")
                        KIND("ka", "secret, keys: [token], value: token") KIND("kb", "intranet")
                            KIND("kc", "weblink, what: hidden") KIND("kd", "weblink, what: form")
                                KIND("ke", "bidi") KIND("kf", "uscc")
                                    KIND("kg", "banner, any: [内部资料]")
                                        KIND("kh", "idcard, what: weak");

typedef struct seen {
    size_t len;
    bool marker;
} seen;

static msh_err hit(void *ctx, const msh_hit *h)
{
    seen *s = ctx;
    if (h->place.offset > s->len || h->count == 0 || h->excerpt.len > 20 * 4)
        __builtin_trap();
    s->marker = s->marker || msh_view_eq_str(h->normal, "灰犀标记");
    return MSH_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t charsets[] = {MSH_CS_UTF8, MSH_CS_UTF8, MSH_CS_GB18030, MSH_CS_UTF16LE};
    static const char marker[] = "\n灰犀标记\n";
    static msh_rules *rules;
    msh_limits limits;
    msh_error why = {0};
    msh_limits_default(&limits);
    msh_pack_source p = {.name = "p", .bytes = msh_view_str(pack)};
    if (!rules && msh_rules_load(&p, 1, &limits, NULL, NULL, &rules, &why) != MSH_OK)
        __builtin_trap();
    if (size < 2 || size > 1 << 16)
        return 0;
    msh_charset cs = (msh_charset)charsets[data[0] % sizeof charsets];
    size_t body = size - 2, cut = body * data[1] / 256,
           extra = cs == MSH_CS_UTF8 ? sizeof marker - 1 : 0;
    uint8_t *text = msh_alloc(body + extra + 1);
    msh_matcher *m = msh_matcher_new(rules, &limits);
    if (!text || !m)
        __builtin_trap();
    memcpy(text, data + 2, body);
    memcpy(text + body, marker, extra);
    seen s = {.len = body + extra};
    uint64_t total;
    msh_match_text t = {.bytes = msh_view_of(text, cut), .charset = cs, .flags = cut ? 1 : 0};
    msh_matcher_begin(m, MSH_VIEW("x"));
    msh_err err = cut ? msh_matcher_text(m, &t) : MSH_OK;
    if (err != MSH_OK && err != MSH_E_LIMIT_REGEX)
        __builtin_trap();
    t.bytes = msh_view_of(text + cut, body + extra - cut);
    t.flags = 0;
    t.place.offset = cut;
    err = msh_matcher_text(m, &t);
    if (err != MSH_OK && err != MSH_E_LIMIT_REGEX)
        __builtin_trap();
    if (msh_matcher_end(m, hit, &s, &total) != MSH_OK || (extra && !s.marker))
        __builtin_trap();
    msh_matcher_free(m);
    msh_free(text);
    return 0;
}
