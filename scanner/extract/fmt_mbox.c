/* fmt_mbox.c: mailboxes: mails one behind the other, each after a line "From sender date" (RFC
 * 4155, qmail's mbox(5)), also the variants that count (Content-Length) instead of quoting; and the
 * boxes of Foxmail, whose mails begin after a line of control characters.
 *
 * Read mail by mail, so that a box of any size passes in bounded memory. */
#include "extract/mime.h"

#include "base/err.h"
#include "base/view.h"

#include <stdio.h>

enum { CHUNK = 1 << 20, NAME = 32, AHEAD = 4096 };

static const msh_view foxmail = {
    (const uint8_t *)"\x10\x10\x10\x10\x10\x10\x10\x11\x11\x11\x11\x11\x11S", 14};

typedef struct box {
    msh_extract *x;
    const msh_doc *doc;
    msh_buf window;
    size_t start;    /* of the mail in the window; what lies before was read */
    uint64_t offset; /* of the window in the input */
    uint64_t mails;
    bool is_foxmail, at_end;
} box;

/* "From someone Thu Nov 24 23:05:55 2026": a time of day on the line. */
static bool is_from_line(msh_view v, size_t at)
{
    msh_view line = msh_view_cut(v, at, msh_mime_line_end(v, at) - at);
    if (!msh_view_starts(line, MSH_VIEW("From ")) || line.len > 512)
        return false;
    for (size_t i = 5; i + 4 < line.len; i++)
        if (line.data[i + 2] == ':' && line.data[i] >= '0' && line.data[i] <= '9' &&
            line.data[i + 1] >= '0' && line.data[i + 1] <= '9' && line.data[i + 3] >= '0' &&
            line.data[i + 3] <= '9')
            return true;
    return false;
}

/* Whether a field follows the line at `at`: a quoted From_ line in a text has none behind it. */
static bool field_follows(msh_view v, size_t at)
{
    msh_mime_field f;
    size_t next = msh_mime_line_end(v, at), from = next;
    return msh_mime_next_field(msh_view_cut(v, 0, next + AHEAD), &next, &f) && f.at == from;
}

static bool begins_mail(const box *b, msh_view v, size_t at)
{
    if (b->is_foxmail)
        return msh_view_starts(msh_view_cut(v, at, v.len), foxmail);
    return is_from_line(v, at) && field_follows(v, at);
}

/* --- windows
 * --------------------------------------------------------------------------------------
 */

static msh_view rest(const box *b)
{
    return msh_view_cut(msh_buf_view(&b->window), b->start, b->window.len);
}

/* Forget what was read, once it is worth the move. */
static void compact(box *b)
{
    if (b->start == 0 || (b->start < CHUNK && b->start < b->window.len))
        return;
    b->window.len -= b->start;
    memmove(b->window.data, b->window.data + b->start, b->window.len);
    b->offset += b->start;
    b->start = 0;
}

/* Whether there may be more behind the window that fits into it. */
static bool can_grow(const box *b)
{
    return !b->at_end && b->window.ceiling - b->window.len >= CHUNK;
}

/* At least `want` bytes of the mail, where there are so many. */
static msh_err fill(box *b, size_t want)
{
    while (b->window.len - b->start < want && can_grow(b)) {
        size_t got = 0;
        uint8_t *to = msh_buf_room(&b->window, CHUNK);
        if (!to)
            return MSH_E_MEMORY;
        MSH_TRY(msh_input_read(b->doc->in, b->offset + b->window.len, to, CHUNK, &got));
        msh_buf_grew(&b->window, got);
        b->at_end = got == 0;
        MSH_TRY(msh_budget_time(&b->x->budget));
    }
    return MSH_OK;
}

/* --- where a mail ends
 * ------------------------------------------------------------------------------------ */

static bool read_number(msh_view v, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] < '0' || v.data[i] > '9' || *n > SIZE_MAX / 16)
            return false;
        *n = *n * 10 + (v.data[i] - '0');
    }
    return v.len > 0;
}

/* By its Content-Length, if that is to be believed: there must a mail begin, or the input end.
 * *end is 0 when not. */
static msh_err counted_end(box *b, size_t *end)
{
    msh_mime_field f;
    msh_view v = rest(b);
    size_t at = msh_mime_line_end(v, 0), n = 0;
    bool counted = false;
    *end = 0;
    while (msh_mime_next_field(v, &at, &f))
        if (msh_view_eq_nocase(f.name, MSH_VIEW("content-length")))
            counted = read_number(f.value, &n);
    if (!counted || n > b->window.ceiling)
        return MSH_OK;
    MSH_TRY(fill(b, at + n + AHEAD));
    v = rest(b);
    if (n > v.len - at)
        return MSH_OK;
    size_t stop = at + n;
    while (stop < v.len && stop < at + n + 4 && (v.data[stop] == '\n' || v.data[stop] == '\r'))
        stop++;
    if (stop == v.len || is_from_line(v, stop))
        *end = stop;
    return MSH_OK;
}

/* By the next line that begins a mail, looking from *seen on; 0 when it is not in the window. */
static size_t marked_end(const box *b, size_t *seen)
{
    msh_view v = rest(b);
    size_t at = *seen;
    while (at < v.len) {
        size_t end = msh_mime_line_end(v, at);
        if (end + AHEAD > v.len && can_grow(b))
            break;
        if (at > 0 && begins_mail(b, v, at))
            return at;
        at = end;
    }
    *seen = at;
    return 0;
}

static msh_err find_end(box *b, size_t *end)
{
    size_t seen = 0;
    *end = 0;
    if (!b->is_foxmail)
        MSH_TRY(counted_end(b, end));
    while (*end == 0) {
        *end = marked_end(b, &seen);
        if (*end == 0 && !can_grow(b))
            *end = b->window.len - b->start;
        if (*end == 0)
            MSH_TRY(fill(b, b->window.len - b->start + 1));
    }
    return MSH_OK;
}

/* --- mails
 * ----------------------------------------------------------------------------------------- */

/* Where the mail itself begins: behind the line before it, or behind Foxmail's mark alone. */
static size_t mail_start(const box *b, msh_view mail)
{
    if (!begins_mail(b, mail, 0))
        return 0;
    return b->is_foxmail ? foxmail.len : msh_mime_line_end(mail, 0);
}

static msh_err read_one(box *b, msh_view mail)
{
    char name[NAME];
    size_t from = mail_start(b, mail);
    (void)snprintf(name, sizeof name, "%llu.eml", (unsigned long long)++b->mails);
    msh_part part = {.name = msh_view_str(name), .unnamed = true};
    MSH_TRY(msh_budget_decoded(&b->x->budget, mail.len));
    return msh_extract_part(b->x, b->doc, &part, msh_view_cut(mail, from, mail.len));
}

static msh_err read_box(box *b)
{
    for (;;) {
        size_t end = 0;
        compact(b);
        MSH_TRY(fill(b, CHUNK));
        if (b->window.len == b->start)
            return MSH_OK;
        MSH_TRY(find_end(b, &end));
        bool too_long = end == b->window.len - b->start && !b->at_end && !can_grow(b) &&
                        b->offset + b->window.len < b->doc->in->size;
        MSH_TRY(read_one(b, msh_view_cut(rest(b), 0, end)));
        if (too_long) /* it goes on as one more mail */
            MSH_TRY(msh_report(b->x, &b->doc->place, MSH_REASON_LIMIT_MEMBER_SIZE, end));
        b->start += end;
    }
}

/* --- the format
 * ----------------------------------------------------------------------------------------- */

static size_t first_line(msh_view v)
{
    size_t at = 0;
    while (at < v.len && (v.data[at] == '\n' || v.data[at] == '\r'))
        at++;
    return at;
}

static bool is_foxmail(msh_view head)
{
    return msh_view_starts(head, foxmail);
}

static int probe(const msh_doc *doc)
{
    size_t at = first_line(doc->head);
    if (is_foxmail(doc->head))
        return 97;
    return is_from_line(doc->head, at) && field_follows(doc->head, at) ? 97 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    box b = {.x = x, .doc = doc, .is_foxmail = is_foxmail(doc->head)};
    size_t ceiling = (size_t)x->limits->member_size;
    msh_buf_init(&b.window, ceiling > 2 * CHUNK ? ceiling : 2 * CHUNK);
    uint64_t before = x->handed;
    msh_err err = read_box(&b);
    msh_buf_dispose(&b.window);
    if (err == MSH_OK)
        msh_extract_runs_read(x, 0);
    if (err == MSH_OK && x->handed == before)
        return MSH_E_CORRUPT; /* marks, and nothing between them */
    return err;
}

const msh_format msh_format_mbox = {
    .name = "mbox",
    .zh = "邮箱文件",
    .en = "mailbox",
    .suffixes = "mbox mbx box",
    .reads_zh = "其中每一封邮件（mbox 各种写法、Foxmail 邮箱）；另按原文再查一遍",
    .reads_en = "every mail in it (all ways of mbox, Foxmail); the source once more",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT | MSH_FORMAT_WHOLE,
    .family = "markup",
};
