/* mime_body.c: content transfer encodings (RFC 2045 section 6), uuencode, flowed text (RFC 3676).
 *
 * Decoders take all that decodes: a second start after padding, lines of other text in between
 * (lists add a footer), escapes that are none. */
#include "extract/mime.h"

#include "base/view.h"
#include "text/encoded_lines.h"

/* Whether a value holds a word, without case. */
static bool holds(msh_view v, const char *word)
{
    msh_view w = msh_view_str(word);
    for (size_t at = 0; at + w.len <= v.len; at++)
        if (msh_view_eq_nocase(msh_view_cut(v, at, w.len), w))
            return true;
    return false;
}

/* Also misspelt ones: a reader may guess as well. */
msh_mime_coding msh_mime_coding_of(msh_view value)
{
    static const struct {
        const char *word;
        msh_mime_coding coding;
    } words[] = {
        {"base64", MSH_MIME_BASE64}, {"base-64", MSH_MIME_BASE64}, {"b64", MSH_MIME_BASE64},
        {"quoted", MSH_MIME_QUOTED}, {"uue", MSH_MIME_UU},         {"x-uu", MSH_MIME_UU},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (holds(value, words[i].word))
            return words[i].coding;
    return MSH_MIME_PLAIN;
}

/* --- base64
 * ----------------------------------------------------------------------------------------- */

static const int8_t symbols[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
    ['-'] = 63, ['_'] = 64,
};

typedef struct group {
    uint32_t bits;
    unsigned n;
} group;

/* The end of a group: what is left of it. false when that is six bits, which are no byte. */
static bool end_group(group *g, msh_buf *out)
{
    bool whole = g->n != 1;
    if (g->n >= 2)
        msh_buf_put_byte(out, (uint8_t)(g->bits >> (g->n * 6 - 8)));
    if (g->n == 3)
        msh_buf_put_byte(out, (uint8_t)(g->bits >> 2));
    *g = (group){0};
    return whole;
}

/* Whether a line is other text: more than a fifth of it is no base64, behind padding any of it; or
 * it is but a rule of dashes. */
static bool is_other(msh_view line, bool ended)
{
    size_t good = 0, other = 0, signs = 0;
    for (size_t i = 0; i < line.len; i++) {
        uint8_t c = line.data[i];
        if (c == '\r' || c == '\n')
            continue;
        good += symbols[c] != 0 || c == '=';
        signs += c == '-' || c == '_';
        other += symbols[c] == 0 && c != '=';
    }
    if (good > 4 && signs == good)
        return true;
    return ended ? other > 0 : other * 5 > good;
}

static bool base64_line(msh_view line, group *g, msh_buf *out)
{
    bool whole = true;
    for (size_t i = 0; i < line.len; i++) {
        uint8_t c = line.data[i];
        if (c == '=') {
            whole &= end_group(g, out);
            continue;
        }
        if (symbols[c] == 0) {
            whole &= c <= ' ';
            continue;
        }
        g->bits = g->bits << 6 | (uint32_t)(symbols[c] - 1);
        if (++g->n == 4) {
            uint8_t *to = msh_buf_room(out, 3);
            if (!to)
                return false;
            to[0] = (uint8_t)(g->bits >> 16);
            to[1] = (uint8_t)(g->bits >> 8);
            to[2] = (uint8_t)g->bits;
            msh_buf_grew(out, 3);
            *g = (group){0};
        }
    }
    return whole;
}

/* all: also of lines that look like other text. */
static unsigned decode_base64(msh_view body, bool all, msh_buf *out)
{
    group g = {0};
    bool whole = true, ended = false;
    unsigned flags = 0;
    for (size_t at = 0; at < body.len && msh_buf_err(out) == MSH_OK;) {
        size_t end = msh_mime_line_end(body, at);
        msh_view line = msh_view_cut(body, at, end - at);
        if (!all && is_other(line, ended))
            flags |= MSH_MIME_OTHER;
        else
            whole &= base64_line(line, &g, out);
        ended |= memchr(line.data, '=', line.len) != NULL;
        at = end;
    }
    whole &= end_group(&g, out);
    return whole ? flags : flags | MSH_MIME_DAMAGED;
}

/* --- quoted-printable
 * --------------------------------------------------------------------------------- */

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Blanks and a line end after "=" at `at`: where the next line begins; `at` when there is none. */
static size_t soft_break(msh_view v, size_t at)
{
    size_t p = at + 1;
    while (p < v.len && (v.data[p] == ' ' || v.data[p] == '\t'))
        p++;
    if (p >= v.len)
        return v.len;
    if (v.data[p] == '\r')
        p++;
    return p < v.len && v.data[p] == '\n' ? p + 1 : at;
}

static void decode_quoted(msh_view v, msh_buf *out)
{
    for (size_t at = 0; at < v.len;) {
        const uint8_t *eq = memchr(v.data + at, '=', v.len - at);
        size_t stop = eq ? (size_t)(eq - v.data) : v.len;
        msh_buf_put_view(out, msh_view_cut(v, at, stop - at));
        at = stop;
        if (at >= v.len)
            break;
        int high = at + 2 < v.len ? hex(v.data[at + 1]) : -1;
        int low = high >= 0 ? hex(v.data[at + 2]) : -1;
        if (low >= 0) {
            msh_buf_put_byte(out, (uint8_t)(high << 4 | low));
            at += 3;
            continue;
        }
        size_t next = soft_break(v, at);
        if (next == at) {
            msh_buf_put_byte(out, '=');
            next = at + 1;
        }
        at = next;
    }
}

/* --- uuencode
 * --------------------------------------------------------------------------------------- */

static unsigned decode_uu(msh_view v, msh_buf *out)
{
    unsigned flags = 0;
    for (size_t at = 0; at < v.len;) {
        size_t end = msh_encoded_uu(v, at, out);
        if (end == at) {
            end = msh_mime_line_end(v, at);
            flags |= end - at > 5 ? MSH_MIME_OTHER : 0u; /* "end" */
        }
        at = end;
    }
    return flags;
}

unsigned msh_mime_decode(msh_mime_coding coding, msh_view body, msh_buf *out)
{
    switch (coding) {
    case MSH_MIME_BASE64:
    case MSH_MIME_BASE64_ALL:
        return decode_base64(body, coding == MSH_MIME_BASE64_ALL, out);
    case MSH_MIME_QUOTED:
        decode_quoted(body, out);
        return 0;
    case MSH_MIME_UU:
        return decode_uu(body, out);
    default:
        msh_buf_put_view(out, body);
        return 0;
    }
}

/* --- flowed text
 * ------------------------------------------------------------------------------------- */

static size_t quote_depth(msh_view line)
{
    size_t n = 0;
    while (n < line.len && line.data[n] == '>')
        n++;
    return n;
}

static msh_view without_end(msh_view line)
{
    while (line.len && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
        line.len--;
    return line;
}

void msh_mime_unflow(msh_view body, bool delsp, msh_buf *out)
{
    bool open = false; /* the line before flows on */
    size_t depth = 0;
    for (size_t at = 0; at < body.len;) {
        size_t end = msh_mime_line_end(body, at), quotes;
        msh_view line = without_end(msh_view_cut(body, at, end - at));
        quotes = quote_depth(line);
        bool goes_on = open && quotes == depth;
        if (open && !goes_on)
            msh_buf_put_byte(out, '\n');
        msh_view text = goes_on ? msh_view_cut(line, quotes, line.len) : line;
        if (goes_on && text.len && text.data[0] == ' ') /* stuffed */
            text = msh_view_cut(text, 1, text.len);
        open = line.len > quotes && line.data[line.len - 1] == ' ' && !msh_view_eq_str(line, "-- ");
        depth = quotes;
        if (open && delsp)
            text.len -= text.len > 0;
        msh_buf_put_view(out, text);
        if (!open)
            msh_buf_put_byte(out, '\n');
        at = end;
    }
}
