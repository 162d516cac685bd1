/* fmt_cms.c: signed and encrypted messages (RFC 5652 with RFC 3274, 5544; GM/T 0010): the content
 * of signed, digested, compressed and time-stamped ones is a member, encrypted ones are said to be
 * encrypted. DER and BER, also with lengths that are not given, also written as base64 (RFC 7468).
 * Names in certificates are found by the raw sweep. */
#include "base/err.h"
#include "base/view.h"
#include "extract/mime.h"

enum { LEVELS = 16, CONSTRUCTED = 0x20, OCTETS = 4, OBJECT = 6, SEQUENCE = 0x30, FIRST = 0xa0 };

typedef enum content {
    UNKNOWN,
    DATA,
    ENCAPSULATED, /* … encapContentInfo { type, [0] octets } */
    STAMPED,      /* … octets */
    ENCRYPTED
} content;

static const struct kind {
    const char *oid;
    uint8_t len;
    uint8_t content;
} kinds[] = {
    {"\x2a\x86\x48\x86\xf7\x0d\1\7\2", 9, ENCAPSULATED},            /* signedData */
    {"\x2a\x86\x48\x86\xf7\x0d\1\7\3", 9, ENCRYPTED},               /* envelopedData */
    {"\x2a\x86\x48\x86\xf7\x0d\1\7\4", 9, ENCRYPTED},               /* signed and enveloped */
    {"\x2a\x86\x48\x86\xf7\x0d\1\7\5", 9, ENCAPSULATED},            /* digestedData */
    {"\x2a\x86\x48\x86\xf7\x0d\1\7\6", 9, ENCRYPTED},               /* encryptedData */
    {"\x2a\x86\x48\x86\xf7\x0d\1\7\1", 9, DATA},                    /* data */
    {"\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x09", 11, ENCAPSULATED}, /* compressedData */
    {"\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x17", 11, ENCRYPTED},    /* authEnvelopedData */
    {"\x2a\x86\x48\x86\xf7\x0d\1\x09\x10\1\x1f", 11, STAMPED},      /* timestampedData */
    {"\x2a\x81\x1c\xcf\x55\6\1\4\2\1", 10, DATA},                   /* the same with SM2 */
    {"\x2a\x81\x1c\xcf\x55\6\1\4\2\2", 10, ENCAPSULATED},
    {"\x2a\x81\x1c\xcf\x55\6\1\4\2\3", 10, ENCRYPTED},
    {"\x2a\x81\x1c\xcf\x55\6\1\4\2\4", 10, ENCRYPTED},
    {"\x2a\x81\x1c\xcf\x55\6\1\4\2\5", 10, ENCRYPTED},
};

/* --- BER -----------------------------------------------------------------------------------------
 */

typedef struct node {
    uint8_t tag;
    msh_view body; /* up to its end, or all there is when no length is given */
    bool cut;      /* its length goes beyond what is there */
    bool open;     /* no length: ends with two zeros */
    size_t next;   /* behind it; SIZE_MAX: look for the end */
} node;

/* The element at `at`; false when there is none, or the end of an open one. */
static bool node_at(msh_view v, size_t at, node *n)
{
    if (at + 2 > v.len || (v.data[at] == 0 && v.data[at + 1] == 0) || (v.data[at] & 31) == 31)
        return false;
    size_t len = v.data[at + 1], bytes = 0;
    n->tag = v.data[at];
    n->open = len == 0x80;
    if (len > 0x80) {
        bytes = len & 0x7f;
        len = 0;
        if (bytes > 4 || at + 2 + bytes > v.len)
            return false;
        for (size_t i = 0; i < bytes; i++)
            len = len << 8 | v.data[at + 2 + i];
    }
    n->body = msh_view_cut(v, at + 2 + bytes, n->open ? v.len : len);
    n->cut = !n->open && n->body.len < len;
    n->next = n->open ? SIZE_MAX : at + 2 + bytes + n->body.len;
    return !(n->open && !(n->tag & CONSTRUCTED));
}

/* Behind the element at `at`, whose end may have to be looked for; v.len when it is not there. */
static size_t skip(msh_view v, size_t at, unsigned level)
{
    node n;
    if (!node_at(v, at, &n) || level > LEVELS)
        return v.len;
    if (!n.open)
        return n.next;
    at += 2;
    while (at + 2 <= v.len && (v.data[at] || v.data[at + 1])) {
        size_t next = skip(v, at, level + 1);
        at = next > at ? next : v.len;
    }
    return at + 2 <= v.len ? at + 2 : v.len;
}

/* The first element of v with a tag. */
static bool find(msh_view v, uint8_t tag, node *n)
{
    size_t at = 0;
    while (node_at(v, at, n)) {
        if (n->tag == tag)
            return true;
        at = n->open ? skip(v, at, 0) : n->next;
    }
    return false;
}

/* Octets whole or in pieces; false when pieces lie too deep. */
static bool put_octets(const node *n, msh_buf *out, unsigned level)
{
    bool whole = true;
    if (!(n->tag & CONSTRUCTED)) {
        msh_buf_put_view(out, n->body);
        return true;
    }
    if (level > LEVELS)
        return false;
    node piece;
    for (size_t at = 0; node_at(n->body, at, &piece);) {
        whole &= put_octets(&piece, out, level + 1);
        at = piece.open ? skip(n->body, at, 0) : piece.next;
    }
    return whole;
}

static bool find_octets(msh_view v, node *n)
{
    return find(v, OCTETS, n) || find(v, OCTETS | CONSTRUCTED, n);
}

/* --- messages ------------------------------------------------------------------------------------
 */

static content content_of(msh_view der, msh_view *rest)
{
    node all, oid;
    if (!node_at(der, 0, &all) || all.tag != SEQUENCE || !node_at(all.body, 0, &oid) ||
        oid.tag != OBJECT)
        return UNKNOWN;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (msh_view_eq(oid.body, msh_view_of(kinds[i].oid, kinds[i].len))) {
            *rest = msh_view_cut(all.body, oid.next, all.body.len);
            return (content)kinds[i].content;
        }
    return UNKNOWN;
}

typedef enum octets_found { BAD, DETACHED, FOUND } octets_found;

/* In encapContentInfo: an object, perhaps [0] with the octets. */
static octets_found in_content_info(msh_view info, node *out)
{
    node type, wrap;
    if (!node_at(info, 0, &type) || type.tag != OBJECT)
        return BAD;
    if (!find(info, FIRST, &wrap))
        return type.next == info.len || info.data[type.next] == 0 ? DETACHED : BAD;
    return find_octets(wrap.body, out) ? FOUND : BAD;
}

/* Where the octets of a message are: rest begins with [0]. DETACHED: a signature of something
 * else. */
static octets_found octets_of(content kind, msh_view rest, node *out)
{
    node wrap, body, inner;
    if (!find(rest, FIRST, &wrap))
        return BAD;
    if (kind == DATA)
        return find_octets(wrap.body, out) ? FOUND : BAD;
    if (!find(wrap.body, SEQUENCE, &body))
        return BAD;
    if (kind == STAMPED)
        return find_octets(body.body, out) ? FOUND : BAD;
    size_t at = 0;
    octets_found found = BAD;
    while (found != FOUND && node_at(body.body, at, &inner)) {
        octets_found here = BAD;
        if (inner.tag == SEQUENCE) /* one of them may be an algorithm: an object without [0] */
            here = in_content_info(inner.body, out);
        found = here > found ? here : found;
        at = inner.open ? skip(body.body, at, 0) : inner.next;
    }
    return found;
}

/* "通知.docx.p7m" holds "通知.docx"; smime.p7m holds what a mail would. */
static msh_view member_name(msh_view name)
{
    static const char *const ends[] = {".p7m", ".p7s", ".p7", ".tsd", ".p7b", ".pem", ".der"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (msh_view_ends_nocase(name, msh_view_str(ends[i])))
            name.len -= strlen(ends[i]);
    bool more = name.len && memchr(name.data, '.', name.len);
    return more ? name : MSH_VIEW("content.eml");
}

/* There is nothing to read but names in certificates; that it is a signature is a property. */
static msh_err emit_detached(msh_extract *x, const msh_doc *doc)
{
    msh_place place = doc->place;
    place.role = MSH_ROLE_META;
    place.name = MSH_VIEW("Content-Type");
    return msh_emit(x, &place, MSH_VIEW("application/pkcs7-signature"), 0);
}

/* What is signed is often a digest (of a page, of a document beside): bytes that say nothing, and
 * are swept with the rest. */
static bool is_digest(msh_view v)
{
    bool size = v.len == 20 || v.len == 32 || v.len == 48 || v.len == 64;
    return size && !msh_view_is_utf8(v);
}

static msh_err read_der(msh_extract *x, const msh_doc *doc, msh_view der)
{
    msh_view rest;
    node octets;
    msh_buf out;
    content kind = content_of(der, &rest);
    if (kind == UNKNOWN)
        return MSH_E_CORRUPT;
    if (kind == ENCRYPTED)
        return msh_report(x, &doc->place, MSH_REASON_MAIL_ENCRYPTED, 0);
    switch (octets_of(kind, rest, &octets)) {
    case BAD:
        return node_at(der, 0, &octets) && octets.cut ? MSH_E_SHORT : MSH_E_CORRUPT;
    case DETACHED:
        MSH_TRY(emit_detached(x, doc));
        return node_at(der, 0, &octets) && octets.cut ? MSH_E_SHORT : MSH_OK;
    default:
        break;
    }
    msh_part part = {.name = member_name(doc->name), .unnamed = true};
    msh_buf_init(&out, der.len + 1);
    bool whole = put_octets(&octets, &out, 0);
    msh_err err = msh_buf_err(&out);
    if (err == MSH_OK)
        err = msh_budget_decoded(&x->budget, out.len);
    if (err == MSH_OK && !is_digest(msh_buf_view(&out)))
        err = msh_extract_part(x, doc, &part, msh_buf_view(&out));
    if (err == MSH_OK && (!whole || octets.cut || (node_at(der, 0, &octets) && octets.cut)))
        err = MSH_E_SHORT;
    msh_buf_dispose(&out);
    return err;
}

/* --- the format
 * ----------------------------------------------------------------------------------------- */

/* Lines of base64 between "-----BEGIN" and "-----END", or nothing but base64. */
static bool decode_lines(msh_view v, msh_buf *out)
{
    size_t at = 0;
    msh_buf lines;
    msh_buf_init(&lines, v.len + 1);
    bool inside = !msh_view_starts(v, MSH_VIEW("-----BEGIN "));
    for (size_t end; at < v.len; at = end) {
        end = msh_mime_line_end(v, at);
        msh_view line = msh_view_cut(v, at, end - at);
        if (msh_view_starts(line, MSH_VIEW("-----")))
            inside = msh_view_starts(line, MSH_VIEW("-----BEGIN "));
        else if (inside)
            msh_buf_put_view(&lines, line);
    }
    (void)msh_mime_decode(MSH_MIME_BASE64, msh_buf_view(&lines), out);
    bool good = msh_buf_err(&lines) == MSH_OK && msh_buf_err(out) == MSH_OK && out->len > 0;
    msh_buf_dispose(&lines);
    return good;
}

static bool is_written(const msh_doc *doc)
{
    return msh_view_starts(doc->head, MSH_VIEW("-----BEGIN PKCS")) ||
           msh_view_starts(doc->head, MSH_VIEW("-----BEGIN CMS")) ||
           (msh_view_starts(doc->head, MSH_VIEW("M")) &&
            (msh_view_ends_nocase(doc->name, MSH_VIEW(".p7m")) ||
             msh_view_ends_nocase(doc->name, MSH_VIEW(".p7s"))));
}

static int probe(const msh_doc *doc)
{
    msh_view rest;
    msh_buf der;
    if (!is_written(doc))
        return content_of(doc->head, &rest) != UNKNOWN ? 80 : 0;
    msh_buf_init(&der, MSH_HEAD);
    bool is = decode_lines(doc->head, &der) && content_of(msh_buf_view(&der), &rest) != UNKNOWN;
    msh_buf_dispose(&der);
    return is ? 80 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    msh_buf der;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    if (!is_written(doc))
        return read_der(x, doc, all);
    msh_buf_init(&der, all.len + 1);
    msh_err err = decode_lines(all, &der) ? MSH_OK : MSH_E_CORRUPT;
    if (err == MSH_OK)
        err = msh_budget_decoded(&x->budget, der.len);
    if (err == MSH_OK)
        err = read_der(x, doc, msh_buf_view(&der));
    msh_buf_dispose(&der);
    return err;
}

const msh_format msh_format_cms = {
    .name = "cms",
    .zh = "数字签名、数字信封（PKCS #7/CMS，含国密）",
    .en = "signed and enveloped messages (PKCS #7/CMS)",
    .suffixes = "p7m p7s p7 tsd",
    .reads_zh = "签名、压缩、时间戳里的内容；加密的报告为已加密；证书里的名称由原始扫描读取",
    .reads_en = "what was signed, compressed or time-stamped; encrypted content is reported; names "
                "in certificates by the raw sweep",
    .probe = probe,
    .extract = extract,
};
