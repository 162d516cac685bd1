/* numfmt.c: number format codes (see numfmt.h). */
#include "extract/numfmt.h"

#include "base/view.h"

#include <math.h>
#include <stdio.h>

enum {
    CODE_MOST = 512,   /* longer codes are no formats */
    DIGITS_MOST = 40,  /* of an expanded number */
    DOUBLE_DIGITS = 15 /* that a double keeps */
};

const char *msh_numfmt_builtin(uint32_t id)
{
    if (id == 18 || id == 19 || id == 20 || id == 21 || id == 32 || id == 33 || id == 55 ||
        id == 56 || (id >= 45 && id <= 47))
        return "h:mm:ss";
    if (id == 22)
        return "yyyy-mm-dd h:mm";
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
        return "yyyy-mm-dd";
    return "";
}

/* --- numbers as written ------------------------------------------------------------------------
 */

typedef struct decimal {
    char digits[DIGITS_MOST + 1]; /* without leading zeros */
    size_t n;
    long point; /* digits before the decimal point */
    bool minus, good;
} decimal;

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static long read_exponent(msh_view v, size_t i)
{
    long e = 0;
    bool minus = i < v.len && v.data[i] == '-';
    i += i < v.len && (v.data[i] == '-' || v.data[i] == '+');
    for (; i < v.len && is_digit(v.data[i]) && e < 10000; i++)
        e = e * 10 + (v.data[i] - '0');
    return minus ? -e : e;
}

static decimal read_decimal(msh_view v)
{
    decimal d = {0};
    size_t i = 0;
    bool point = false;
    d.minus = v.len > 0 && v.data[0] == '-';
    i += v.len > 0 && (v.data[0] == '-' || v.data[0] == '+');
    size_t from = i;
    for (; i < v.len && (is_digit(v.data[i]) || (v.data[i] == '.' && !point)); i++) {
        if (v.data[i] == '.') {
            point = true;
            continue;
        }
        d.point += !point;
        if (d.n == 0 && v.data[i] == '0') {
            d.point--; /* leading zeros count for nothing, after the point they move it */
            continue;
        }
        if (d.n < DIGITS_MOST)
            d.digits[d.n++] = (char)v.data[i];
    }
    d.good = i > from && (i == v.len || (v.data[i] | 32) == 'e');
    if (d.good && i < v.len)
        d.point += read_exponent(v, i + 1);
    while (d.n > 0 && d.digits[d.n - 1] == '0')
        d.n--;
    return d;
}

void msh_numfmt_plain(msh_buf *out, msh_view number)
{
    decimal d = read_decimal(number);
    bool exponent = number.len &&
                    (memchr(number.data, 'E', number.len) || memchr(number.data, 'e', number.len));
    if (number.len == 0 || !d.good || !exponent || d.point < (long)d.n || d.point > DIGITS_MOST) {
        msh_buf_put_view(out, number);
        return;
    }
    if (d.minus)
        msh_buf_put_byte(out, '-');
    for (long i = 0; i < d.point; i++)
        msh_buf_put_byte(out, i < (long)d.n ? (uint8_t)d.digits[i] : '0');
}

bool msh_numfmt_damaged(msh_buf *out, msh_view number)
{
    decimal d = read_decimal(number);
    if (!d.good || d.point <= DOUBLE_DIGITS || d.point > 30 || d.n < 2)
        return false;
    msh_buf_printf(out, "%s%c.", d.minus ? "-" : "", d.digits[0]);
    for (size_t i = 1; i < DOUBLE_DIGITS; i++)
        msh_buf_put_byte(out, i < d.n ? (uint8_t)d.digits[i] : '0');
    msh_buf_printf(out, "E+%02ld", d.point - 1);
    return true;
}

/* --- format codes ------------------------------------------------------------------------------
 */

/* One piece of a code. */
typedef struct piece {
    enum { P_END, P_WORDS, P_DIGIT, P_POINT, P_DATE, P_TEXT, P_GENERAL, P_OTHER } kind;
    msh_view words;
    uint8_t c;    /* the placeholder, or the letter of a date */
    size_t count; /* of equal letters of a date */
} piece;

static piece words(msh_view code, size_t from, size_t n)
{
    return (piece){.kind = P_WORDS, .words = msh_view_cut(code, from, n)};
}

/* [$¥-804] holds a currency; other brackets hold colours, conditions, elapsed hours. */
static piece bracket(msh_view code, size_t from, size_t *at)
{
    size_t to = from + 1, dash;
    while (to < code.len && code.data[to] != ']')
        to++;
    *at = to + 1;
    uint8_t c = from + 1 < code.len ? code.data[from + 1] | 32 : 0;
    if (to == from + 2 || (to == from + 3 && (code.data[from + 2] | 32) == c))
        if (c == 'h' || c == 'm' || c == 's')
            return (piece){.kind = P_DATE, .c = c, .count = 1};
    if (c != ('$' | 32))
        return (piece){.kind = P_OTHER};
    for (dash = from + 2; dash < to && code.data[dash] != '-'; dash++) {
    }
    return words(code, from + 2, dash - from - 2);
}

static piece letters(msh_view code, size_t from, size_t *at)
{
    uint8_t c = code.data[from] | 32;
    size_t to = from;
    while (to < code.len && (code.data[to] | 32) == c)
        to++;
    *at = to;
    return (piece){.kind = P_DATE, .c = c, .count = to - from};
}

static piece next_piece(msh_view code, size_t *at)
{
    size_t from = *at;
    if (from >= code.len)
        return (piece){.kind = P_END};
    uint8_t c = code.data[from], low = c | 32;
    msh_view rest = msh_view_cut(code, from, code.len);
    *at = from + 1;
    if (c == '"') {
        size_t to = msh_view_find(code, MSH_VIEW("\""), from + 1);
        to = to == SIZE_MAX ? code.len : to;
        *at = to + 1;
        return words(code, from + 1, to - from - 1);
    }
    if (c == '\\' || c == '!' || c == '_' || c == '*') {
        size_t n = 1; /* one character follows, of one to four bytes */
        while (from + 1 + n < code.len && (code.data[from + 1 + n] & 0xc0) == 0x80)
            n++;
        *at = from + 1 + n;
        return c == '_' || c == '*' ? (piece){.kind = P_OTHER} : words(code, from + 1, n);
    }
    if (c == '[')
        return bracket(code, from, at);
    if (msh_view_starts(rest, MSH_VIEW("General")) || msh_view_starts(rest, MSH_VIEW("G/"))) {
        *at = from + (c == 'G' && rest.data[1] == '/' ? strlen("G/通用格式") : 7);
        return (piece){.kind = P_GENERAL};
    }
    if (c == '0' || c == '#' || c == '?')
        return (piece){.kind = P_DIGIT, .c = c};
    if (c == '.')
        return (piece){.kind = P_POINT};
    if (c == '@')
        return (piece){.kind = P_TEXT};
    if (msh_view_starts(rest, MSH_VIEW("AM/PM")) || msh_view_starts(rest, MSH_VIEW("A/P"))) {
        *at = from + (rest.data[1] == 'M' ? 5 : 3);
        return (piece){.kind = P_OTHER};
    }
    if (low == 'e' && (from + 1 < code.len && (code.data[from + 1] == '+' || rest.data[1] == '-')))
        return (piece){.kind = P_GENERAL};
    if (low == 'y' || low == 'm' || low == 'd' || low == 'h' || low == 's' || low == 'e')
        return letters(code, from, at);
    if (c >= 0x80) {
        while (*at < code.len && (code.data[*at] & 0xc0) == 0x80)
            (*at)++;
        return words(code, from, *at - from);
    }
    return c == '-' || c == ':' || c == '/' || c == '(' || c == ')' || c == '+'
               ? words(code, from, 1)
               : (piece){.kind = P_OTHER};
}

/* The part of a code up to the next ';' that stands outside quotes. */
static msh_view section_from(msh_view code, size_t from, size_t *next)
{
    bool quoted = false;
    size_t to = from;
    for (; to < code.len && (quoted || code.data[to] != ';'); to++) {
        if (code.data[to] == '"')
            quoted = !quoted;
        else if (code.data[to] == '\\' && !quoted)
            to++;
    }
    to = to > code.len ? code.len : to;
    *next = to + 1;
    return msh_view_cut(code, from, to - from);
}

/* Sections are for positive; negative; zero; text. */
static msh_view choose_section(msh_view code, int sign, bool text, bool *negative)
{
    msh_view s[4];
    size_t n = 0, at = 0;
    *negative = false;
    while (n < 4 && (at < code.len || n == 0))
        s[n++] = section_from(code, at, &at);
    if (text)
        return n == 4 ? s[3] : n == 1 ? s[0] : (msh_view){NULL, 0};
    if (sign < 0 && n >= 2) {
        *negative = true;
        return s[1];
    }
    return sign == 0 && n >= 3 ? s[2] : s[0];
}

/* What a section is made of. */
typedef struct shape {
    size_t whole, fraction; /* placeholders before and after the point */
    bool date, words, general;
} shape;

/* Words are what is not only punctuation. */
static bool says_something(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] >= 0x80 || is_digit(v.data[i]) ||
            ((v.data[i] | 32) >= 'a' && (v.data[i] | 32) <= 'z'))
            return true;
    return false;
}

static bool is_date_word(msh_view v)
{
    static const char *const usual[] = {"年", "月", "日", "时", "分",   "秒",
                                        "時", "T",  "Z",  "d",  "上午", "下午"};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (msh_view_eq_str(v, usual[i]))
            return true;
    return !says_something(v);
}

static shape shape_of(msh_view section)
{
    shape s = {0};
    bool point = false, odd = false;
    piece p;
    for (size_t at = 0; (p = next_piece(section, &at)).kind != P_END;) {
        s.whole += p.kind == P_DIGIT && !point;
        s.fraction += p.kind == P_DIGIT && point;
        point |= p.kind == P_POINT;
        s.date |= p.kind == P_DATE;
        s.general |= p.kind == P_GENERAL;
        s.words |= p.kind == P_WORDS && (says_something(p.words) || s.whole > 0);
        odd |= p.kind == P_WORDS && !is_date_word(p.words);
    }
    if (s.date)
        s.words = odd;
    return s;
}

/* --- dates -------------------------------------------------------------------------------------
 */

typedef struct moment {
    int year, month, day, hour, minute, second;
} moment;

/* Days since 1899-12-30 (the 29th of February 1900 of the first spreadsheets is one day off before
 * March 1900); false when it is none. */
static bool moment_of(double value, bool date1904, moment *m)
{
    if (!(value >= 0) || value > 2958465.99999)
        return false;
    double days = floor(value), rest = floor((value - days) * 86400 + 0.5);
    if (rest >= 86400) {
        days += 1;
        rest = 0;
    }
    long z = (long)days + (date1904 ? 1462 : value < 60 ? 1 : 0) - 25569 + 719468;
    long era = z / 146097, doe = z - era * 146097;
    long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    long doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    m->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    m->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    m->year = (int)(yoe + era * 400 + (m->month <= 2));
    m->hour = (int)rest / 3600;
    m->minute = (int)rest / 60 % 60;
    m->second = (int)rest % 60;
    return true;
}

static void put_iso(msh_buf *out, const moment *m, double value)
{
    bool time = m->hour || m->minute || m->second || value < 1;
    if (value >= 1)
        msh_buf_printf(out, "%04d-%02d-%02d%s", m->year, m->month, m->day, time ? " " : "");
    if (time)
        msh_buf_printf(out, "%02d:%02d", m->hour, m->minute);
    if (time && m->second)
        msh_buf_printf(out, ":%02d", m->second);
}

/* A date between words: each part where the format has it. */
static void put_date(msh_buf *out, msh_view section, const moment *m)
{
    bool after_hour = false;
    piece p;
    for (size_t at = 0; (p = next_piece(section, &at)).kind != P_END;) {
        if (p.kind == P_WORDS)
            msh_buf_put_view(out, p.words);
        if (p.kind != P_DATE)
            continue;
        int v = p.c == 'y' || p.c == 'e' ? m->year
                : p.c == 'm'             ? (after_hour ? m->minute : m->month)
                : p.c == 'd'             ? m->day
                : p.c == 'h'             ? m->hour
                                         : m->second;
        after_hour = p.c == 'h' || (p.c == 'm' && after_hour);
        msh_buf_printf(out, p.c == 'y' ? "%d" : p.count > 1 ? "%02d" : "%d", v);
    }
}

/* --- numbers between words ---------------------------------------------------------------------
 */

/* Digits go to placeholders from the right; what is left over goes before the first. */
static void put_whole(msh_buf *out, const char *digits, size_t n, size_t i, size_t places,
                      uint8_t c)
{
    size_t missing = places > n ? places - n : 0;
    if (i < missing) {
        if (c == '0')
            msh_buf_put_byte(out, '0');
        return;
    }
    size_t extra = n > places ? n - places : 0;
    if (i == 0)
        msh_buf_put(out, digits, extra + 1);
    else
        msh_buf_put_byte(out, (uint8_t)digits[i - missing + extra]);
}

static void put_between(msh_buf *out, msh_view section, const shape *s, double value,
                        msh_view plain)
{
    char text[64];
    double size = fabs(value);
    int places = s->fraction > 15 ? 15 : (int)s->fraction;
    if (!(size < 1e15)) {
        (void)snprintf(text, sizeof text, "%.*s", (int)(plain.len > 60 ? 60 : plain.len),
                       (const char *)plain.data);
        places = 0;
    } else {
        (void)snprintf(text, sizeof text, "%.*f", places, size);
    }
    size_t n = strcspn(text, "."), i = 0, k = 0;
    const char *fraction = text[n] ? text + n + 1 : "";
    piece p;
    bool point = false;
    for (size_t at = 0; (p = next_piece(section, &at)).kind != P_END;) {
        if (p.kind == P_WORDS) {
            msh_buf_put_view(out, p.words);
        } else if (p.kind == P_GENERAL || p.kind == P_TEXT) {
            msh_buf_put_view(out, plain);
        } else if (p.kind == P_POINT) {
            point = true;
            if (*fraction)
                msh_buf_put_byte(out, '.');
        } else if (p.kind == P_DIGIT && !point) {
            put_whole(out, text, n, i++, s->whole, p.c);
        } else if (p.kind == P_DIGIT && k < strlen(fraction)) {
            msh_buf_put_byte(out, (uint8_t)fraction[k++]);
        }
    }
}

static double value_of(msh_view number)
{
    decimal d = read_decimal(number);
    double v = 0;
    for (size_t i = 0; i < d.n; i++)
        v = v * 10 + (d.digits[i] - '0');
    long e = d.point - (long)d.n;
    v = e > 300    ? INFINITY
        : e < -300 ? 0
        : e < 0    ? v / pow(10, (double)-e)
                   : v * pow(10, (double)e);
    return d.minus ? -v : v;
}

bool msh_numfmt_number(msh_buf *out, msh_view code, msh_view number, bool date1904)
{
    uint8_t room[128];
    msh_buf plain = {.data = room, .cap = sizeof room, .ceiling = sizeof room};
    bool negative;
    decimal d = read_decimal(number);
    if (!d.good || code.len == 0 || code.len > CODE_MOST) {
        msh_numfmt_plain(out, number);
        return false;
    }
    double value = value_of(number);
    msh_view section = choose_section(code, d.n == 0 ? 0 : d.minus ? -1 : 1, false, &negative);
    shape s = shape_of(section);
    moment m;
    if (s.date && s.whole == 0) {
        if (!moment_of(value, date1904, &m)) {
            msh_numfmt_plain(out, number);
            return false;
        }
        if (s.words)
            put_date(out, section, &m);
        else
            put_iso(out, &m, value);
        return s.words;
    }
    if (!s.words) {
        msh_numfmt_plain(out, number);
        return false;
    }
    msh_numfmt_plain(&plain, number);
    if (msh_buf_err(&plain) != MSH_OK) { /* longer than any number that is shown */
        msh_buf_put_view(out, number);
        return false;
    }
    if (d.minus && !negative)
        msh_buf_put_byte(out, '-');
    put_between(out, section, &s, value, msh_buf_view(&plain));
    return true;
}

bool msh_numfmt_text(msh_buf *out, msh_view code, msh_view text)
{
    bool negative, any = false, put = false;
    msh_view section =
        code.len > CODE_MOST ? (msh_view){NULL, 0} : choose_section(code, 0, true, &negative);
    piece p;
    for (size_t at = 0; (p = next_piece(section, &at)).kind != P_END;) {
        any |= p.kind == P_WORDS && says_something(p.words);
        put |= p.kind == P_TEXT;
    }
    if (!any || !put) {
        msh_buf_put_view(out, text);
        return false;
    }
    for (size_t at = 0; (p = next_piece(section, &at)).kind != P_END;) {
        if (p.kind == P_WORDS)
            msh_buf_put_view(out, p.words);
        else if (p.kind == P_TEXT)
            msh_buf_put_view(out, text);
    }
    return true;
}
