/* mapi.c: what Outlook's properties mean. */
#include "extract/mapi.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/lzfu.h"

#include <stdio.h>

enum { NAME_ROOM = 16 };

/* Names as mails have them, so that places read alike. */
static const struct known {
    uint16_t id;
    const char *name;
} known[] = {
    {0x001a, "Message-Class"},
    {0x0037, "Subject"},
    {0x0042, "From"},
    {0x0065, "From"},
    {0x0070, "Thread-Topic"},
    {0x0c1a, "Sender"},
    {0x0c1f, "Sender"},
    {0x0e02, "Bcc"},
    {0x0e03, "Cc"},
    {0x0e04, "To"},
    {0x0e1d, "Subject"},
    {0x1035, "Message-ID"},
    {0x1039, "References"},
    {0x1042, "In-Reply-To"},
    {0x3001, "Name"},
    {0x3003, "Address"},
    {0x3704, "Attachment"},
    {0x3707, "Attachment"},
    {0x3708, "Attachment"},
    {0x370d, "Attachment"},
    {0x370e, "Content-Type"},
    {0x3712, "Content-ID"},
    {0x3713, "Content-Location"},
    {0x39fe, "Address"},
    {0x5d01, "Sender"},
    {0x5d02, "From"},
    {0x3a16, "Organization"},
};

static msh_view name_of(uint16_t id, char room[NAME_ROOM])
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].id == id)
            return msh_view_str(known[i].name);
    (void)snprintf(room, NAME_ROOM, "0x%04X", id);
    return msh_view_str(room);
}

static uint32_t codepage_of_locale(uint32_t locale)
{
    switch (locale & 0xffff) {
    case 0x0804:
    case 0x1004:
        return 936;
    case 0x0404:
    case 0x0c04:
    case 0x1404:
        return 950;
    case 0x0411:
        return 932;
    case 0x0412:
        return 949;
    case 0x0419:
        return 1251;
    default:
        return 0;
    }
}

void msh_mapi_number(msh_mapi *m, uint16_t id, uint32_t value)
{
    if (id == MSH_MAPI_MESSAGE_CODEPAGE)
        m->codepage = value;
    else if (id == MSH_MAPI_INTERNET_CODEPAGE)
        m->internet = value;
    else if (id == MSH_MAPI_LOCALE && m->codepage == 0)
        m->codepage = codepage_of_locale(value);
}

/* --- strings
 * ------------------------------------------------------------------------------------------ */

static msh_charset charset_of(uint32_t codepage)
{
    msh_charset cs;
    return msh_charset_from_codepage(codepage, &cs) ? cs : MSH_CHARSET_COUNT;
}

static msh_charset string_charset(const msh_mapi *m, uint16_t type)
{
    if (type == MSH_MAPI_STRING)
        return MSH_CS_UTF16LE;
    return charset_of(m->codepage ? m->codepage : m->internet);
}

static msh_view without_nul(uint16_t type, msh_view v)
{
    size_t unit = type == MSH_MAPI_STRING ? 2 : 1;
    v.len -= v.len % unit;
    while (v.len >= unit && v.data[v.len - 1] == 0 && v.data[v.len - unit] == 0)
        v.len -= unit;
    return v;
}

void msh_mapi_string(const msh_mapi *m, uint16_t type, msh_view bytes, msh_buf *out)
{
    size_t used, before = out->len;
    uint64_t bad = 0;
    msh_charset cs = string_charset(m, type);
    bytes = without_nul(type, bytes);
    if (cs != MSH_CHARSET_COUNT)
        msh_charset_decode(cs, bytes, true, out, &used, &bad);
    if (cs == MSH_CHARSET_COUNT || (bad && type == MSH_MAPI_STRING8)) {
        out->len = before;
        msh_buf_put_view(out, bytes);
    }
}

static msh_err emit(const msh_mapi *m, const msh_place *place, uint16_t type, msh_view bytes)
{
    bytes = without_nul(type, bytes);
    if (type == MSH_MAPI_STRING8)
        return msh_emit_bytes(m->x, place, bytes, string_charset(m, type), 0);
    msh_text t = {.bytes = bytes, .charset = MSH_CS_UTF16LE, .place = *place};
    t.place.line = 1;
    return msh_emit_mapped(m->x, &t);
}

/* --- bodies
 * ------------------------------------------------------------------------------------------- */

static msh_err read_rtf(const msh_mapi *m, msh_view bytes)
{
    msh_buf rtf;
    msh_part part = {.name = MSH_VIEW("body.rtf"), .unnamed = true};
    msh_place place = msh_child_place(m->x, m->doc, part.name);
    msh_buf_init(&rtf, (size_t)m->x->limits->member_size);
    msh_err err = msh_lzfu_decode(bytes, &m->x->budget, &rtf);
    if (err == MSH_E_SYNTAX || err == MSH_E_SHORT)
        err = msh_report(m->x, &place, MSH_REASON_MAIL_DAMAGED, 0);
    else if (err == MSH_E_LIMIT_BUFFER)
        err = msh_report(m->x, &place, MSH_REASON_LIMIT_MEMBER_SIZE, rtf.len);
    if (err == MSH_OK && rtf.len)
        err = msh_extract_part(m->x, m->doc, &part, msh_buf_view(&rtf));
    msh_buf_dispose(&rtf);
    return err;
}

static msh_err read_member(const msh_mapi *m, const char *name, uint16_t type, msh_view bytes)
{
    msh_buf utf8;
    msh_part part = {.name = msh_view_str(name), .unnamed = true};
    msh_err err = MSH_OK;
    msh_buf_init(&utf8, bytes.len * 4 + 16);
    if (type == MSH_MAPI_BINARY) {
        part.charset = charset_of(m->internet ? m->internet : m->codepage);
        part.declares = part.charset != MSH_CHARSET_COUNT;
    } else {
        msh_mapi_string(m, type, bytes, &utf8);
        err = msh_buf_err(&utf8);
        if (err == MSH_OK)
            err = msh_budget_decoded(&m->x->budget, utf8.len);
        bytes = msh_buf_view(&utf8);
    }
    if (err == MSH_OK)
        err = msh_extract_part(m->x, m->doc, &part, bytes);
    msh_buf_dispose(&utf8);
    return err;
}

msh_err msh_mapi_value(const msh_mapi *m, uint16_t id, uint16_t type, msh_view name, msh_view bytes,
                       uint64_t offset, bool *taken)
{
    char room[NAME_ROOM];
    type &= (uint16_t)~MSH_MAPI_MANY;
    bool string = type == MSH_MAPI_STRING || type == MSH_MAPI_STRING8;
    *taken = string || (type == MSH_MAPI_BINARY && (id == MSH_MAPI_RTF || id == MSH_MAPI_HTML));
    if (!*taken || bytes.len == 0)
        return MSH_OK;
    if (id == MSH_MAPI_RTF && type == MSH_MAPI_BINARY)
        return read_rtf(m, bytes);
    if (id == MSH_MAPI_HTML)
        return read_member(m, "body.html", type, bytes);
    if (id == MSH_MAPI_HEADERS)
        return read_member(m, "headers.eml", type, bytes);
    msh_place place = m->doc->place;
    place.offset = offset;
    if (id != MSH_MAPI_BODY) {
        place.role = MSH_ROLE_META;
        place.name = name.len ? name : name_of(id, room);
    }
    return emit(m, &place, type, bytes);
}
