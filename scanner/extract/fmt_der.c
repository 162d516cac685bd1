/* fmt_der.c: data in ASN.1 of no kind that is known by name: electronic seals and signature values
 * of OFD (GM/T 0031, GB/T 38540), certificates (X.690 DER).
 *
 * Every string is text, every picture a member; all bytes are swept as well. Messages of CMS are
 * for fmt_cms.c. Only data that is whole, from the first byte to the last, is taken for DER. */
#include "extract/extract.h"

#include "base/err.h"
#include "base/view.h"

enum { LEVELS = 32, LEAST = 32, PICTURE_LEAST = 64, CONSTRUCTED = 0x20, CONTEXT = 0x80 };
enum { BIT_STRING = 3, OCTETS = 4, OBJECT = 6, UTF8 = 12, BMP = 30, SEQUENCE = 0x30 };

/* The element at *at; moves behind it. False when it does not fit. */
static bool next_element(msh_view v, size_t *at, uint8_t *tag, msh_view *body)
{
    size_t i = *at, len, n;
    if (i + 2 > v.len)
        return false;
    *tag = v.data[i];
    len = v.data[i + 1];
    i += 2;
    if ((*tag & 31) == 31 || len == 0x80)
        return false;
    if (len > 0x80) {
        n = len & 0x7f;
        len = 0;
        if (n > 4 || n > v.len - i)
            return false;
        while (n-- > 0)
            len = len << 8 | v.data[i++];
    }
    if (len > v.len - i)
        return false;
    *body = msh_view_cut(v, i, len);
    *at = i + len;
    return true;
}

/* Whether v is elements to its end, all the way down. */
static bool is_der(msh_view v, unsigned level)
{
    uint8_t tag;
    msh_view body;
    size_t at = 0;
    if (level > LEVELS)
        return false;
    while (at < v.len) {
        if (!next_element(v, &at, &tag, &body))
            return false;
        if ((tag & CONSTRUCTED) && !is_der(body, level + 1))
            return false;
    }
    return true;
}

/* Where the outer sequence ends; 0 when its head is none. */
static uint64_t outer_end(msh_view v)
{
    size_t n = v.len > 1 && v.data[1] > 0x80 ? v.data[1] & 0x7fu : 0;
    uint64_t len = v.len > 1 ? v.data[1] : 0;
    if (v.len < LEAST || v.data[0] != SEQUENCE || len == 0x80 || n > 4)
        return 0;
    if (n > 0)
        len = 0;
    for (size_t i = 0; i < n; i++)
        len = len << 8 | v.data[2 + i];
    return 2 + n + len;
}

/* What the head shows: a sequence as long as the file that does not begin with a name of its kind.
 * The rest of a longer one is looked at when it is read. */
static int probe(const msh_doc *doc)
{
    msh_view v = doc->head;
    if (outer_end(v) == 0 || outer_end(v) != doc->in->size)
        return 0;
    size_t first = 2u + (v.data[1] > 0x80 ? v.data[1] & 0x7fu : 0);
    if ((v.data[first] & 31) == 31 || v.data[first] == OBJECT || v.data[first] == 0)
        return 0;
    return doc->in->size > v.len || is_der(v, 0) ? 60 : 0;
}

static bool is_string(uint8_t tag)
{
    return tag == UTF8 || (tag >= 18 && tag <= 28);
}

static bool is_picture(msh_view v)
{
    static const char *const heads[] = {"\x89PNG", "GIF8", "\xff\xd8\xff", "BM", "PK\3\4"};
    if (v.len < PICTURE_LEAST)
        return false;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        if (msh_view_starts(v, msh_view_str(heads[i])))
            return true;
    return false;
}

static msh_err read_elements(msh_extract *x, const msh_doc *doc, msh_view v, msh_buf *out,
                             unsigned level);

/* Octets: a picture, more DER, or bytes (which are swept with the rest). */
static msh_err read_octets(msh_extract *x, const msh_doc *doc, uint8_t tag, msh_view body,
                           msh_buf *out, unsigned level)
{
    if (is_picture(body))
        return msh_extract_child(x, doc, MSH_VIEW("+picture"), body);
    if (tag == BIT_STRING)
        body = msh_view_cut(body, 1, body.len);
    if (body.len > 2 && body.data[0] == SEQUENCE && is_der(body, level))
        return read_elements(x, doc, body, out, level + 1);
    return MSH_OK;
}

static msh_err emit_wide(msh_extract *x, const msh_doc *doc, msh_view body)
{
    msh_text t = {.bytes = body, .charset = MSH_CS_UTF16BE, .place = doc->place};
    t.place.line = 1;
    t.place.offset = MSH_NO_POSITION;
    t.place.role = MSH_ROLE_META;
    return msh_emit_mapped(x, &t);
}

static msh_err read_elements(msh_extract *x, const msh_doc *doc, msh_view v, msh_buf *out,
                             unsigned level)
{
    uint8_t tag;
    msh_view body;
    for (size_t at = 0; level <= LEVELS && next_element(v, &at, &tag, &body);) {
        if (tag & CONSTRUCTED) {
            MSH_TRY(read_elements(x, doc, body, out, level + 1));
        } else if (tag == BMP) {
            MSH_TRY(emit_wide(x, doc, body));
        } else if (is_string(tag) || ((tag & CONTEXT) && msh_view_is_utf8(body))) {
            msh_buf_put_view(out, body);
            msh_buf_put_byte(out, '\n');
        } else if (tag == OCTETS || tag == BIT_STRING) {
            MSH_TRY(read_octets(x, doc, tag, body, out, level));
        }
    }
    return msh_buf_err(out);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_view all;
    msh_buf out;
    msh_place place = doc->place;
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &all));
    if (!is_der(all, 0))
        return MSH_E_SYNTAX;
    place.role = MSH_ROLE_META;
    place.offset = MSH_NO_POSITION;
    msh_buf_init(&out, all.len * 2 + 16);
    msh_err err = read_elements(x, doc, all, &out, 0);
    if (err == MSH_OK)
        err = msh_emit_bytes(x, &place, msh_buf_view(&out), MSH_CHARSET_COUNT, 0);
    msh_buf_dispose(&out);
    return err;
}

extern const msh_format msh_format_der;
const msh_format msh_format_der = {
    .name = "der",
    .zh = "电子印章、签名值、证书（ASN.1 DER）",
    .en = "electronic seals, signature values, certificates (ASN.1 DER)",
    .suffixes = "esl dat cer der",
    .reads_zh = "全部字符串；印章图片另行检查",
    .reads_en = "all strings; pictures of seals are looked at by themselves",
    .probe = probe,
    .extract = extract,
};
