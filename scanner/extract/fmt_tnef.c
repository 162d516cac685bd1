/* fmt_tnef.c: winmail.dat ([MS-OXTNEF]): what Outlook sends beside a mail: attributes, properties,
 * recipients, attachments with their names, messages inside, rich text. Strings in what is not
 * understood are found by the raw sweep. */
#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/mapi.h"

enum {
    SIGNATURE = 0x223e9f78,
    NAME_MOST = 4096,
    GUID = 16,
    VALUES_MOST = 1 << 20,
    /* attributes: type and number */
    OEM_CODEPAGE = 0x00069007,
    ATTACH_REND = 0x00069002, /* begins an attachment */
    ATTACH_TITLE = 0x00018010,
    ATTACH_DATA = 0x0006800f,
    ATTACH_META_FILE = 0x00068011,
    ATTACH_TRANSPORT = 0x00069001,
    ATTACH_PROPS = 0x00069005,
    MESSAGE_PROPS = 0x00069003,
    RECIPIENTS = 0x00069004,
    FROM = 0x00008000,
    SUBJECT = 0x00018004,
    BODY = 0x0002800c
};

typedef struct attribute {
    uint8_t level;
    uint32_t id;
    msh_view data;
    uint64_t at;
} attribute;

/* An attachment comes in several attributes, its long name after its data. */
typedef struct attachment {
    msh_buf name; /* the best so far */
    bool long_name, any;
    msh_view data;
    bool object; /* data is a message, or another object, behind the id of its interface */
} attachment;

typedef struct tnef {
    msh_mapi m;
    msh_view all;
    attachment now;
    bool damaged;
} tnef;

/* --- attributes
 * --------------------------------------------------------------------------------------- */

/* The next attribute; false at the end. One that is cut off is given as far as it goes. */
static bool next_attribute(tnef *t, msh_cursor *c, attribute *a)
{
    if (msh_cursor_left(c) < 9) {
        t->damaged |= msh_cursor_left(c) > 2;
        return false;
    }
    a->level = msh_cursor_u8(c);
    a->id = msh_cursor_u32le(c);
    uint32_t len = msh_cursor_u32le(c);
    size_t left = msh_cursor_left(c);
    a->at = c->at;
    if (a->level != 1 && a->level != 2) {
        t->damaged = true;
        return false;
    }
    t->damaged |= len > left;
    a->data = msh_cursor_take(c, len < left ? len : left);
    msh_cursor_skip(c, msh_cursor_left(c) < 2 ? msh_cursor_left(c) : 2); /* checksum */
    return true;
}

static void find_codepage(tnef *t)
{
    msh_cursor c = msh_cursor_of(t->all);
    attribute a;
    msh_cursor_skip(&c, 6);
    while (next_attribute(t, &c, &a))
        if (a.id == OEM_CODEPAGE && a.data.len >= 4) {
            msh_cursor v = msh_cursor_of(a.data);
            t->m.codepage = msh_cursor_u32le(&v);
            break;
        }
    t->damaged = false; /* it is said when the attributes are read */
}

/* --- properties ([MS-OXTNEF] section 2.1.3.4) ---------------------------------------------------
 */

static msh_view take_padded(msh_cursor *c, size_t n)
{
    msh_view v = msh_cursor_take(c, n);
    size_t pad = (4 - n % 4) % 4;
    msh_cursor_skip(c, pad < msh_cursor_left(c) ? pad : msh_cursor_left(c));
    return v;
}

/* The name of a named property: a string or a number behind a GUID. */
static void take_name(msh_cursor *c, msh_buf *out)
{
    size_t used;
    uint64_t bad = 0;
    msh_cursor_skip(c, GUID);
    if (msh_cursor_u32le(c) == 0) {
        msh_buf_printf(out, "0x%04X", msh_cursor_u32le(c));
        return;
    }
    msh_view v = take_padded(c, msh_cursor_u32le(c));
    while (v.len >= 2 && v.data[v.len - 1] == 0 && v.data[v.len - 2] == 0)
        v.len -= 2;
    msh_charset_decode(MSH_CS_UTF16LE, msh_view_cut(v, 0, NAME_MOST), true, out, &used, &bad);
}

/* Bytes of a value of fixed size; 0: it has a length of its own. */
static size_t fixed_size(uint16_t type)
{
    switch (type) {
    case 0x0001:
    case 0x0002:
    case 0x0003:
    case 0x0004:
    case 0x000a:
    case 0x000b:
        return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040:
        return 8;
    case MSH_MAPI_GUID:
        return GUID;
    default:
        return 0;
    }
}

static void set_name(tnef *t, uint16_t type, msh_view v, bool is_long)
{
    if (t->now.name.len && !is_long)
        return;
    msh_buf_reset(&t->now.name);
    msh_mapi_string(&t->m, type, v, &t->now.name);
    t->now.long_name = is_long;
}

static msh_err read_value(tnef *t, bool attached, uint16_t id, uint16_t type, msh_view name,
                          msh_view v)
{
    bool taken = false;
    uint64_t at = (uint64_t)(v.data ? v.data - t->all.data : 0);
    if (attached && id == MSH_MAPI_ATTACH_DATA &&
        (type == MSH_MAPI_OBJECT || type == MSH_MAPI_BINARY)) {
        t->now.data = v;
        t->now.object = type == MSH_MAPI_OBJECT;
        return MSH_OK;
    }
    if (attached && (id == MSH_MAPI_ATTACH_FILE || id == MSH_MAPI_ATTACH_LONG_FILE ||
                     id == MSH_MAPI_DISPLAY_NAME))
        set_name(t, type, v, id == MSH_MAPI_ATTACH_LONG_FILE);
    return msh_mapi_value(&t->m, id, type, name, v, at, &taken);
}

static msh_err read_property(tnef *t, msh_cursor *c, bool attached)
{
    msh_buf name;
    uint16_t type = msh_cursor_u16le(c), id = msh_cursor_u16le(c);
    uint16_t one = type & (uint16_t)~MSH_MAPI_MANY;
    size_t size = fixed_size(one);
    uint32_t n = 1;
    msh_err err = MSH_OK;
    msh_buf_init(&name, 4 * NAME_MOST);
    if (id >= 0x8000)
        take_name(c, &name);
    if (size == 0 || type & MSH_MAPI_MANY)
        n = msh_cursor_u32le(c);
    for (uint32_t i = 0; i < n && i < VALUES_MOST && msh_cursor_ok(c) && err == MSH_OK; i++) {
        msh_view v = size ? msh_cursor_take(c, size) : take_padded(c, msh_cursor_u32le(c));
        msh_cursor number = msh_cursor_of(v);
        if (one == MSH_MAPI_INT32)
            msh_mapi_number(&t->m, id, msh_cursor_u32le(&number));
        else if (size == 0 && msh_cursor_ok(c))
            err = read_value(t, attached, id, one, msh_buf_view(&name), v);
    }
    msh_buf_dispose(&name);
    return err;
}

static msh_err read_properties(tnef *t, msh_cursor *c, bool attached)
{
    uint32_t n = msh_cursor_u32le(c);
    for (uint32_t i = 0; i < n && msh_cursor_left(c) > 0; i++) {
        MSH_TRY(read_property(t, c, attached));
        MSH_TRY(msh_budget_time(&t->m.x->budget));
    }
    t->damaged |= !msh_cursor_ok(c);
    return MSH_OK;
}

static msh_err read_recipients(tnef *t, msh_view data)
{
    msh_cursor c = msh_cursor_of(data);
    uint32_t rows = msh_cursor_u32le(&c);
    for (uint32_t i = 0; i < rows && msh_cursor_left(&c) > 0; i++)
        MSH_TRY(read_properties(t, &c, false));
    return MSH_OK;
}

/* --- attachments
 * -------------------------------------------------------------------------------------- */

/* An object stands behind the id of an interface: a message (TNEF again), a storage, a stream. */
static msh_err end_attachment(tnef *t)
{
    msh_err err = MSH_OK;
    msh_part part = {.name = msh_buf_view(&t->now.name)};
    msh_view data = t->now.data;
    if (t->now.object && data.len >= GUID)
        data = msh_view_cut(data, GUID, data.len);
    if (part.name.len == 0) {
        part.name = t->now.object ? MSH_VIEW("message") : MSH_VIEW("attachment");
        part.unnamed = true;
    }
    if (t->now.any) {
        err = msh_budget_decoded(&t->m.x->budget, data.len);
        if (err == MSH_OK)
            err = msh_extract_part(t->m.x, t->m.doc, &part, data);
    }
    msh_buf_reset(&t->now.name);
    t->now.any = t->now.object = t->now.long_name = false;
    t->now.data = (msh_view){0, 0};
    return err;
}

/* --- the stream
 * --------------------------------------------------------------------------------------- */

/* A sender: a record of lengths, then name and address with NULs ([MS-OXTNEF] section 2.1.3.3.13).
 */
static msh_err read_sender(tnef *t, const attribute *a)
{
    msh_cursor c = msh_cursor_of(a->data);
    bool taken;
    msh_cursor_skip(&c, 4);
    uint16_t name = msh_cursor_u16le(&c), address = msh_cursor_u16le(&c);
    msh_view one = msh_cursor_take(&c, name), two = msh_cursor_take(&c, address);
    if (!msh_cursor_ok(&c))
        return MSH_OK;
    MSH_TRY(msh_mapi_value(&t->m, 0, MSH_MAPI_STRING8, MSH_VIEW("From"), one, a->at + 8, &taken));
    return msh_mapi_value(&t->m, 0, MSH_MAPI_STRING8, MSH_VIEW("From"), two, a->at + 8, &taken);
}

static msh_err read_string(tnef *t, const attribute *a)
{
    bool taken;
    uint32_t type = a->id >> 16;
    if (a->id == BODY)
        return msh_mapi_value(&t->m, MSH_MAPI_BODY, MSH_MAPI_STRING8, MSH_VIEW(""), a->data, a->at,
                              &taken);
    if (type != 1 && type != 2)
        return MSH_OK;
    msh_view name = a->id == SUBJECT ? MSH_VIEW("Subject") : MSH_VIEW("TNEF");
    return msh_mapi_value(&t->m, 0, MSH_MAPI_STRING8, name, a->data, a->at, &taken);
}

static msh_err read_attribute(tnef *t, const attribute *a)
{
    msh_cursor c = msh_cursor_of(a->data);
    if (a->level == 2 && a->id != ATTACH_REND)
        t->now.any = true;
    switch (a->id) {
    case ATTACH_REND:
        return end_attachment(t);
    case ATTACH_TITLE:
    case ATTACH_TRANSPORT:
        set_name(t, MSH_MAPI_STRING8, a->data, false);
        return read_string(t, a);
    case ATTACH_DATA:
        t->now.data = a->data;
        return MSH_OK;
    case ATTACH_PROPS:
        return read_properties(t, &c, true);
    case MESSAGE_PROPS:
        return read_properties(t, &c, false);
    case RECIPIENTS:
        return read_recipients(t, a->data);
    case FROM:
        return read_sender(t, a);
    default:
        return read_string(t, a);
    }
}

static msh_err read_all(tnef *t)
{
    msh_cursor c = msh_cursor_of(t->all);
    attribute a;
    uint64_t before = t->m.x->handed;
    find_codepage(t);
    bool none = true;
    msh_cursor_skip(&c, 6);
    for (; next_attribute(t, &c, &a); none = false)
        MSH_TRY(read_attribute(t, &a));
    t->damaged |= none;
    MSH_TRY(end_attachment(t));
    if (t->damaged || t->m.x->handed == before) /* without a single text nothing was sent */
        return msh_report(t->m.x, &t->m.doc->place, MSH_REASON_FORMAT_TRUNCATED, 0);
    return MSH_OK;
}

static int probe(const msh_doc *doc)
{
    msh_cursor c = msh_cursor_of(doc->head);
    return msh_cursor_u32le(&c) == SIGNATURE ? 90 : 0;
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    tnef t = {.m = {.x = x, .doc = doc}};
    MSH_TRY(msh_input_whole(doc->in, (size_t)x->limits->member_size, &t.all));
    msh_buf_init(&t.now.name, 4 * NAME_MOST + (size_t)t.all.len * 4);
    msh_err err = read_all(&t);
    msh_buf_dispose(&t.now.name);
    return err;
}

const msh_format msh_format_tnef = {
    .name = "tnef",
    .zh = "Outlook 附件包（winmail.dat）",
    .en = "Outlook's winmail.dat (TNEF)",
    .suffixes = "dat tnef",
    .reads_zh = "主题、正文、收发件人、各种属性、附件及其名称、内嵌的邮件；其余由原始扫描读取",
    .reads_en = "subject, body, people, all properties, attachments and their names, messages "
                "inside; the rest by the raw sweep",
    .probe = probe,
    .extract = extract,
};
