/* fmt_pgp.c: OpenPGP messages (RFC 9580), in text or as files: said to be encrypted, or not read
 * where they are only signed or compressed. Text that is signed in the clear is plain text. */
#include "base/err.h"
#include "base/view.h"
#include "extract/mime.h"

enum { FIRST_LINE = 16, LINES = 16 };

static const char armor[] = "-----BEGIN PGP MESSAGE";

/* What stands in memory of the document: all of it where it is small. */
static msh_view seen(const msh_doc *doc)
{
    return doc->in->is_whole ? doc->in->memory : doc->head;
}

static bool is_blank_line(msh_view v, size_t at)
{
    return at >= v.len || v.data[at] == '\n' || v.data[at] == '\r';
}

/* The first line of base64 behind the armor at `at`: behind an empty line. Empty when there is
 * none. */
static msh_view first_line(msh_view v, size_t at)
{
    for (unsigned i = 0; i < LINES && at < v.len && !is_blank_line(v, at); i++)
        at = msh_mime_line_end(v, at);
    if (!is_blank_line(v, at))
        return MSH_VIEW("");
    at = msh_mime_line_end(v, at);
    msh_view line = msh_view_cut(v, at, msh_mime_line_end(v, at) - at);
    return line.len >= FIRST_LINE ? line : MSH_VIEW("");
}

/* The armor that begins a line and has data behind it. */
static bool find_armor(msh_view v, size_t *at, msh_view *line)
{
    size_t p = msh_view_find(v, MSH_VIEW(armor), 0);
    for (; p != SIZE_MAX; p = msh_view_find(v, MSH_VIEW(armor), p + 1)) {
        bool begins = p == 0 || v.data[p - 1] == '\n' || v.data[p - 1] == ' ';
        *line = first_line(v, p);
        *at = p;
        if (begins && line->len)
            return true;
    }
    return false;
}

/* Section 4.2: the tag of the first packet; encrypted data, or a session key before it. */
static bool is_encrypted(uint8_t first)
{
    unsigned tag = first & 0x40 ? first & 63 : first >> 2 & 15;
    return tag == 1 || tag == 3 || tag == 9 || tag == 18 || tag == 20;
}

static bool is_file(const msh_doc *doc)
{
    bool named = msh_view_ends_nocase(doc->name, MSH_VIEW(".gpg")) ||
                 msh_view_ends_nocase(doc->name, MSH_VIEW(".pgp"));
    return named && doc->head.len && doc->head.data[0] & 0x80;
}

static int probe(const msh_doc *doc)
{
    size_t at;
    msh_view line;
    if (is_file(doc))
        return 60;
    return find_armor(seen(doc), &at, &line) ? 60 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    size_t at = 0;
    msh_view line;
    msh_buf bytes;
    uint8_t first = doc->head.len ? doc->head.data[0] : 0;
    msh_place place = doc->place;
    msh_buf_init(&bytes, 4096);
    if (!is_file(doc) && find_armor(seen(doc), &at, &line)) {
        (void)msh_mime_decode(MSH_MIME_BASE64, msh_view_cut(line, 0, 64), &bytes);
        first = bytes.len ? bytes.data[0] : 0;
        place.offset = at;
    }
    msh_buf_dispose(&bytes);
    bool encrypted = is_encrypted(first);
    return msh_report(x, &place,
                      encrypted ? MSH_REASON_MAIL_ENCRYPTED : MSH_REASON_FORMAT_UNSUPPORTED, 0);
}

const msh_format msh_format_pgp = {
    .name = "pgp",
    .zh = "OpenPGP 加密信息",
    .en = "OpenPGP messages",
    .suffixes = "asc gpg pgp",
    .reads_zh = "报告为已加密；明文签名的文字按纯文本检查",
    .reads_en = "reported as encrypted; text signed in the clear as plain text",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT,
};
