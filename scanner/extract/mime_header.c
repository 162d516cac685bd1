/* mime_header.c: fields of a header (RFC 5322 section 2.2) and whether bytes begin as a mail. */
#include "extract/mime.h"

#include "base/view.h"

enum { NAME_MOST = 128, LINES_LOOKED_AT = 200, LEAD_MOST = 8 };

/* Fields that ordinary text does not begin with count more than From, To and Date. */
static const struct known {
    const char *name;
    int weight;
} known[] = {
    {"from", 1},
    {"to", 1},
    {"cc", 1},
    {"bcc", 1},
    {"date", 1},
    {"subject", 1},
    {"sender", 1},
    {"organization", 1},
    {"lines", 1},
    {"path", 1},
    {"comments", 1},
    {"keywords", 1},
    {"importance", 1},
    {"priority", 1},
    {"status", 1},
    {"encrypted", 1},
    {"reply-to", 2},
    {"message-id", 3},
    {"received", 3},
    {"return-path", 3},
    {"delivered-to", 3},
    {"mime-version", 3},
    {"content-type", 2},
    {"content-transfer-encoding", 3},
    {"content-disposition", 2},
    {"content-id", 2},
    {"content-location", 2},
    {"content-description", 2},
    {"content-class", 2},
    {"content-length", 1},
    {"content-language", 1},
    {"in-reply-to", 3},
    {"references", 2},
    {"newsgroups", 3},
    {"xref", 2},
    {"nntp-posting-host", 3},
    {"nntp-posting-date", 3},
    {"followup-to", 2},
    {"user-agent", 1},
    {"x-mailer", 3},
    {"x-priority", 3},
    {"x-mimeole", 3},
    {"x-originating-ip", 3},
    {"x-mozilla-status", 3},
    {"x-msmail-priority", 3},
    {"x-unsent", 3},
    {"x-sender", 2},
    {"x-receiver", 2},
    {"envelope-to", 3},
    {"apparently-to", 3},
    {"disposition-notification-to", 3},
    {"dkim-signature", 3},
    {"domainkey-signature", 3},
    {"authentication-results", 3},
    {"received-spf", 3},
    {"arc-seal", 3},
    {"arc-message-signature", 3},
    {"arc-authentication-results", 3},
    {"list-id", 3},
    {"list-unsubscribe", 3},
    {"list-post", 3},
    {"precedence", 2},
    {"auto-submitted", 3},
    {"thread-topic", 3},
    {"thread-index", 3},
    {"resent-from", 3},
    {"resent-to", 3},
    {"resent-date", 3},
    {"errors-to", 3},
    {"snapshot-content-location", 3},
    {"reporting-mta", 3},
    {"original-recipient", 3},
    {"final-recipient", 3},
};

static int weight_of(msh_view name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (msh_view_eq_nocase(name, msh_view_str(known[i].name)))
            return known[i].weight;
    return 0;
}

bool msh_mime_is_known(msh_view name)
{
    return weight_of(name) > 0;
}

size_t msh_mime_line_end(msh_view v, size_t at)
{
    const uint8_t *nl = at < v.len ? memchr(v.data + at, '\n', v.len - at) : NULL;
    return nl ? (size_t)(nl - v.data) + 1 : v.len;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static msh_view trim(msh_view v)
{
    while (v.len && (is_blank(v.data[0]) || v.data[0] == '\r' || v.data[0] == '\n'))
        v = msh_view_cut(v, 1, v.len);
    while (v.len &&
           (is_blank(v.data[v.len - 1]) || v.data[v.len - 1] == '\r' || v.data[v.len - 1] == '\n'))
        v.len--;
    return v;
}

/* Length of the name that the line at `at` begins with, 0 when it is no field; *value is where
 * what follows the colon begins. Blanks before the colon are tolerated. */
static size_t name_at(msh_view v, size_t at, size_t *value)
{
    size_t n = 0;
    while (n < NAME_MOST && at + n < v.len && v.data[at + n] > 32 && v.data[at + n] < 127 &&
           v.data[at + n] != ':')
        n++;
    size_t i = at + n;
    while (i < v.len && is_blank(v.data[i]))
        i++;
    *value = i + 1;
    return i < v.len && v.data[i] == ':' ? n : 0;
}

/* Where the field that begins at `at` ends: after its last continuation line. */
static size_t field_end(msh_view v, size_t at)
{
    at = msh_mime_line_end(v, at);
    while (at < v.len && is_blank(v.data[at])) {
        size_t end = msh_mime_line_end(v, at);
        if (trim(msh_view_cut(v, at, end - at)).len == 0)
            break; /* a line of blanks ends the header for most readers */
        at = end;
    }
    return at;
}

static bool is_empty_line(msh_view v, size_t at)
{
    size_t end = msh_mime_line_end(v, at);
    return trim(msh_view_cut(v, at, end - at)).len == 0;
}

bool msh_mime_next_field(msh_view mail, size_t *at, msh_mime_field *f)
{
    while (*at < mail.len) {
        size_t value, end, n = name_at(mail, *at, &value);
        if (n > 0) {
            end = field_end(mail, *at);
            f->at = *at;
            f->name = msh_view_cut(mail, *at, n);
            f->value = trim(msh_view_cut(mail, value, end > value ? end - value : 0));
            *at = end;
            return true;
        }
        end = msh_mime_line_end(mail, *at);
        if (is_empty_line(mail, *at)) {
            *at = end;
            return false;
        }
        size_t next = end < mail.len ? name_at(mail, end, &value) : 0;
        if (next == 0 || !msh_mime_is_known(msh_view_cut(mail, end, next)))
            return false;
        *at = end;
    }
    return false;
}

void msh_mime_unfold(msh_view value, msh_buf *out)
{
    for (size_t at = 0; at < value.len;) {
        size_t end = msh_mime_line_end(value, at), stop = end;
        while (stop > at && (value.data[stop - 1] == '\n' || value.data[stop - 1] == '\r'))
            stop--;
        msh_buf_put_view(out, msh_view_cut(value, at, stop - at));
        at = end;
    }
}

/* --- whether it is a mail
 * -------------------------------------------------------------------------------------- */

/* A line that is a number: Apple's emlx begins with the length of the mail. */
static bool is_count(msh_view v, size_t at)
{
    msh_view line = trim(msh_view_cut(v, at, msh_mime_line_end(v, at) - at));
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] < '0' || line.data[i] > '9')
            return false;
    return line.len > 0 && line.len < 12;
}

/* What may stand before the first field: empty lines, a line of an mbox, an answer of HTTP. */
static size_t skip_lead(msh_view v)
{
    size_t at = msh_view_starts(v, MSH_VIEW("\xef\xbb\xbf")) ? 3 : 0;
    for (unsigned i = 0; i < LEAD_MOST && at < v.len; i++) {
        msh_view line = msh_view_cut(v, at, v.len);
        if (!is_empty_line(v, at) && !is_count(v, at) &&
            !msh_view_starts(line, MSH_VIEW(">From ")) &&
            !msh_view_starts(line, MSH_VIEW("From ")) && !msh_view_starts(line, MSH_VIEW("HTTP/1")))
            break;
        at = msh_mime_line_end(v, at);
    }
    return at;
}

int msh_mime_looks_like_mail(msh_view head, bool lenient)
{
    unsigned fields = 0, names = 0;
    int sum = 0, most = 0;
    size_t at = skip_lead(head);
    msh_mime_field f;
    for (unsigned i = 0; i < LINES_LOOKED_AT && msh_mime_next_field(head, &at, &f); i++) {
        int w = weight_of(f.name);
        fields++;
        names += w > 0;
        sum += w;
        most = w > most ? w : most;
    }
    if (lenient)
        return names >= 1 ? 95 : fields >= 2 ? 91 : 0;
    if (names < 2 || sum < 3)
        return 0;
    return most >= 3 ? 95 : 91;
}
