/* fmt_vcard.c: cards, calendars and directories in lines: vCard 2.1 to 4.0 (RFC 6350), iCalendar
 * (RFC 5545), LDIF (RFC 2849): lines unfolded, escapes, quoted-printable and base64 decoded;
 * pictures and attached files are members. */
#include "base/err.h"
#include "base/view.h"
#include "extract/html.h"
#include "extract/mime.h"

enum { LOOK = 512, CARD_MOST = 1 << 20, NAME_ROOM = 300 };

typedef struct cards {
    msh_extract *x;
    const msh_doc *doc;
    const msh_decoded *d;
    msh_buf out;         /* the card so far: a line a property */
    msh_buf line;        /* unfolded */
    size_t from;         /* where the card began */
    uint32_t first, now; /* its line, and the one being read */
    bool ldif;
} cards;

/* --- one property --------------------------------------------------------------------------------
 */

typedef struct property {
    msh_view name, params, value;
    bool encoded; /* LDIF's "::" */
} property;

/* "group.NAME;PARAM="a:b":value" */
static bool split(msh_view line, bool ldif, property *p)
{
    size_t at = 0, semicolon = SIZE_MAX;
    bool quoted = false;
    for (; at < line.len && (quoted || line.data[at] != ':'); at++) {
        quoted ^= line.data[at] == '"';
        if (!quoted && line.data[at] == ';' && semicolon == SIZE_MAX)
            semicolon = at;
    }
    if (at >= line.len)
        return false;
    size_t name = semicolon < at ? semicolon : at;
    p->name = msh_view_cut(line, 0, name);
    p->params = msh_view_cut(line, name, at - name);
    p->encoded = ldif && at + 1 < line.len && line.data[at + 1] == ':';
    at += p->encoded ? 2 : 1;
    while (ldif && at < line.len && line.data[at] == ' ')
        at++;
    p->value = msh_view_cut(line, at, line.len);
    return true;
}

/* A parameter as "NAME=value"; vCard 2.1 also writes the value alone. */
static bool find_param(msh_view params, const char *name, msh_view *value)
{
    msh_view key = msh_view_str(name);
    for (size_t at = 0; at < params.len;) {
        size_t end = at + 1;
        bool quoted = false;
        while (end < params.len && (quoted || params.data[end] != ';'))
            quoted ^= params.data[end++] == '"';
        msh_view one = msh_view_cut(params, at + 1, end - at - 1);
        if (one.len > key.len && one.data[key.len] == '=' &&
            msh_view_eq_nocase(msh_view_cut(one, 0, key.len), key)) {
            *value = msh_view_cut(one, key.len + 1, one.len);
            if (value->len >= 2 && value->data[0] == '"')
                *value = msh_view_cut(*value, 1, value->len - 2);
            return true;
        }
        at = end;
    }
    return false;
}

static bool holds_word(msh_view params, const char *word)
{
    msh_view w = msh_view_str(word);
    for (size_t at = 0; at + w.len <= params.len; at++)
        if (msh_view_eq_nocase(msh_view_cut(params, at, w.len), w))
            return true;
    return false;
}

static bool is_quoted_printable(msh_view params)
{
    return holds_word(params, "QUOTED-PRINTABLE");
}

static bool is_base64(const property *p)
{
    msh_view v;
    return p->encoded || holds_word(p->params, "BASE64") ||
           (find_param(p->params, "ENCODING", &v) && msh_view_eq_nocase(v, MSH_VIEW("b")));
}

/* --- values
 * ------------------------------------------------------------------------------------------- */

/* \n \, \; and what parts the pieces of a name or an address. */
static void put_value(msh_buf *out, msh_view v, bool pieces)
{
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        if (c == '\\' && i + 1 < v.len && memchr("nN,;\\:", v.data[i + 1], 6)) {
            i++;
            msh_buf_put_byte(out, (v.data[i] | 0x20) == 'n' ? ' ' : v.data[i]);
        } else if (c == ';' && pieces) {
            msh_buf_put_byte(out, ' ');
        } else {
            msh_buf_put_byte(out, c);
        }
    }
}

static bool has_pieces(msh_view name)
{
    return msh_view_eq_nocase(name, MSH_VIEW("N")) || msh_view_eq_nocase(name, MSH_VIEW("ADR")) ||
           msh_view_eq_nocase(name, MSH_VIEW("ORG")) ||
           msh_view_ends_nocase(name, MSH_VIEW(".ADR")) ||
           msh_view_ends_nocase(name, MSH_VIEW(".ORG"));
}

/* Decoded bytes as text: the charset that is named, else the best reading. */
static void put_bytes(cards *c, const property *p, msh_view bytes)
{
    msh_view label = {0, 0};
    msh_charset cs = MSH_CHARSET_COUNT;
    msh_buf text;
    size_t used;
    uint64_t bad = 0;
    if (find_param(p->params, "CHARSET", &label))
        (void)msh_charset_from_label(label, &cs);
    if (cs == MSH_CHARSET_COUNT) {
        msh_readings r =
            msh_charset_detect(msh_view_cut(bytes, 0, MSH_HEAD), bytes.len <= MSH_HEAD);
        cs = r.n ? r.cs[0] : MSH_CS_UTF8;
    }
    msh_buf_init(&text, bytes.len * 4 + 64);
    msh_charset_decode(cs, bytes, true, &text, &used, &bad);
    put_value(&c->out, msh_buf_view(&text), has_pieces(p->name));
    msh_buf_dispose(&text);
}

/* A picture, a key, a file: a member. Its name is the parameter's, else made from the property. */
static msh_err read_member(cards *c, const property *p, msh_view bytes)
{
    static const char *const keys[] = {"FILENAME", "X-FILENAME", "X-ORACLE-FILENAME",
                                       "X-APPLE-FILENAME"};
    char made[NAME_ROOM];
    msh_part part = {0};
    if (c->d->reading)
        return MSH_OK;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && part.name.len == 0; i++)
        (void)find_param(p->params, keys[i], &part.name);
    if (part.name.len == 0) {
        size_t n = p->name.len < sizeof made ? p->name.len : sizeof made;
        for (size_t i = 0; i < n; i++)
            made[i] =
                (char)(p->name.data[i] >= 'A' && p->name.data[i] <= 'Z' ? p->name.data[i] | 0x20
                                                                        : p->name.data[i]);
        part.name = msh_view_of(made, n);
        part.unnamed = true;
    }
    return msh_extract_part(c->x, c->doc, &part, bytes);
}

static bool is_text(msh_view v)
{
    msh_readings r = msh_charset_detect(msh_view_cut(v, 0, MSH_HEAD), v.len <= MSH_HEAD);
    return r.n > 0 && !msh_extract_knows(v) && (v.len == 0 || !memchr(v.data, 0, v.len));
}

static msh_err read_encoded(cards *c, const property *p, msh_mime_coding coding)
{
    msh_buf bytes;
    msh_buf_init(&bytes, p->value.len + 16);
    unsigned flags = msh_mime_decode(coding, p->value, &bytes);
    msh_err err = msh_buf_err(&bytes);
    msh_view v = msh_buf_view(&bytes);
    if (err == MSH_OK)
        err = msh_budget_decoded(&c->x->budget, v.len);
    if (err == MSH_OK && (coding == MSH_MIME_QUOTED || (v.len < CARD_MOST && is_text(v))))
        put_bytes(c, p, v);
    else if (err == MSH_OK)
        err = read_member(c, p, v);
    if (err == MSH_OK && flags & MSH_MIME_DAMAGED)
        err = msh_report(c->x, &c->doc->place, MSH_REASON_MAIL_DAMAGED, 0);
    msh_buf_dispose(&bytes);
    return err;
}

/* --- cards
 * -------------------------------------------------------------------------------------------- */

static msh_err end_card(cards *c, size_t at)
{
    msh_place place = c->doc->place;
    place.line = c->first;
    place.offset = c->d->up ? msh_map_source(c->d->up, c->from) : c->from;
    msh_err err = msh_buf_err(&c->out);
    if (err == MSH_OK && c->out.len)
        err = msh_emit(c->x, &place, msh_buf_view(&c->out), c->d->reading ? MSH_TEXT_GUESS : 0);
    msh_buf_reset(&c->out);
    c->from = at;
    c->first = c->now;
    return err;
}

static msh_err read_property(cards *c, size_t next)
{
    property p;
    msh_view line = msh_buf_view(&c->line);
    if (line.len == 0 || !split(line, c->ldif, &p))
        return c->ldif && line.len == 0 ? end_card(c, next) : MSH_OK;
    msh_buf_put_view(&c->out, p.name);
    msh_buf_put_str(&c->out, ": ");
    msh_err err = MSH_OK;
    if (is_quoted_printable(p.params))
        err = read_encoded(c, &p, MSH_MIME_QUOTED);
    else if (is_base64(&p))
        err = read_encoded(c, &p, MSH_MIME_BASE64);
    else
        put_value(&c->out, p.value, has_pieces(p.name));
    msh_buf_put_byte(&c->out, '\n');
    if (err == MSH_OK && (msh_view_eq_nocase(p.name, MSH_VIEW("END")) || c->out.len > CARD_MOST))
        err = end_card(c, next);
    return err;
}

static bool goes_on(const cards *c, msh_view text, size_t next)
{
    property p;
    msh_view line = msh_buf_view(&c->line);
    if (next < text.len && (text.data[next] == ' ' || text.data[next] == '\t'))
        return true;
    return line.len && line.data[line.len - 1] == '\n' && line.len > 1 &&
           line.data[line.len - 2] == '=' && split(line, false, &p) &&
           is_quoted_printable(p.params);
}

/* A line with its continuations: folded ones, and soft line breaks of quoted-printable. */
static size_t take_line(cards *c, msh_view text, size_t at)
{
    msh_buf_reset(&c->line);
    for (;;) {
        size_t end = msh_mime_line_end(text, at), stop = end;
        while (stop > at && (text.data[stop - 1] == '\n' || text.data[stop - 1] == '\r'))
            stop--;
        bool folded = c->line.len && (text.data[at] == ' ' || text.data[at] == '\t');
        msh_buf_put_view(&c->line, msh_view_cut(text, at + folded, stop - at - folded));
        c->now++;
        if (stop > at && text.data[stop - 1] == '=' && end < text.len)
            msh_buf_put_byte(&c->line, '\n'); /* soft, if it is quoted-printable */
        bool more = end < text.len && end > at && goes_on(c, text, end);
        if (!more && c->line.len && c->line.data[c->line.len - 1] == '\n')
            c->line.len--;
        if (!more)
            return end;
        at = end;
    }
}

static msh_err read_all(msh_extract *x, const msh_doc *doc, const msh_decoded *d)
{
    cards c = {.x = x, .doc = doc, .d = d, .first = 1, .now = 1};
    msh_err err = MSH_OK;
    c.ldif = msh_view_find(msh_view_cut(d->text, 0, LOOK), MSH_VIEW("BEGIN:"), 0) == SIZE_MAX;
    msh_buf_init(&c.out, d->text.len * 4 + 4096);
    msh_buf_init(&c.line, d->text.len + 16);
    for (size_t at = 0; at < d->text.len && err == MSH_OK;) {
        at = take_line(&c, d->text, at);
        err = msh_buf_err(&c.line) != MSH_OK ? msh_buf_err(&c.line) : read_property(&c, at);
        if (err == MSH_OK)
            err = msh_budget_time(&x->budget);
    }
    if (err == MSH_OK)
        err = end_card(&c, d->text.len);
    msh_buf_dispose(&c.out);
    msh_buf_dispose(&c.line);
    return err;
}

/* --- the format
 * ----------------------------------------------------------------------------------------- */

static int probe(const msh_doc *doc)
{
    static const char *const begins[] = {"BEGIN:VCARD", "BEGIN:VCALENDAR", "BEGIN:VEVENT",
                                         "BEGIN:VNOTE"};
    char head[LOOK];
    size_t n = msh_decode_sniff(doc, head, sizeof head), at = 0;
    while (at < n && !(head[at] > ' ' && head[at] < 127))
        at++;
    msh_view v = msh_view_of(head + at, n - at);
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        if (msh_view_eq_nocase(msh_view_cut(v, 0, strlen(begins[i])), msh_view_str(begins[i])))
            return 95;
    bool ldif = msh_view_starts(v, MSH_VIEW("dn: ")) || msh_view_starts(v, MSH_VIEW("dn:: ")) ||
                msh_view_find(v, MSH_VIEW("\ndn: "), 0) != SIZE_MAX ||
                msh_view_find(v, MSH_VIEW("\ndn:: "), 0) != SIZE_MAX;
    return ldif ? 70 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    return msh_decode_each(x, doc, read_all);
}

const msh_format msh_format_vcard = {
    .name = "vcard",
    .zh = "名片、日历、通讯录（vCard、iCalendar、LDIF）",
    .en = "cards, calendars, directories",
    .suffixes = "vcf ics ldif vcs",
    .reads_zh = "各项内容（折行、转义、编码还原）、照片和附件；另按原文再查一遍",
    .reads_en = "all fields (unfolded, unescaped, decoded), photographs and attachments; the "
                "source once more",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT,
    .family = "markup",
};
