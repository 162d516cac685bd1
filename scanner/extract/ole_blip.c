/* ole_blip.c: pictures in streams of Office documents: OfficeArt BLIP records ([MS-ODRAW] 2.2.23),
 * found by their headers wherever they stand. */
#include "extract/ole.h"

#include "base/err.h"
#include "base/view.h"
#include "extract/inflate.h"
#include "extract/metafile.h"

#include <stdio.h>

enum { HEAD = 8, UID = 16, METAFILE = 34, LEAST = 32 };

/* Record types, instances with one identifier (with two it is the next number), names. */
static const struct kind {
    uint16_t type, instance;
    const char *suffix;
    bool metafile;
} kinds[] = {
    {0xf01a, 0x3d4, "emf", true},   {0xf01b, 0x216, "wmf", true},  {0xf01c, 0x542, "pict", true},
    {0xf01d, 0x46a, "jpg", false},  {0xf01d, 0x6e2, "jpg", false}, {0xf02a, 0x46a, "jpg", false},
    {0xf02a, 0x6e2, "jpg", false},  {0xf01e, 0x6e0, "png", false}, {0xf01f, 0x7a8, "bmp", false},
    {0xf029, 0x6e4, "tiff", false},
};

static const struct kind *kind_at(const uint8_t *p, unsigned *uids)
{
    uint16_t head = (uint16_t)(p[0] | p[1] << 8), type = (uint16_t)(p[2] | p[3] << 8);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if ((head & 15) || kinds[i].type != type || kinds[i].instance != (head >> 4 & ~1))
            continue;
        *uids = 1 + (head >> 4 & 1);
        return &kinds[i];
    }
    return NULL;
}

/* A metafile: its size, bounds, and whether it is packed. */
static msh_err read_metafile(msh_ole *o, msh_view name, msh_view v)
{
    msh_buf out;
    bool packed = v.len > METAFILE && v.data[METAFILE - 2] == 0;
    v = msh_view_cut(v, METAFILE, v.len);
    if (!packed)
        return msh_extract_child(o->x, &o->doc, name, v);
    msh_buf_init(&out, (size_t)o->x->limits->member_size);
    msh_place place = msh_child_place(o->x, &o->doc, name);
    msh_err err = msh_ole_settle(o, &place, msh_inflate(o->x, v, &out, NULL));
    if (err == MSH_OK && out.len)
        err = msh_extract_child(o->x, &o->doc, name, msh_buf_view(&out));
    msh_buf_dispose(&out);
    return err;
}

static msh_err read_blip(msh_ole *o, int entry, size_t at, const struct kind *k, msh_view v)
{
    char name[64];
    msh_view path = msh_ole_path(o, entry);
    (void)snprintf(name, sizeof name, "%.*s@%zu.%s", path.len < 32 ? (int)path.len : 32,
                   (const char *)path.data, at, k->suffix);
    if (k->metafile)
        return read_metafile(o, msh_view_str(name), v);
    v = msh_view_cut(v, 1, v.len); /* a tag */
    if (k->type == 0xf01f)
        return msh_metafile_dib(o->x, &o->doc, msh_view_str(name), v, (msh_view){0, 0});
    return msh_extract_child(o->x, &o->doc, msh_view_str(name), v);
}

msh_err msh_ole_blips(msh_ole *o, int entry, msh_buf *bytes)
{
    for (size_t at = 0; at + HEAD + LEAST <= bytes->len; at++) {
        uint8_t *p = bytes->data + at;
        unsigned uids;
        if (p[3] != 0xf0 || (p[0] & 15))
            continue;
        const struct kind *k = kind_at(p, &uids);
        if (!k)
            continue;
        uint32_t len =
            (uint32_t)p[4] | (uint32_t)p[5] << 8 | (uint32_t)p[6] << 16 | (uint32_t)p[7] << 24;
        size_t head = (size_t)UID * uids;
        if (len > bytes->len - at - HEAD || len <= head + LEAST)
            continue;
        MSH_TRY(read_blip(o, entry, at, k, msh_view_of(p + HEAD + head, len - head)));
        memset(p + HEAD, 0, len);
        at += HEAD + len - 1;
    }
    return MSH_OK;
}
