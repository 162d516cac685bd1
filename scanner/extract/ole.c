/* ole.c: whose document a compound file is, and what every such document has besides its text:
 * property sets, packages, macros, documents inside, and streams that nobody knows. */
#include "extract/ole.h"

#include "base/err.h"
#include "base/view.h"

enum { LEVELS_SHOWN = 16, NAMES_MOST = 1 << 26 };

#define MSH_OLE_APP(name) extern const msh_ole_app msh_ole_##name;
#include "extract/ole_apps.def"
#undef MSH_OLE_APP

static const msh_ole_app *const apps[] = {
#define MSH_OLE_APP(name) &msh_ole_##name,
#include "extract/ole_apps.def"
#undef MSH_OLE_APP
};

/* --- for readers --------------------------------------------------------------------------------
 */

int msh_ole_find(const msh_ole *o, const char *name)
{
    return msh_cfb_find_stream(o->cfb, o->storage, name);
}

static void put_shown(msh_buf *out, msh_view name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] >= 0x20)
            msh_buf_put_byte(out, name.data[i]);
}

msh_view msh_ole_path(const msh_ole *o, int entry)
{
    int way[LEVELS_SHOWN], n = 0;
    msh_buf path;
    msh_buf_init(&path, LEVELS_SHOWN * 256);
    for (int e = entry; e > 0 && e != o->storage && n < LEVELS_SHOWN; e = o->cfb->entries[e].parent)
        way[n++] = e;
    while (n-- > 0) {
        put_shown(&path, o->cfb->entries[way[n]].name);
        if (n > 0)
            msh_buf_put_byte(&path, '/');
    }
    msh_view copy = msh_arena_copy(o->x->arena, msh_buf_view(&path));
    msh_buf_dispose(&path);
    return copy.data ? copy : MSH_VIEW("");
}

msh_place msh_ole_place(const msh_ole *o, int entry)
{
    return msh_child_place(o->x, &o->doc, msh_ole_path(o, entry));
}

msh_err msh_ole_settle(msh_ole *o, const msh_place *place, msh_err e)
{
    msh_extract *x = o->x;
    if (x->stopped != MSH_OK || e == MSH_OK)
        return x->stopped;
    if (x->budget.failed != MSH_OK)
        return e;
    return msh_report(x, place, msh_reason_of_error(e), 0);
}

msh_err msh_ole_load(msh_ole *o, int entry, msh_buf *out)
{
    msh_buf_reset(out);
    if (entry < 0)
        return MSH_OK;
    msh_err err = msh_cfb_read(o->cfb, entry, out);
    msh_cfb_used(o->cfb, entry);
    if (err != MSH_E_SHORT && err != MSH_E_LIMIT_BUFFER)
        return err;
    msh_place place = msh_ole_place(o, entry);
    if (err == MSH_E_SHORT)
        return msh_report(o->x, &place, MSH_REASON_CFB_CORRUPT, 0);
    return msh_report(o->x, &place, MSH_REASON_LIMIT_MEMBER_SIZE, o->cfb->entries[entry].size);
}

msh_err msh_ole_emit(msh_ole *o, const msh_place *place, msh_view bytes, uint32_t codepage)
{
    msh_charset cs;
    size_t unit = codepage == 1200 ? 2 : 1;
    while (bytes.len >= unit && bytes.data[bytes.len - 1] == 0 && bytes.data[bytes.len - unit] == 0)
        bytes.len -= unit;
    if (codepage == 1200) {
        msh_text t = {.bytes = bytes, .charset = MSH_CS_UTF16LE, .place = *place};
        t.bytes.len &= ~(size_t)1;
        t.place.line = 1;
        return msh_emit_mapped(o->x, &t);
    }
    if (!msh_charset_from_codepage(codepage, &cs))
        cs = MSH_CHARSET_COUNT;
    return msh_emit_bytes(o->x, place, bytes, cs, 0);
}

/* --- streams that are known by name --------------------------------------------------------------
 */

/* What becomes of a stream that no reader took. */
typedef enum how {
    MEMBER,  /* anything: probed as a document; unknown kinds are outcomes */
    STRINGS, /* binary data of known meaning: only strings are of interest */
    PROPS,
    NATIVE,
    LINES /* text in the system's code page */
} how;

/* begins: the name goes on with numbers. [MS-OLEDS], [MS-OSHARED], [MS-OVBA], [MS-OFORMS]. */
static const struct known {
    const char *name;
    bool begins;
    uint8_t how;
} known[] = {
    {"\005", true, PROPS},
    {"\001Ole10Native", false, NATIVE},
    {"\001Ole10ItemName", false, STRINGS},
    {"\001CompObj", false, STRINGS},
    {"\001Ole", false, STRINGS},
    {"\002OlePres", true, STRINGS},
    {"\003ObjInfo", false, STRINGS},
    {"\003LinkInfo", false, STRINGS},
    {"\001Ole10FmtProgID", false, STRINGS},
    {"\003PIC", true, STRINGS},
    {"\003META", false, STRINGS},
    {"\003EPRINT", false, STRINGS},
    {"\003PRINT", false, STRINGS},
    {"\003OCXNAME", false, STRINGS},
    {"\003OCXDATA", false, STRINGS},
    {"\003ITEMNAME", false, STRINGS},
    {"\003VBFrame", false, LINES},
    {"Equation Native", false, STRINGS},
    {"PROJECT", false, LINES},
    {"PROJECTwm", false, STRINGS},
    {"PROJECTlk", false, STRINGS},
    {"_VBA_PROJECT", false, STRINGS},
    {"__SRP_", true, STRINGS},
    {"Ctls", false, STRINGS},
    {"contents", false, STRINGS},
    {"Current User", false, STRINGS},
    {"ControlWordData", false, STRINGS},
    {"\006DataSpaces", false, STRINGS},
    {"DataSpaceMap", false, STRINGS},
    {"StrongEncryptionDataSpace", false, STRINGS},
    {"DRMEncryptedDataSpace", false, STRINGS},
    {"Version", false, STRINGS},
    {"\006Primary", false, STRINGS},
    {"f", false, STRINGS},
    {"o", false, STRINGS},
    {"x", false, STRINGS},
};

static how how_to_read(const msh_cfb_entry *e)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        msh_view name = msh_view_str(known[i].name);
        msh_view begin = known[i].begins ? msh_view_cut(e->name, 0, name.len) : e->name;
        if (msh_view_eq_nocase(begin, name))
            return (how)known[i].how;
    }
    return MEMBER;
}

static msh_err read_lines(msh_ole *o, const msh_place *place, msh_view bytes)
{
    return msh_emit_bytes(o->x, place, bytes, MSH_CHARSET_COUNT, 0);
}

/* own: a reader knows this document, so that a strange stream in it is a member of its own. */
static msh_err read_stream(msh_ole *o, int entry, bool own)
{
    msh_buf bytes;
    msh_buf_init(&bytes, (size_t)o->x->limits->member_size);
    how h = how_to_read(&o->cfb->entries[entry]);
    msh_err err = msh_ole_load(o, entry, &bytes);
    msh_place place = msh_ole_place(o, entry);
    msh_view v = msh_buf_view(&bytes);
    bool document = err == MSH_OK && (h == MEMBER || h == STRINGS) && msh_extract_knows(v);
    if (err != MSH_OK || v.len == 0)
        goto out;
    if (document || (h == MEMBER && own))
        err = msh_extract_child(o->x, &o->doc, msh_ole_path(o, entry), v);
    else if (h == PROPS)
        err = msh_ole_props(o, &place, v);
    else if (h == NATIVE)
        err = msh_ole_native(o, entry, v);
    else if (h == LINES)
        err = read_lines(o, &place, v);
    err = msh_ole_settle(o, &place, err);
    if (err == MSH_OK && !document && (h == STRINGS || h == PROPS || (h == MEMBER && !own)))
        err = msh_sweep(o->x, &place, v, 0);
out:
    msh_buf_dispose(&bytes);
    return err;
}

/* --- documents -----------------------------------------------------------------------------------
 */

static const msh_ole_app *whose(const msh_ole *o)
{
    const msh_ole_app *best = NULL;
    int sure = 0;
    for (size_t i = 0; i < sizeof apps / sizeof *apps; i++) {
        int s = apps[i]->probe(o);
        if (s > sure) {
            sure = s;
            best = apps[i];
        }
    }
    return best;
}

/* Kinds without a reader, by a name in their root. */
static const char *kind_of(const msh_ole *o)
{
    static const char *const kinds[][2] = {
        {"WordDocument", "doc"},
        {"Workbook", "xls"},
        {"Book", "xls"},
        {"VisioDocument", "vsd"},
        {"PowerPoint Document", "ppt"},
        {"Quill", "pub"},
        {"__properties_version1.0", "msg"},
        {"BodyText", "hwp"},
        {"PrvText", "hwp"},
        {"MatOST", "works"},
        {"Catalog", "thumbs"},
        {"PerfectOffice_MAIN", "wpd"},
        {"ISolidWorksInformation", "solidworks"},
    };
    static const uint8_t msi[4] = {0x84, 0x10, 0x0c, 0x00}, mpp[4] = {0x3a, 0x8f, 0xb7, 0x74};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (msh_cfb_find(o->cfb, o->storage, kinds[i][0]) >= 0)
            return kinds[i][1];
    const uint8_t *clsid = o->cfb->entries[o->storage].clsid;
    if (memcmp(clsid, msi, 4) == 0)
        return "msi";
    return memcmp(clsid, mpp, 4) == 0 ? "mpp" : "cfb";
}

/* A storage that holds only what is common (a package, macros, nothing but properties): no reader
 * is missed. */
static bool is_plain(const msh_ole *o)
{
    for (int i = o->cfb->entries[o->storage].child; i >= 0; i = o->cfb->entries[i].next) {
        const msh_cfb_entry *e = &o->cfb->entries[i];
        if (e->kind == MSH_CFB_STREAM && !e->used && e->size && how_to_read(e) == MEMBER &&
            !msh_view_eq_nocase(e->name, MSH_VIEW("Package")))
            return false;
    }
    return true;
}

static msh_err read_below(msh_ole *o, int storage, bool own);

static msh_err read_storage(msh_ole *o, int storage, bool own)
{
    msh_ole inner = *o;
    inner.storage = storage;
    if (whose(&inner))
        return msh_ole_document(o, storage);
    if (msh_view_eq_nocase(o->cfb->entries[storage].name, MSH_VIEW("VBA"))) {
        msh_place place = msh_ole_place(o, storage);
        MSH_TRY(msh_ole_settle(o, &place, msh_ole_vba(o, storage)));
    }
    return read_below(o, storage, own);
}

/* Everything below a storage that no reader took. */
static msh_err read_below(msh_ole *o, int storage, bool own)
{
    msh_err err = msh_budget_enter(&o->x->budget);
    if (err != MSH_OK) {
        msh_place place = msh_ole_place(o, storage);
        return msh_report(o->x, &place, MSH_REASON_LIMIT_DEPTH, o->x->budget.depth);
    }
    for (int i = o->cfb->entries[storage].child; i >= 0 && err == MSH_OK;
         i = o->cfb->entries[i].next) {
        const msh_cfb_entry *e = &o->cfb->entries[i];
        if (e->used)
            continue;
        err = msh_budget_time(&o->x->budget);
        if (err == MSH_OK && e->kind == MSH_CFB_STREAM)
            err = read_stream(o, i, own);
        else if (err == MSH_OK && e->kind == MSH_CFB_STORAGE)
            err = read_storage(o, i, own);
    }
    msh_budget_leave(&o->x->budget);
    return err;
}

msh_err msh_ole_rest(msh_ole *o)
{
    return read_below(o, o->storage, true);
}

static msh_err read_document(msh_ole *o, const char **name)
{
    const msh_ole_app *app = whose(o);
    bool own = app || is_plain(o);
    *name = app ? app->name : kind_of(o);
    if (app)
        MSH_TRY(msh_ole_settle(o, &o->doc.place, app->read(o)));
    else if (!own)
        MSH_TRY(msh_report(o->x, &o->doc.place, MSH_REASON_CFB_UNSUPPORTED, 0));
    return o->sealed ? MSH_OK : read_below(o, o->storage, own);
}

msh_err msh_ole_document(msh_ole *o, int storage)
{
    const char *name;
    msh_ole inner = {.x = o->x, .cfb = o->cfb, .storage = storage};
    inner.doc = (msh_doc){.in = o->doc.in, .place = msh_ole_place(o, storage)};
    msh_err err = msh_budget_enter(&o->x->budget);
    if (err != MSH_OK)
        return msh_report(o->x, &inner.doc.place, MSH_REASON_LIMIT_DEPTH, o->x->budget.depth);
    err = read_document(&inner, &name);
    msh_cfb_used(o->cfb, storage);
    msh_budget_leave(&o->x->budget);
    return err;
}

/* Names of all entries, also of removed ones: they may say more than they should. */
static msh_err emit_names(msh_ole *o)
{
    msh_place place = o->doc.place;
    msh_buf names;
    msh_buf_init(&names, NAMES_MOST);
    for (size_t i = 1; i < o->cfb->n && msh_buf_err(&names) == MSH_OK; i++) {
        if (o->cfb->entries[i].name.len == 0)
            continue;
        put_shown(&names, o->cfb->entries[i].name);
        msh_buf_put_byte(&names, '\n');
    }
    place.role = MSH_ROLE_NAME;
    place.offset = MSH_NO_POSITION;
    msh_err err = msh_emit(o->x, &place, msh_buf_view(&names), 0);
    msh_buf_dispose(&names);
    return err;
}

msh_err msh_ole_file(msh_ole *o, const char **name)
{
    MSH_TRY(read_document(o, name));
    return emit_names(o);
}
