/* metafile.c: strings and bitmaps of Windows metafiles (see metafile.h). */
#include "extract/metafile.h"

#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"

#include <stdio.h>

enum {
    FILE_HEADER = 14,
    CORE_HEADER = 12,
    TINY = 8,       /* pixels: a brush, no picture */
    OUTLINES = 2048 /* bytes of lines and curves that may be letters */
};

void msh_metafile_begin(msh_metafile *m, msh_extract *x, const msh_doc *doc)
{
    *m = (msh_metafile){.x = x, .doc = doc};
    msh_flow_init(&m->text, x, &doc->place, MSH_ROLE_BODY, NULL);
}

void msh_metafile_put(msh_metafile *m, const msh_metafile_string *s)
{
    bool same_line = s->follows || s->py == m->y;
    if (s->utf8.len == 0)
        return;
    m->strings++;
    if (m->began && !same_line)
        msh_flow_end_line(&m->text, s->in);
    else if (m->began && !s->follows && (int64_t)s->px - m->x_end > s->gap)
        msh_flow_put_cp(&m->text, '\t', s->in);
    msh_flow_put(&m->text, s->utf8, s->in);
    m->began = true;
    if (!s->follows) {
        m->y = s->py;
        m->x_end = (int32_t)((uint32_t)s->px + (uint32_t)s->width);
    }
}

/* --- bitmaps -------------------------------------------------------------------------------------
 */

typedef struct dib {
    uint32_t header, width, height, bits, compression, colours;
} dib;

static uint32_t magnitude(uint32_t v)
{
    return v & 0x80000000u ? 0u - v : v;
}

/* [MS-WMF] 2.2.2.9 DeviceIndependentBitmap; colours: bytes of the table behind the header. */
static bool read_dib(msh_view v, dib *d)
{
    msh_cursor c = msh_cursor_of(v);
    *d = (dib){.header = msh_cursor_u32le(&c)};
    if (d->header == CORE_HEADER) {
        d->width = msh_cursor_u16le(&c);
        d->height = msh_cursor_u16le(&c);
        msh_cursor_skip(&c, 2);
        d->bits = msh_cursor_u16le(&c);
        d->colours = d->bits <= 8 ? 3u << d->bits : 0;
        return msh_cursor_ok(&c);
    }
    d->width = magnitude(msh_cursor_u32le(&c));
    d->height = magnitude(msh_cursor_u32le(&c));
    msh_cursor_skip(&c, 2);
    d->bits = msh_cursor_u16le(&c);
    d->compression = msh_cursor_u32le(&c);
    msh_cursor_skip(&c, 12);
    uint32_t used = msh_cursor_u32le(&c);
    if (d->bits <= 8)
        d->colours = 4 * (used && used <= 256 ? used : 1u << d->bits);
    else if (d->compression == 3 && d->header == 40)
        d->colours = 12; /* masks */
    return msh_cursor_ok(&c) && d->header >= 40 && d->header <= 124;
}

/* As a file: its header is what a record leaves out. */
static msh_err emit_file(msh_extract *x, const msh_doc *doc, msh_view name, const dib *d,
                         msh_view header, msh_view bits)
{
    msh_buf file;
    size_t len = header.len + bits.len;
    uint32_t at = FILE_HEADER + (bits.len ? (uint32_t)header.len : d->header + d->colours);
    msh_buf_init(&file, len + FILE_HEADER);
    msh_buf_put_str(&file, "BM");
    msh_buf_put_u32(&file, (uint32_t)len + FILE_HEADER);
    msh_buf_put_u32(&file, 0);
    msh_buf_put_u32(&file, at);
    msh_buf_put_view(&file, header);
    msh_buf_put_view(&file, bits);
    msh_err err = msh_buf_err(&file);
    if (err == MSH_OK)
        err = msh_budget_decoded(&x->budget, file.len);
    if (err == MSH_OK)
        err = msh_extract_child(x, doc, name, msh_buf_view(&file));
    msh_buf_dispose(&file);
    return err;
}

static msh_err read_bitmap(msh_extract *x, const msh_doc *doc, msh_view name, msh_view header,
                           msh_view bits)
{
    enum { IS_JPEG = 4, IS_PNG = 5 };
    dib d;
    if (!read_dib(header, &d)) {
        msh_place place = msh_child_place(x, doc, name);
        return msh_report(x, &place, MSH_REASON_IMAGE_CORRUPT, 0);
    }
    if (d.width < TINY || d.height < TINY)
        return MSH_OK;
    if (bits.len && (d.compression == IS_JPEG || d.compression == IS_PNG))
        return msh_extract_child(x, doc, name, bits);
    return emit_file(x, doc, name, &d, header, bits);
}

msh_err msh_metafile_bitmap(msh_metafile *m, msh_view header, msh_view bits, uint64_t in)
{
    char name[40];
    (void)snprintf(name, sizeof name, "image@%llu.bmp", (unsigned long long)in);
    m->bitmaps++;
    return read_bitmap(m->x, m->doc, msh_view_str(name), header, bits);
}

msh_err msh_metafile_end(msh_metafile *m)
{
    bool drawn = m->strings == 0 && m->bitmaps == 0 && m->outlines > OUTLINES;
    if (m->text.err == MSH_OK)
        m->text.err = msh_flow_end(&m->text);
    msh_err err = m->text.err;
    msh_flow_dispose(&m->text);
    if (err == MSH_OK && m->damaged)
        err = msh_report(m->x, &m->doc->place, MSH_REASON_IMAGE_CORRUPT, 0);
    if (err == MSH_OK && (drawn || m->glyphs))
        err = msh_report(m->x, &m->doc->place, MSH_REASON_IMAGE_NEEDS_OCR, 0);
    return err;
}
