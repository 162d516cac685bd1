/* detect.c: which charset bytes are in.
 *
 * BOM, strict UTF-8, then trials: the bytes are decoded in each charset in turn and the result is
 * weighed by how common its characters are in Chinese text (common.txt; for Japanese and Korean, a
 * few kana and syllables). A wrong reading of Chinese gives rare characters. Short texts keep every
 * plausible reading, because no guess over a few characters is worth trusting. */
#include "base/lanes.h"
#include "base/view.h"
#include "text/charset.h"
#include "text/charset_state.h"
#include "text/tables.h"

#include <string.h>

enum { HEAD = 65536, SAMPLE = 4096, SHORT = 40, FEW = 6, ENOUGH = 64 };

typedef struct trial {
    msh_charset cs;
    int score;      /* sum of the weights */
    unsigned chars; /* weighed characters */
    unsigned bad;
    int mean; /* 100 × score a character */
} trial;

/* --- weight of one character -------------------------------------------------------------------
 */

static bool is_wide(msh_charset cs)
{
    return cs >= MSH_CS_UTF16LE && cs <= MSH_CS_UTF32BE;
}

static int weigh_ascii(msh_charset cs, uint32_t cp)
{
    if (cp >= 0x20 && cp != 0x7f)
        return is_wide(cs) ? 2 : 0;
    if (cp == '\n' || cp == '\r' || cp == '\t')
        return is_wide(cs) ? 1 : 0;
    return is_wide(cs) && cp == 0 ? -8 : -3;
}

static int weigh_cyrillic(uint32_t cp, uint32_t before)
{
    bool small = cp >= 0x430 && cp <= 0x44f;
    if (before < 0x80 && before > '@')
        return -2; /* inside a Latin word */
    if (small)
        return before >= 0x410 && before <= 0x44f ? 2 : 1;
    return before >= 0x410 && before <= 0x44f ? -3 : 1;
}

static const int weight_of_common[4] = {0, 2, 3, 4};

static int weigh(msh_charset cs, uint32_t cp, uint32_t before)
{
    if (cp < 0x80)
        return weigh_ascii(cs, cp);
    unsigned level = msh_tables_common(cp);
    if (level)
        return weight_of_common[level];
    if (cp >= 0x4e00 && cp <= 0x9fff)
        return msh_tables_fold(cp) != cp ? 1 : -1;
    if (cp >= 0x410 && cp <= 0x44f)
        return weigh_cyrillic(cp, before);
    if (cp >= 0xff61 && cp <= 0xff9f)
        return -2;
    if ((cp >= 0x3000 && cp <= 0x30ff) || (cp >= 0xff01 && cp <= 0xff5e))
        return 1;
    if (cp >= 0xac00 && cp <= 0xd7a3)
        return is_wide(cs) ? -2 : 0;
    if (cp >= 0xc0 && cp < 0x250)
        return before < 0x80 && before >= 'A' ? 1 : -1;
    if ((cp >= 0x2000 && cp <= 0x26ff) || (cp >= 0xa0 && cp < 0xc0))
        return 0;
    return cp < 0xa0 || (cp >= 0xe000 && cp <= 0xf8ff) ? -5 : -3;
}

/* --- trials --------------------------------------------------------------------------------------
 */

/* Over what most of a text is made of, as the loop below would go: ASCII, and common characters in
 * two bytes of GBK. */
static size_t weigh_plain(trial *t, msh_charset cs, msh_view in, size_t at, uint32_t *before)
{
    while (at < in.len) {
        uint8_t c = in.data[at];
        if (c >= 0x20 && c < 0x80) {
            *before = c;
            at++;
            continue;
        }
        if (c < 0x80 || cs != MSH_CS_GB18030 || in.len - at < 2)
            break;
        uint32_t cp = msh_charset_gbk(in.data + at);
        unsigned level = cp == MSH_HOLE ? 0 : msh_tables_common(cp);
        if (level == 0)
            break;
        t->chars++;
        t->score += weight_of_common[level];
        *before = cp;
        at += 2;
    }
    return at;
}

static trial weigh_text(msh_charset cs, msh_charset decoded_as, msh_view in, bool whole)
{
    trial t = {.cs = cs};
    uint32_t before = ' ';
    for (size_t at = 0; at < in.len;) {
        if (!is_wide(cs) && !is_wide(decoded_as))
            at = weigh_plain(&t, decoded_as, in, at, &before);
        if (at >= in.len)
            break;
        msh_char c = msh_charset_next(decoded_as, msh_view_cut(in, at, in.len - at));
        if (c.bad && !whole && in.len - at < 4)
            break;
        at += c.len;
        if (c.bad) {
            t.bad++;
            t.chars++;
            t.score -= 8;
        } else if (c.cp >= 0x80 || is_wide(cs) || c.cp < 0x20) {
            int w = weigh(cs, c.cp, before);
            t.chars += c.cp >= 0x80 || is_wide(cs) || w < 0;
            t.score += w;
        }
        before = c.bad ? ' ' : c.cp;
    }
    t.mean = t.chars ? t.score * 100 / (int)t.chars : 0;
    return t;
}

/* HZ and UTF-7 are weighed by what they decode to; they must have decoded something. */
static trial weigh_state(msh_charset cs, msh_view in, bool to_end)
{
    msh_buf text;
    size_t used;
    uint64_t bad = 0;
    trial t = {.cs = cs};
    msh_buf_init(&text, 4 * in.len + 256);
    msh_charset_decode(cs, in, to_end, &text, &used, &bad);
    if (bad == 0 && msh_buf_err(&text) == MSH_OK)
        t = weigh_text(cs, MSH_CS_UTF8, msh_buf_view(&text), true);
    msh_buf_dispose(&text);
    return t;
}

/* The part of the head that a trial looks at: from the first byte past ASCII on, or the first shift
 * sequence, and whole units. */
static msh_view sample_of(msh_charset cs, msh_view head)
{
    size_t at = 0;
    if (cs == MSH_CS_HZ || cs == MSH_CS_UTF7) {
        at = msh_view_find(head, cs == MSH_CS_HZ ? MSH_VIEW("~{") : MSH_VIEW("+"), 0);
    } else if (!is_wide(cs)) {
        while (at < head.len && head.data[at] < 0x80)
            at++;
        at = at > 16 ? at - 16 : 0;
    }
    return msh_view_cut(head, at, cs == MSH_CS_HZ || cs == MSH_CS_UTF7 ? 8 * SAMPLE : SAMPLE);
}

static trial try_charset(msh_charset cs, msh_view head, bool whole)
{
    msh_view sample = sample_of(cs, head);
    bool to_end = whole && sample.data + sample.len == head.data + head.len;
    if (cs == MSH_CS_HZ || cs == MSH_CS_UTF7)
        return weigh_state(cs, sample, to_end);
    trial t = weigh_text(cs, cs, sample, to_end);
    if (is_wide(cs) && (cs >= MSH_CS_UTF32LE ? head.len % 4 : head.len % 2) && whole)
        t.mean -= 50;
    return t;
}

/* --- the answer ----------------------------------------------------------------------------------
 */

static unsigned bom_of(msh_view head, msh_charset *cs)
{
    static const struct {
        msh_view bytes;
        msh_charset cs;
    } boms[] = {
        {{(const uint8_t *)"\xef\xbb\xbf", 3}, MSH_CS_UTF8},
        {{(const uint8_t *)"\xff\xfe\0\0", 4}, MSH_CS_UTF32LE},
        {{(const uint8_t *)"\0\0\xfe\xff", 4}, MSH_CS_UTF32BE},
        {{(const uint8_t *)"\xff\xfe", 2}, MSH_CS_UTF16LE},
        {{(const uint8_t *)"\xfe\xff", 2}, MSH_CS_UTF16BE},
        {{(const uint8_t *)"\x84\x31\x95\x33", 4}, MSH_CS_GB18030},
    };
    for (size_t i = 0; i < sizeof boms / sizeof *boms; i++) {
        if (msh_view_starts(head, boms[i].bytes)) {
            *cs = boms[i].cs;
            return (unsigned)boms[i].bytes.len;
        }
    }
    return 0;
}

typedef struct shape {
    bool utf8;      /* valid, but for a character cut off at the end */
    bool three;     /* with a sequence of three bytes or more */
    bool ascii;     /* nothing else */
    unsigned nul;   /* bytes 0 */
    unsigned other; /* further control characters */
} shape;

/* Control characters are counted where there are any. */
static void count_controls(msh_view head, shape *s)
{
    for (size_t at = 0; at < head.len; at += 64) {
        uint8_t room[64];
        const uint8_t *p = msh_lanes_at(head, at, room);
        size_t n = head.len - at < 64 ? head.len - at : 64;
        s->ascii = s->ascii && !msh_lanes_high(p);
        /* besides line ends, tabs and the like */
        if (!(msh_lanes_within(p, 0, 6) | msh_lanes_within(p, 14, 31)))
            continue;
        for (size_t i = 0; i < n; i++) {
            s->nul += p[i] == 0;
            s->other += p[i] < 0x20 && p[i] && !(p[i] >= 7 && p[i] <= 13) && p[i] != 0x1b;
        }
    }
}

static shape look(msh_view head, bool whole)
{
    shape s = {.ascii = true};
    count_controls(head, &s);
    size_t good = s.ascii ? head.len : msh_view_utf8_prefix(head);
    bool cut = !whole && head.len - good < 4 && good < head.len && head.data[good] >= 0xc2;
    s.utf8 = good == head.len || cut;
    for (size_t at = 0; s.utf8 && !s.ascii && !s.three && at < good; at += 64) {
        uint8_t room[64];
        s.three = msh_lanes_within(msh_lanes_at(msh_view_cut(head, 0, good), at, room), 0xe0, 0xff);
    }
    return s;
}

static void insert(trial *best, unsigned *n, trial t)
{
    unsigned at = *n;
    while (at > 0 && best[at - 1].mean < t.mean)
        at--;
    if (at >= MSH_READINGS)
        return;
    unsigned last = *n < MSH_READINGS ? (*n)++ : MSH_READINGS - 1;
    memmove(best + at + 1, best + at, (last - at) * sizeof *best);
    best[at] = t;
}

static msh_readings answer(const trial *best, unsigned n)
{
    msh_readings r = {.n = 0};
    for (unsigned i = 0; i < n; i++) {
        /* the best, and what comes near it or stands on few characters */
        if (i == 0 || best[i].chars <= FEW || best[i].mean * 3 > best[0].mean)
            r.cs[r.n++] = best[i].cs;
    }
    return r;
}

static msh_readings one(msh_charset cs, unsigned bom, bool certain)
{
    return (msh_readings){.cs = {cs}, .n = 1, .bom = bom, .certain = certain};
}

/* Whether the first '+' or "~{" is one of the charset: in most ASCII text it is not. */
static bool begins_shift(msh_charset cs, msh_view sample)
{
    uint8_t small[512];
    msh_buf text = {.data = small, .cap = sizeof small, .ceiling = sizeof small};
    if (cs == MSH_CS_HZ || sample.len == 0)
        return sample.len > 0;
    return msh_charset_utf7_run(msh_view_cut(sample, 0, 1 + 8 * 32), &text) > 0;
}

/* ASCII bytes alone: perhaps HZ, UTF-7, or a short UTF-16 of characters whose bytes are so. */
static msh_readings detect_ascii(msh_view head, bool whole)
{
    trial best[MSH_READINGS + 1];
    unsigned n = 0;
    insert(best, &n, (trial){.cs = MSH_CS_UTF8, .mean = 100, .chars = 1});
    for (msh_charset cs = MSH_CS_HZ; cs <= MSH_CS_UTF7; cs++) {
        if (!begins_shift(cs, sample_of(cs, head)))
            continue;
        trial t = try_charset(cs, head, whole);
        if (t.chars && t.mean >= -100)
            t.mean = t.mean < 100 ? 100 : t.mean; /* shift sequences are no accident */
        if (t.chars)
            insert(best, &n, t);
    }
    for (msh_charset cs = MSH_CS_UTF16LE; cs <= MSH_CS_UTF16BE && head.len <= SHORT; cs++) {
        trial t = try_charset(cs, head, whole);
        t.mean = t.mean < 150 || head.len % 2 ? 0 : 100; /* after the reading as it stands */
        insert(best, &n, t);
    }
    msh_readings r = {.n = 0};
    for (unsigned i = 0; i < n; i++) {
        if (best[i].mean >= 100)
            r.cs[r.n++] = best[i].cs;
    }
    r.certain = r.n == 1 && whole;
    return r;
}

static const msh_charset candidates[] = {
    MSH_CS_UTF8,    MSH_CS_GB18030,   MSH_CS_BIG5,   MSH_CS_UTF16LE, MSH_CS_UTF16BE, MSH_CS_UTF32LE,
    MSH_CS_UTF32BE, MSH_CS_SHIFT_JIS, MSH_CS_EUC_KR, MSH_CS_CP1251,  MSH_CS_CP1252,
};

/* The least mean that makes a reading plausible. Double-byte text without one bad pair is text, be
 * its characters ever so rare: names, lists of species. */
static int threshold(const trial *t, bool is_short)
{
    if (t->cs == MSH_CS_CP1252 || t->cs == MSH_CS_CP1251)
        return 60;
    if (is_wide(t->cs) && is_short)
        return t->chars > 4 ? 60 : -100; /* two rare characters of a name */
    if (is_short || (!is_wide(t->cs) && t->bad == 0 && t->cs != MSH_CS_UTF8))
        return -300;
    return is_wide(t->cs) ? 100 : 50;
}

static msh_readings detect_trials(msh_view head, bool whole, const shape *s)
{
    trial gb = try_charset(MSH_CS_GB18030, head, whole);
    if (s->nul == 0 && gb.bad == 0 && gb.chars >= ENOUGH && gb.mean >= 200)
        return one(MSH_CS_GB18030, 0, false);
    trial best[MSH_READINGS + 1];
    unsigned n = 0;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        msh_charset cs = candidates[i];
        if (s->nul && !is_wide(cs) && s->nul * 16 > head.len)
            continue;
        trial t = cs == MSH_CS_GB18030 ? gb : try_charset(cs, head, whole);
        bool clean = is_wide(cs) || (s->other == 0 && s->nul == 0);
        bool is_short = t.chars <= SHORT && t.bad * 4 <= t.chars && clean;
        if (t.chars && t.mean >= threshold(&t, is_short && t.bad <= 1))
            insert(best, &n, t);
    }
    return answer(best, n);
}

/* A byte order mark may be put before bytes that are something else: when they read badly as what
 * it says, what else they may be is read, too. */
static msh_readings after_mark(msh_charset cs, msh_view head, unsigned bom, bool whole)
{
    msh_readings said = one(cs, bom, true);
    msh_view rest = msh_view_cut(head, bom, head.len);
    trial t = try_charset(cs, rest, whole);
    if (rest.len < 2 || (t.bad == 0 && t.mean >= 50))
        return said;
    shape s = look(rest, whole);
    msh_readings r = s.utf8 && !s.ascii ? one(MSH_CS_UTF8, bom, false)
                     : s.nul == 0       ? detect_trials(rest, whole, &s)
                                        : said;
    bool known = false;
    for (unsigned i = 0; i < r.n; i++)
        known |= r.cs[i] == cs;
    if (!known && r.n < MSH_READINGS)
        r.cs[r.n++] = cs;
    r.bom = bom;
    r.certain = false;
    return r;
}

msh_readings msh_charset_detect(msh_view head, bool whole)
{
    if (head.len > HEAD) {
        head.len = HEAD;
        whole = false;
    }
    msh_charset cs = MSH_CS_UTF8;
    unsigned bom = bom_of(head, &cs);
    if (bom)
        return is_wide(cs) ? after_mark(cs, head, bom, whole) : one(cs, bom, true);
    if (head.len == 0)
        return one(MSH_CS_UTF8, 0, true);
    shape s = look(head, whole);
    bool few_controls = (s.nul + s.other) * 64 <= head.len;
    if (s.utf8 && !s.ascii && s.three && few_controls)
        return one(MSH_CS_UTF8, 0, true);
    if (s.ascii && few_controls && s.nul == 0)
        return detect_ascii(head, whole);
    return detect_trials(head, whole, &s);
}
