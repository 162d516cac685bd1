/* archive.c: what libarchive does for others than its format reader: preparing the process, and
 * members of zips in methods that zlib does not know (bzip2, LZMA, xz, Zstandard, PPMd).
 *
 * Names in UTF-16 are converted by libarchive to the locale's charset: without iconv only when that
 * is UTF-8, hence C.UTF-8, which glibc has built in. */
#define _GNU_SOURCE
#include "extract/archive.h"

#include "base/err.h"
#include "base/view.h"

#ifndef MSH_HAVE_LIBARCHIVE

void msh_archive_prepare(void)
{
}

msh_err msh_archive_unzip(msh_extract *x, const msh_archive_member *m, msh_buf *out, bool *known,
                          bool *whole)
{
    (void)x;
    (void)m;
    (void)out;
    *known = false;
    *whole = false;
    return MSH_OK;
}

#else

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <stdlib.h>
#include <time.h>

void msh_archive_prepare(void)
{
    /* with a zone in the environment mktime never looks at /etc/localtime again */
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    /* kept in use for the life of the process: freed, its file would be opened again */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (utf8)
        (void)uselocale(utf8);
}

typedef struct feed {
    msh_view header, data;
    unsigned step;
} feed;

static la_ssize_t feed_read(struct archive *a, void *ctx, const void **to)
{
    feed *f = ctx;
    (void)a;
    msh_view v = f->step == 0 ? f->header : f->step == 1 ? f->data : (msh_view){NULL, 0};
    f->step++;
    *to = v.data;
    return (la_ssize_t)v.len;
}

/* APPNOTE §4.3.7, a local header with a name of one letter. */
static void put_header(msh_buf *b, const msh_archive_member *m)
{
    enum { KEEP_FLAGS = 6 }; /* bits 1 and 2 mean something to some methods */
    uint32_t size = m->size > 0xfffffffe ? 0xfffffffe : (uint32_t)m->size;
    msh_buf_put_u32(b, 0x04034b50);
    msh_buf_put_u16(b, 63);
    msh_buf_put_u16(b, m->flags & KEEP_FLAGS);
    msh_buf_put_u16(b, m->method);
    msh_buf_put_u32(b, 0);
    msh_buf_put_u32(b, m->crc);
    msh_buf_put_u32(b, (uint32_t)m->packed.len);
    msh_buf_put_u32(b, size);
    msh_buf_put_u16(b, 1);
    msh_buf_put_u16(b, 0);
    msh_buf_put_byte(b, 'x');
}

static bool is_known(uint16_t method)
{
    return method == 12 || method == 14 || method == 93 || method == 95 || method == 98;
}

static msh_err read_data(msh_extract *x, struct archive *a, msh_buf *out, bool *whole)
{
    enum { PIECE = 64 << 10 };
    for (;;) {
        size_t room = out->ceiling - out->len < PIECE ? out->ceiling - out->len : PIECE;
        uint8_t *to = room ? msh_buf_room(out, room) : NULL;
        if (!to)
            return msh_buf_err(out);
        la_ssize_t got = archive_read_data(a, to, room);
        *whole = got == 0;
        if (got <= 0)
            return MSH_OK;
        msh_buf_grew(out, (size_t)got);
        MSH_TRY(msh_budget_decoded(&x->budget, (uint64_t)got));
    }
}

msh_err msh_archive_unzip(msh_extract *x, const msh_archive_member *m, msh_buf *out, bool *known,
                          bool *whole)
{
    *whole = false;
    *known = is_known(m->method) && m->packed.len < 0xfffffff0;
    if (!*known)
        return MSH_OK;
    msh_buf header;
    msh_buf_init(&header, 64);
    put_header(&header, m);
    feed f = {msh_buf_view(&header), m->packed, 0};
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    msh_err err = a && msh_buf_err(&header) == MSH_OK ? MSH_OK : MSH_E_MEMORY;
    if (err == MSH_OK && archive_read_support_format_zip_streamable(a) == ARCHIVE_OK &&
        archive_read_open(a, &f, NULL, feed_read, NULL) == ARCHIVE_OK &&
        archive_read_next_header(a, &entry) >= ARCHIVE_WARN)
        err = read_data(x, a, out, whole);
    if (a)
        (void)archive_read_free(a);
    msh_buf_dispose(&header);
    return err;
}

#endif
