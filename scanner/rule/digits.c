/* digits.c: see digits.h. Eight bytes at a time until one of them may be a digit. */
#include "rule/digits.h"

#include "rule/chars.h"

static bool is_digit(uint8_t c)
{
    return (unsigned)c - '0' < 10;
}

/* Offset of the next byte 0x30–0x3f at or after `at`, or t.len. */
static size_t next_digit(msh_view t, size_t at)
{
    const uint64_t ones = 0x0101010101010101u;
    while (at + 8 <= t.len) {
        uint64_t w;
        memcpy(&w, t.data + at, 8);
        w = (w & (ones * 0xF0)) ^ (ones * 0x30);
        if (((w - ones) & ~w & (ones * 0x80)) != 0)
            break;
        at += 8;
    }
    while (at < t.len && !is_digit(t.data[at]))
        at++;
    return at;
}

/* Length of what may part two groups of one number, 0 for anything else. */
static size_t parting(msh_view t, size_t at)
{
    if (at >= t.len)
        return 0;
    uint8_t c = t.data[at];
    if (c == ' ' || c == '-' || c == '.' || c == '_' || c == '/')
        return 1;
    if (c < 0x80)
        return 0;
    size_t len;
    uint32_t cp = msh_chars_at(t, at, &len);
    return cp == 0xB7 || cp == 0x2010 || cp == 0x2011 || cp == 0x2013 || cp == 0x2212 ? len : 0;
}

static bool glued_before(msh_view t, size_t start)
{
    size_t s, s2;
    uint32_t cp = msh_chars_before(t, start, &s);
    if (msh_chars_is_alnum(cp))
        return true;
    return cp == '.' && msh_chars_is_digit(msh_chars_before(t, s, &s2));
}

/* The run that begins with the digit at `at`. */
static msh_digit_run run_at(msh_view t, size_t at)
{
    msh_digit_run r = {.start = at, .glued_left = glued_before(t, at)};
    size_t i = at;
    for (;;) {
        while (i < t.len && is_digit(t.data[i]))
            i++, r.digits++;
        r.end = i;
        size_t gap = parting(t, i);
        if (gap == 0 || i + gap >= t.len || !is_digit(t.data[i + gap]))
            break;
        i += gap;
    }
    size_t len;
    r.glued_right = msh_chars_is_alnum(msh_chars_at(t, r.end, &len));
    return r;
}

static msh_err collect(msh_view t, msh_arena *scratch, msh_digits *out)
{
    size_t cap = 0, n = 0;
    msh_digit_run *runs = NULL;
    for (size_t at = next_digit(t, 0); at < t.len;) {
        if (!is_digit(t.data[at])) {
            at = next_digit(t, at + 1);
            continue;
        }
        msh_digit_run r = run_at(t, at);
        at = next_digit(t, r.end);
        if (r.digits < MSH_DIGITS_LEAST)
            continue;
        if (n == cap) {
            cap = cap ? cap * 2 : 64;
            msh_digit_run *more = msh_arena_calloc(scratch, cap, sizeof *more);
            if (!more)
                return MSH_E_MEMORY;
            if (n)
                memcpy(more, runs, n * sizeof *runs);
            runs = more;
        }
        runs[n++] = r;
    }
    *out = (msh_digits){.filled = true, .runs = runs, .n = n};
    return MSH_OK;
}

msh_err msh_digits_of(const msh_kind_text *t, msh_arena *scratch, msh_digits *out)
{
    if (t->digits && t->digits->filled) {
        *out = *t->digits;
        return MSH_OK;
    }
    msh_err err = collect(t->text, scratch, out);
    if (err == MSH_OK && t->digits)
        *t->digits = *out;
    return err;
}

bool msh_digits_pick(msh_view text, const msh_digit_run *run, size_t want, size_t *at,
                     msh_digit_pick *out)
{
    size_t begin = *at;
    while (begin < run->end) {
        while (begin < run->end && !is_digit(text.data[begin]))
            begin++;
        /* what follows a point is decimals */
        bool decimals = begin > run->start && text.data[begin - 1] == '.';
        size_t n = 0, groups = 0, i = begin, next = 0;
        while (i < run->end && n < want) {
            groups++;
            while (i < run->end && is_digit(text.data[i])) {
                if (n < want)
                    out->digits[n] = (char)text.data[i];
                i++, n++;
            }
            if (!next)
                next = i;
            if (n < want)
                i += parting(text, i);
        }
        if (begin >= run->end)
            break;
        if (n == want && !decimals) {
            out->digits[want] = 0;
            out->start = begin;
            out->end = i;
            out->groups = groups;
            out->at_left = begin == run->start;
            out->at_right = i == run->end;
            *at = next;
            return true;
        }
        begin = next;
    }
    *at = run->end;
    return false;
}

bool msh_digits_parted_by(msh_view text, const msh_digit_pick *pick, const char *signs)
{
    for (size_t i = pick->start; i < pick->end; i++) {
        uint8_t c = text.data[i];
        if (!is_digit(c) && !strchr(signs, c < 0x80 ? c : '-')) /* other hyphens */
            return false;
    }
    return true;
}

size_t msh_digits_groups(msh_view text, const msh_digit_pick *pick, size_t *lengths, size_t cap)
{
    size_t n = 0;
    for (size_t i = pick->start; i < pick->end && n < cap; n++) {
        size_t from = i;
        while (i < pick->end && is_digit(text.data[i]))
            i++;
        lengths[n] = i - from;
        i += parting(text, i);
    }
    return n;
}

/* A border of a cell ends at `at` (going back) or begins there (going on). */
static bool border_before(msh_view t, size_t at, size_t floor)
{
    if (at <= floor)
        return true;
    uint8_t c = t.data[at - 1];
    return c == '\t' || c == '|' || c == ',' ||
           (c == ' ' && at - floor >= 2 && t.data[at - 2] == ' ');
}

static bool border_after(msh_view t, size_t at, size_t end)
{
    if (at >= end)
        return true;
    uint8_t c = t.data[at];
    return c == '\t' || c == '|' || c == ',' || (c == ' ' && at + 1 < end && t.data[at + 1] == ' ');
}

msh_digit_spot msh_digits_spot(msh_view text, size_t start, size_t end)
{
    msh_digit_spot s;
    msh_line_at(text, start, &s.line_start, &s.line_end);
    if (s.line_end < end)
        s.line_end = end;
    size_t left = start, right = end;
    /* ="…" of spreadsheets, quotes of CSV, brackets */
    while (left > s.line_start && strchr("\"'=(<[", text.data[left - 1]) && text.data[left - 1])
        left--;
    while (right < s.line_end && strchr("\"')>];", text.data[right]) && text.data[right])
        right++;
    size_t l = msh_chars_skip_blanks_back(text, left, s.line_start);
    size_t r = msh_chars_skip_blanks(text, right);
    bool left_edge = l == s.line_start, right_edge = r >= s.line_end;
    s.alone = (left_edge || border_before(text, left, s.line_start)) &&
              (right_edge || border_after(text, right, s.line_end));
    s.in_row = s.alone && !(left_edge && right_edge);
    return s;
}

uint32_t msh_distinct_add(msh_distinct *s, msh_view value)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < value.len; i++)
        h = (h ^ value.data[i]) * 1099511628211u;
    uint32_t kept = s->n < MSH_SEEN_MOST ? s->n : MSH_SEEN_MOST;
    for (uint32_t i = 0; i < kept; i++)
        if (s->hash[i] == h)
            return s->n;
    if (s->n < MSH_SEEN_MOST)
        s->hash[s->n++] = h;
    return s->n;
}

bool msh_digits_is_date(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1900 || year > 2035 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static unsigned number(const char *d, unsigned n)
{
    unsigned v = 0;
    while (n--)
        v = v * 10 + (unsigned)(*d++ - '0');
    return v;
}

/* First two digits of GB/T 2260; 83 is the residence permit of people from Taiwan. */
static bool is_province(unsigned code)
{
    static const uint8_t codes[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34,
                                    35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
                                    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83};
    for (size_t i = 0; i < sizeof codes; i++)
        if (codes[i] == code)
            return true;
    return false;
}

unsigned msh_digits_id18(const char *d)
{
    static const uint8_t weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    unsigned sum = 0, good = 0;
    for (size_t i = 0; i < 17; i++)
        sum += weights[i] * (unsigned)(d[i] - '0');
    if ("10X98765432"[sum % 11] == d[17])
        good |= MSH_ID_CHECK;
    if (is_province(number(d, 2)))
        good |= MSH_ID_PROVINCE;
    if (msh_digits_is_date(number(d + 6, 4), number(d + 10, 2), number(d + 12, 2)))
        good |= MSH_ID_DATE;
    return good;
}

bool msh_digits_id15(const char *d)
{
    return is_province(number(d, 2)) &&
           msh_digits_is_date(1900 + number(d + 6, 2), number(d + 8, 2), number(d + 10, 2));
}

bool msh_digits_luhn(const char *d, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned v = (unsigned)(d[n - 1 - i] - '0') * (i % 2 + 1);
        sum += v > 9 ? v - 9 : v;
    }
    return n > 0 && sum % 10 == 0;
}

bool msh_digits_mobile(const char *d)
{
    static const uint8_t unassigned[] = {142, 143, 154, 161, 164, 194};
    unsigned net = number(d, 3);
    for (size_t i = 0; i < sizeof unassigned; i++)
        if (unassigned[i] == net)
            return false;
    return net >= 130 && net <= 199;
}
