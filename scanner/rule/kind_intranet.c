/* kind_intranet.c: addresses of an internal network and paths of work stations: URLs of RFC 1918
 * hosts, UNC paths, C:\Users\NAME. domain.md section 5, "Credentials and site hygiene".
 *
 * Found by literals and read by hand: as an expression this was the slowest of all rules. */
#include "rule/kind.h"

#include "base/err.h"
#include "base/view.h"
#include "rule/chars.h"

#include <string.h>

enum { TAG_HOST, TAG_SHARE, TAG_USERS, TAG_FILE, NAME_MOST = 60 };

static bool is_name_char(uint8_t c)
{
    return msh_chars_is_alnum(c) || c >= 0x80 || (c && strchr("._-$ ", c));
}

/* Decimal number of at most three digits; SIZE_MAX when it is none up to 255. */
static size_t octet(msh_view t, size_t at, unsigned *value)
{
    size_t n = 0;
    *value = 0;
    while (n < 3 && at + n < t.len && msh_chars_is_digit(t.data[at + n]))
        *value = *value * 10 + (t.data[at + n++] - '0');
    return n == 0 || *value > 255 ? SIZE_MAX : at + n;
}

/* Four octets of RFC 1918 at `at`; the end, 0 when it is no such address. */
static size_t private_address(msh_view t, size_t at)
{
    unsigned part[4];
    for (int i = 0; i < 4; i++) {
        if (i && (at >= t.len || t.data[at++] != '.'))
            return 0;
        at = octet(t, at, &part[i]);
        if (at == SIZE_MAX)
            return 0;
    }
    if (at < t.len && (msh_chars_is_digit(t.data[at]) ||
                       (t.data[at] == '.' && at + 1 < t.len && msh_chars_is_digit(t.data[at + 1]))))
        return 0;
    bool private = part[0] == 10 || (part[0] == 172 && part[1] >= 16 && part[1] <= 31) ||
                   (part[0] == 192 && part[1] == 168);
    return private ? at : 0;
}

/* scheme://[user@]10.…; "//" is the hit. */
static size_t host(msh_view t, size_t *start, size_t end)
{
    size_t from = *start;
    while (from > 0 && *start - from < 12 && msh_chars_is_alnum(t.data[from - 1]))
        from--;
    if (from == *start || *start - from < 3)
        return 0;
    *start = from;
    return private_address(t, end);
}

/* One part of a path: letters, digits, Han; its end, 0 when there is none. */
static size_t path_part(msh_view t, size_t at)
{
    size_t from = at;
    while (at < t.len && at - from < NAME_MOST && is_name_char(t.data[at]))
        at++;
    return at > from && at < t.len && t.data[at] == '\\' ? at : 0;
}

/* \\server\share\: not the backslashes of an expression or a string. */
static size_t share(msh_view t, size_t start, size_t end)
{
    if (start > 0 && (msh_chars_is_alnum(t.data[start - 1]) || t.data[start - 1] == '\\' ||
                      t.data[start - 1] == ':' || strchr("[]{}()+*?.|^", t.data[start - 1])))
        return 0;
    size_t server = path_part(t, end);
    if (!server || server - end < 3 || memchr(t.data + end, ' ', server - end))
        return 0;
    size_t folder = path_part(t, server + 1);
    return folder && folder - server > 2 ? folder + 1 : 0;
}

/* c:\users\NAME\, but for names that are no one's. */
static size_t home(msh_view t, size_t end)
{
    static const char *const nobody[] = {"public", "username", "user",      "default", "you",
                                         "name",   "yourname", "your_name", "xxx",     "all users"};
    size_t to = path_part(t, end);
    if (!to)
        return 0;
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
        if (msh_view_eq_str(msh_view_cut(t, end, to - end), nobody[i]))
            return 0;
    return to + 1;
}

static msh_err intranet_scan(const void *state, const msh_kind_text *t, const msh_literal_hit *hits,
                             size_t n_hits, const msh_kind_out *out)
{
    size_t done = 0;
    (void)state;
    for (size_t i = 0; i < n_hits; i++) {
        size_t start = hits[i].start, end = 0;
        if (start < done)
            continue;
        switch (hits[i].tag) {
        case TAG_HOST:
            end = host(t->text, &start, hits[i].start + strlen("://"));
            break;
        case TAG_SHARE:
            end = share(t->text, start, hits[i].end);
            break;
        case TAG_USERS:
            end = home(t->text, hits[i].end);
            break;
        default:
            end = hits[i].end;
        }
        if (end <= start)
            continue;
        done = end;
        msh_candidate c = {.start = start, .end = end};
        MSH_TRY(out->found(out->ctx, &c));
    }
    return MSH_OK;
}

/* find: {kind: intranet} */
static msh_err intranet_compile(const msh_kind_compile *c, msh_node *find, void **state,
                                msh_error *why)
{
    static const struct {
        const char *word;
        uint32_t tag;
    } words[] = {{"://10.", TAG_HOST},
                 {"://192.168.", TAG_HOST},
                 {"://172.1", TAG_HOST},
                 {"://172.2", TAG_HOST},
                 {"://172.3", TAG_HOST},
                 {"\\\\", TAG_SHARE},
                 {"c:\\users\\", TAG_USERS},
                 {"d:\\users\\", TAG_USERS},
                 {"documents and settings\\", TAG_USERS},
                 {"file:///c:/", TAG_FILE},
                 {"file:///d:/", TAG_FILE},
                 {"file:///e:/", TAG_FILE}};
    (void)find;
    (void)why;
    *state = NULL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        MSH_TRY(c->want_literal(c->ctx, msh_view_str(words[i].word), words[i].tag));
    return MSH_OK;
}

const msh_kind msh_kind_intranet = {
    .name = "intranet",
    .views = 1u << MSH_VIEW_FOLDED,
    .compile = intranet_compile,
    .scan = intranet_scan,
};
