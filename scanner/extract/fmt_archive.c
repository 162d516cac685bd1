/* fmt_archive.c: archives and compressed streams by libarchive 3.6: 7z rar tar cpio ar cab iso xar
 * lha warc rpm, and gz bz2 xz lzma lz lz4 zst Z alone or around them.
 *
 * Only filters that work in memory are switched on (some would start programs). Members are
 * streamed into memory up to limits->member_size and handed on as children; links are texts,
 * nothing is followed and nothing written. */
#define _GNU_SOURCE
#include "extract/archive.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "extract/inflate.h"
#include "extract/tar_extras.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <string.h>

enum {
    READ_PIECE = 64 << 10,
    DATA_PIECE = 64 << 10,
    FAULTS_BORNE = 100,
    FILTERS = 10 /* first rows of the list below */
};

/* --- what it looks like ------------------------------------------------------------------------
 */

static const struct signature {
    uint16_t at;
    uint8_t len;
    char bytes[10];
} signatures[] = {
    {0, 6, "7z\xbc\xaf\x27\x1c"},
    {0, 6, "Rar!\x1a\x07"},
    {0, 3, "\x1f\x8b\x08"},
    {0, 3, "BZh"},
    {0, 6,
     "\xfd"
     "7zXZ\0"},
    {0, 4, "\x28\xb5\x2f\xfd"},
    {0, 4, "\x04\x22\x4d\x18"},
    {0, 4, "\x02\x21\x4c\x18"},
    {0, 4, "LZIP"},
    {0, 2, "\x1f\x9d"},
    {257, 5, "ustar"},
    {0, 6, "070701"},
    {0, 6, "070702"},
    {0, 6, "070707"},
    {0, 8, "!<arch>\n"},
    {0, 4, "MSCF"},
    {32769, 5, "CD001"},
    {0, 4, "xar!"},
    {2, 3, "-lh"},
    {2, 3, "-lz"},
    {0, 5, "WARC/"},
    {0, 4, "\xed\xab\xee\xdb"},
    {0, 4, "\x50\x2a\x4d\x18"},
};

static bool is_at(msh_view v, size_t at, const char *bytes, size_t n)
{
    return v.len >= at + n && memcmp(v.data + at, bytes, n) == 0;
}

/* A header of tar before ustar: the sum of its bytes, that of the checksum field taken as blanks.
 */
static bool is_old_tar(msh_view head)
{
    if (head.len < 512 || head.data[0] == 0)
        return false;
    unsigned long sum = 0, want = 0;
    for (size_t i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : head.data[i];
    size_t digits = 0;
    for (size_t i = 148; i < 156; i++)
        if (head.data[i] >= '0' && head.data[i] <= '7') {
            want = want * 8 + (unsigned)(head.data[i] - '0');
            digits++;
        }
    return digits >= 4 && want == sum;
}

static bool is_old_cpio(msh_view head)
{
    msh_cursor c = msh_cursor_of(head);
    bool little = is_at(head, 0, "\xc7\x71", 2), big = is_at(head, 0, "\x71\xc7", 2);
    msh_cursor_skip(&c, 20);
    unsigned size = big ? msh_cursor_u16be(&c) : msh_cursor_u16le(&c);
    return (little || big) && size > 1 && size < 1024 && head.len > 26 + size &&
           head.data[26 + size - 1] == 0;
}

static bool is_uuencoded(msh_view head)
{
    if (!is_at(head, 0, "begin ", 6) || head.len < 12)
        return false;
    for (size_t i = 6; i < 9; i++)
        if (head.data[i] < '0' || head.data[i] > '7')
            return false;
    return head.data[9] == ' ';
}

/* Programs that carry an archive behind their code. */
static bool is_self_extracting(const msh_doc *doc)
{
    if (!is_at(doc->head, 0, "MZ", 2) && !is_at(doc->head, 0,
                                                "\x7f"
                                                "ELF",
                                                4))
        return false;
    for (uint64_t at = 0; at < doc->in->size && at < 1 << 20; at += (64 << 10) - 8) {
        uint8_t piece[64 << 10];
        size_t got;
        if (msh_input_read(doc->in, at, piece, sizeof piece, &got) != MSH_OK)
            return false;
        msh_view v = msh_view_of(piece, got);
        if (msh_view_find(v, MSH_VIEW("7z\xbc\xaf\x27\x1c"), 0) != SIZE_MAX ||
            msh_view_find(v, MSH_VIEW("Rar!\x1a\x07"), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

/* LZMA alone has no magic number: properties 0x5d, a dictionary of a power of two, and the name. */
static bool is_lzma(const msh_doc *doc)
{
    return is_at(doc->head, 0, "\x5d\0\0", 3) && doc->head.len > 13 &&
           (msh_view_ends_nocase(doc->name, MSH_VIEW(".lzma")) || doc->head.data[12] == 0 ||
            doc->head.data[12] == 0xff);
}

static int probe(const msh_doc *doc)
{
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (is_at(doc->head, signatures[i].at, signatures[i].bytes, signatures[i].len))
            return 90;
    if (is_old_tar(doc->head) || is_lzma(doc))
        return 70;
    if (is_old_cpio(doc->head) || is_uuencoded(doc->head))
        return 50;
    return is_self_extracting(doc) ? 50 : 0;
}

/* --- reading -----------------------------------------------------------------------------------
 */

typedef struct reading {
    msh_extract *x;
    const msh_doc *doc;
    struct archive *a;
    uint64_t at;
    msh_err err; /* of the machine or the budget; libarchive only knows that reading failed */
    msh_buf data;
    unsigned faults;
    uint64_t n;
    bool raw_only; /* the second try of what seemed an archive of nothing */
    bool is_raw;   /* no archive inside the compression: one nameless member */
    uint8_t piece[READ_PIECE];
} reading;

static la_ssize_t on_read(struct archive *a, void *ctx, const void **to)
{
    reading *r = ctx;
    size_t got = 0;
    r->err = msh_budget_time(&r->x->budget);
    if (r->err == MSH_OK)
        r->err = msh_input_read(r->doc->in, r->at, r->piece, sizeof r->piece, &got);
    if (r->err != MSH_OK) {
        archive_set_error(a, EIO, "stopped");
        return ARCHIVE_FATAL;
    }
    *to = r->piece;
    r->at += got;
    return (la_ssize_t)got;
}

static la_int64_t on_skip(struct archive *a, void *ctx, la_int64_t n)
{
    reading *r = ctx;
    (void)a;
    uint64_t left = r->at < r->doc->in->size ? r->doc->in->size - r->at : 0;
    if (n < 0)
        return 0;
    if ((uint64_t)n > left)
        n = (la_int64_t)left;
    r->at += (uint64_t)n;
    return n;
}

static la_int64_t on_seek(struct archive *a, void *ctx, la_int64_t offset, int whence)
{
    reading *r = ctx;
    (void)a;
    int64_t size = (int64_t)r->doc->in->size, base = 0, to;
    if (whence == SEEK_CUR)
        base = (int64_t)r->at;
    else if (whence == SEEK_END)
        base = size;
    if (__builtin_add_overflow(base, offset, &to) || to < 0 || to > size)
        return ARCHIVE_FATAL;
    r->at = (uint64_t)to;
    return to;
}

static bool open_archive(reading *r)
{
    static int (*const support[])(struct archive *) = {
        archive_read_support_filter_gzip,     archive_read_support_filter_bzip2,
        archive_read_support_filter_compress, archive_read_support_filter_xz,
        archive_read_support_filter_lzma,     archive_read_support_filter_lzip,
        archive_read_support_filter_lz4,      archive_read_support_filter_zstd,
        archive_read_support_filter_rpm,      archive_read_support_filter_uu,
        archive_read_support_format_7zip,     archive_read_support_format_ar,
        archive_read_support_format_cab,      archive_read_support_format_cpio,
        archive_read_support_format_iso9660,  archive_read_support_format_lha,
        archive_read_support_format_rar,      archive_read_support_format_rar5,
        archive_read_support_format_tar,      archive_read_support_format_warc,
        archive_read_support_format_xar,      archive_read_support_format_empty,
        archive_read_support_format_raw,
    };
    r->a = archive_read_new();
    if (!r->a) {
        r->err = MSH_E_MEMORY;
        return false;
    }
    for (size_t i = 0; i < (r->raw_only ? FILTERS : sizeof support / sizeof support[0]); i++)
        (void)support[i](r->a);
    if (r->raw_only)
        (void)archive_read_support_format_raw(r->a);
    (void)archive_read_set_option(r->a, "tar", "read_concatenated_archives", "1");
    (void)archive_read_set_read_callback(r->a, on_read);
    (void)archive_read_set_skip_callback(r->a, on_skip);
    (void)archive_read_set_seek_callback(r->a, on_seek);
    (void)archive_read_set_callback_data(r->a, r);
    return archive_read_open1(r->a) == ARCHIVE_OK;
}

/* What libarchive says about a fault is English prose; only that word is of use. */
static msh_reason fault_reason(reading *r)
{
    const char *text = archive_error_string(r->a);
    /* asked about an archive in no format at all, libarchive 3.6 follows a null pointer */
    bool asked = archive_format(r->a) != 0 && archive_read_has_encrypted_entries(r->a) == 1;
    if (asked || (text && strstr(text, "ncrypt")))
        return MSH_REASON_ARCHIVE_ENCRYPTED;
    return MSH_REASON_ARCHIVE_CORRUPT;
}

static msh_err say_fault(reading *r, msh_view name)
{
    if (r->err != MSH_OK)
        return r->err;
    msh_place place = name.len ? msh_child_place(r->x, r->doc, name) : r->doc->place;
    return msh_report(r->x, &place, fault_reason(r), 0);
}

/* The name as its bytes are. A compressed file without a name of its own is called as the file is,
 * without the last suffix. */
static msh_view name_of(const reading *r, struct archive_entry *e)
{
    msh_view name = msh_view_str(archive_entry_pathname(e));
    if (!name.len)
        name = msh_view_str(archive_entry_pathname_utf8(e));
    if (name.len && !(r->is_raw && msh_view_eq_str(name, "data")))
        return name;
    name = r->doc->name;
    for (size_t i = name.len; i-- > 1;)
        if (name.data[i] == '.')
            return msh_view_cut(name, 0, i);
    return MSH_VIEW("data");
}

static msh_err read_member(reading *r, bool *full, int *rc)
{
    msh_buf *b = &r->data;
    msh_buf_reset(b);
    *full = false;
    for (;;) {
        size_t room = b->ceiling - b->len < DATA_PIECE ? b->ceiling - b->len : DATA_PIECE;
        uint8_t scratch[4096];
        *full = *full || room == 0;
        uint8_t *to = *full ? scratch : msh_buf_room(b, room);
        if (!to)
            return msh_buf_err(b);
        la_ssize_t got = archive_read_data(r->a, to, *full ? sizeof scratch : room);
        *rc = got < 0 ? (int)got : ARCHIVE_OK;
        if (got == ARCHIVE_WARN || got == ARCHIVE_RETRY) {
            if (++r->faults > FAULTS_BORNE)
                return MSH_OK;
            continue;
        }
        if (got <= 0)
            return r->err;
        if (!*full)
            msh_buf_grew(b, (size_t)got);
        MSH_TRY(msh_budget_decoded(&r->x->budget, (uint64_t)got));
        if (*full && r->is_raw)
            return MSH_OK;
    }
}

static msh_err emit_as(reading *r, msh_view name, msh_role role, const char *text)
{
    if (!text || !*text)
        return MSH_OK;
    msh_place place = msh_child_place(r->x, r->doc, name);
    place.role = role;
    return msh_emit_bytes(r->x, &place, msh_view_str(text), MSH_CHARSET_COUNT, 0);
}

/* Folders, links and devices have no content: their names and targets are texts. */
static msh_err read_special(reading *r, struct archive_entry *e, msh_view name)
{
    MSH_TRY(msh_budget_member(&r->x->budget));
    MSH_TRY(emit_as(r, name, MSH_ROLE_NAME, (const char *)name.data));
    MSH_TRY(emit_as(r, name, MSH_ROLE_ATTR, archive_entry_symlink(e)));
    return emit_as(r, name, MSH_ROLE_ATTR, archive_entry_hardlink(e));
}

static msh_err emit_attributes(reading *r, struct archive_entry *e, msh_view name)
{
    const char *key;
    const void *value;
    size_t size;
    archive_entry_xattr_reset(e);
    while (archive_entry_xattr_next(e, &key, &value, &size) == ARCHIVE_OK) {
        msh_place place = msh_child_place(r->x, r->doc, name);
        place.role = MSH_ROLE_ATTR;
        MSH_TRY(msh_sweep(r->x, &place, msh_view_of(value, size), MSH_NO_POSITION));
    }
    return MSH_OK;
}

static msh_err read_entry(reading *r, struct archive_entry *e)
{
    r->is_raw = archive_format(r->a) == ARCHIVE_FORMAT_RAW;
    msh_view name = msh_arena_copy(r->x->arena, name_of(r, e));
    if (!name.data)
        return MSH_E_MEMORY;
    if (archive_entry_xattr_count(e))
        MSH_TRY(emit_attributes(r, e, name));
    if (archive_entry_is_encrypted(e)) {
        msh_place place = msh_child_place(r->x, r->doc, name);
        MSH_TRY(emit_as(r, name, MSH_ROLE_NAME, (const char *)name.data));
        return msh_report(r->x, &place, MSH_REASON_ARCHIVE_ENCRYPTED, 0);
    }
    bool special = archive_entry_filetype(e) != AE_IFREG && archive_entry_filetype(e) != 0;
    if (special || archive_entry_hardlink(e) || archive_entry_symlink(e))
        MSH_TRY(read_special(r, e, name));
    if (special)
        return MSH_OK;
    bool full;
    int rc = ARCHIVE_OK;
    msh_err err = read_member(r, &full, &rc);
    if (err != MSH_OK) {
        msh_place place = msh_child_place(r->x, r->doc, name);
        (void)!msh_sweep(r->x, &place, msh_buf_view(&r->data), MSH_NO_POSITION);
        return err;
    }
    if (rc != ARCHIVE_OK)
        MSH_TRY(say_fault(r, name));
    if (full) {
        msh_place place = msh_child_place(r->x, r->doc, name);
        MSH_TRY(msh_report(r->x, &place, MSH_REASON_LIMIT_MEMBER_SIZE, r->data.len));
    }
    if (archive_entry_hardlink(e) && r->data.len == 0)
        return MSH_OK;
    return msh_extract_child(r->x, r->doc, name, msh_buf_view(&r->data));
}

/* Raw data in no compression at all is the file itself: it was no archive. */
static bool is_nothing(reading *r)
{
    return archive_format(r->a) == ARCHIVE_FORMAT_RAW && archive_filter_count(r->a) <= 1;
}

/* Compressed zeros look like the end of a tar, whatever comes behind them: read as bytes. */
static bool reopen_raw(reading *r)
{
    if (r->raw_only || archive_filter_count(r->a) <= 1)
        return false;
    (void)archive_read_free(r->a);
    r->raw_only = true;
    r->at = 0;
    return open_archive(r);
}

static msh_err read_all(reading *r)
{
    for (;;) {
        struct archive_entry *e;
        int rc = archive_read_next_header(r->a, &e);
        if (r->err != MSH_OK)
            return r->err;
        /* a head and nothing behind it, or zeros that look like the end of a tar: nothing was read
         */
        if (rc == ARCHIVE_EOF && r->n == 0 && reopen_raw(r))
            continue;
        if (rc == ARCHIVE_EOF)
            return r->n ? MSH_OK : say_fault(r, (msh_view){NULL, 0});
        if (rc == ARCHIVE_RETRY && ++r->faults < FAULTS_BORNE)
            continue;
        if (rc < ARCHIVE_WARN || (rc == ARCHIVE_OK && is_nothing(r)))
            return say_fault(r, (msh_view){NULL, 0});
        MSH_TRY(read_entry(r, e));
        r->n++;
        if (r->is_raw)
            return MSH_OK;
    }
}

/* RFC 1952 §2.3.1: name and comment of the first gzip member, as the bytes stand. */
static msh_err emit_gzip_header(msh_extract *x, const msh_doc *doc)
{
    enum { FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16 };
    if (!is_at(doc->head, 0, "\x1f\x8b\x08", 3))
        return MSH_OK;
    msh_cursor c = msh_cursor_of(doc->head);
    msh_cursor_skip(&c, 3);
    unsigned flags = msh_cursor_u8(&c);
    msh_cursor_skip(&c, 6);
    msh_place place = doc->place;
    if (flags & FEXTRA) {
        place.role = MSH_ROLE_RAW;
        msh_view extra = msh_cursor_take(&c, msh_cursor_u16le(&c));
        MSH_TRY(msh_sweep(x, &place, extra, 12));
    }
    for (unsigned bit = FNAME; bit <= FCOMMENT; bit <<= 1) {
        msh_view rest = msh_view_cut(doc->head, c.at, doc->head.len);
        const uint8_t *end = rest.len ? memchr(rest.data, 0, rest.len) : NULL;
        if (!(flags & bit) || !end || !msh_cursor_ok(&c))
            continue;
        place.role = bit == FNAME ? MSH_ROLE_NAME : MSH_ROLE_COMMENT;
        msh_view text = msh_cursor_take(&c, (size_t)(end - rest.data));
        msh_cursor_skip(&c, 1);
        MSH_TRY(msh_emit_bytes(x, &place, text, MSH_CHARSET_COUNT, 0));
    }
    return MSH_OK;
}

/* Bytes behind the end of the archive. */
static msh_err sweep_rest(reading *r)
{
    la_int64_t used = archive_filter_bytes(r->a, -1);
    uint64_t size = r->doc->in->size;
    if (used <= 0 || (uint64_t)used >= size)
        return MSH_OK;
    msh_place place = r->doc->place;
    place.role = MSH_ROLE_RAW;
    for (uint64_t at = (uint64_t)used; at < size;) {
        size_t got;
        MSH_TRY(msh_input_read(r->doc->in, at, r->piece, sizeof r->piece, &got));
        if (got == 0)
            break;
        MSH_TRY(msh_sweep(r->x, &place, msh_view_of(r->piece, got), at));
        at += got;
    }
    return MSH_OK;
}

/* libarchive gives nothing of a gzip file that is cut within its first blocks: what there is. */
static msh_err salvage_gzip(reading *r)
{
    msh_view all;
    if (r->n || !is_at(r->doc->head, 0, "\x1f\x8b\x08", 3) ||
        msh_input_whole(r->doc->in, (size_t)r->x->limits->member_size, &all) != MSH_OK)
        return MSH_OK;
    msh_buf_reset(&r->data);
    msh_err err = msh_inflate(r->x, all, &r->data, NULL);
    if (err != MSH_OK && err != MSH_E_CORRUPT && err != MSH_E_SHORT)
        return err;
    if (r->data.len == 0)
        return MSH_OK;
    return msh_extract_child(r->x, r->doc, MSH_VIEW("gzip"), msh_buf_view(&r->data));
}

static msh_err read_beside(reading *r)
{
    int format = archive_format(r->a) & ARCHIVE_FORMAT_BASE_MASK;
    MSH_TRY(salvage_gzip(r));
    if (format == ARCHIVE_FORMAT_TAR && archive_filter_count(r->a) <= 1)
        MSH_TRY(msh_tar_extras(r->x, r->doc));
    return sweep_rest(r);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    reading *r = msh_arena_calloc(x->arena, 1, sizeof *r);
    if (!r)
        return MSH_E_MEMORY;
    r->x = x;
    r->doc = doc;
    msh_buf_init(&r->data, (size_t)x->limits->member_size);
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    msh_err err = emit_gzip_header(x, doc);
    if (err == MSH_OK) {
        if (open_archive(r))
            err = read_all(r);
        else
            err = r->err != MSH_OK || !r->a ? r->err : say_fault(r, (msh_view){NULL, 0});
    }
    if (err == MSH_OK && r->a)
        err = read_beside(r);
    if (r->a)
        (void)archive_read_free(r->a);
    if (utf8) {
        (void)uselocale(before);
        freelocale(utf8);
    }
    msh_buf_dispose(&r->data);
    return err;
}

extern const msh_format msh_format_archive;
const msh_format msh_format_archive = {
    .name = "archive",
    .zh = "归档与压缩文件",
    .en = "archives and compressed files",
    .suffixes =
        "7z rar tar cpio ar deb cab iso xar lha lzh warc rpm gz tgz bz2 xz lzma lz lz4 zst Z",
    .library = "libarchive",
    .reads_zh = "全部成员及其名称、链接目标、扩展属性；加密成员会报告",
    .reads_en = "all members and their names, targets of links, extended attributes; encrypted "
                "members are reported",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_CONTAINER,
};
