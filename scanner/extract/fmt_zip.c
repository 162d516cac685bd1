/* fmt_zip.c: zip archives that are no office document: every member goes to a child.
 *
 * APPNOTE 6.3.10. Also jar, apk, epub-like and iWork packages, zips behind other data (a picture, a
 * program) and zips without their directory. Links are texts, nothing is followed. */
#include "extract/zip.h"

#include "base/err.h"
#include "base/view.h"

static int probe(const msh_doc *doc)
{
    msh_zip_kind kind = msh_zip_sniff(doc, false);
    /* behind bytes of another kind it does not vouch for them */
    if (kind == MSH_ZIP_KIND_NONE || !msh_view_starts(doc->head, MSH_VIEW("PK")))
        return msh_zip_sniff(doc, true) != MSH_ZIP_KIND_NONE ? 45 : 0;
    return kind == MSH_ZIP_KIND_ZIP ? 80 : 0;
}

static msh_err read_member(msh_zip *z, size_t i, msh_buf *data)
{
    msh_zip_entry *e = &z->entries[i];
    bool whole;
    msh_err err = msh_zip_read(z, i, data, &whole);
    e = &z->entries[i];
    if (err != MSH_OK) {
        msh_place place = msh_child_place(z->x, z->doc, e->name);
        (void)!msh_sweep(z->x, &place, msh_buf_view(data), MSH_NO_POSITION);
        return err;
    }
    if (e->state & MSH_ZIP_LINK) {
        msh_place place = msh_child_place(z->x, z->doc, e->name);
        place.role = MSH_ROLE_ATTR;
        MSH_TRY(msh_emit_bytes(z->x, &place, msh_buf_view(data), MSH_CHARSET_COUNT, 0));
        return msh_zip_emit_name(z, i);
    }
    if (data->len == 0)
        return msh_zip_emit_name(z, i);
    return msh_extract_child(z->x, z->doc, e->name, msh_buf_view(data));
}

msh_err msh_zip_read_all(msh_extract *x, const msh_doc *doc)
{
    msh_zip z;
    msh_buf data;
    msh_buf_init(&data, (size_t)x->limits->member_size);
    msh_err err = msh_zip_open(&z, x, doc);
    bool more = true;
    for (size_t i = 0; err == MSH_OK && more;) {
        if (i < z.n)
            err = read_member(&z, i++, &data);
        else
            err = msh_zip_more(&z, &more);
    }
    if (err == MSH_OK)
        err = msh_zip_finish(&z);
    msh_buf_dispose(&data);
    msh_zip_close(&z);
    return err;
}

extern const msh_format msh_format_zip;
const msh_format msh_format_zip = {
    .name = "zip",
    .zh = "ZIP 压缩包",
    .en = "zip archive",
    .suffixes = "zip jar apk war zipx key pages numbers",
    .reads_zh = "全部成员及其名称、注释；目录之外的成员和多余字节；加密成员会报告",
    .reads_en = "all members and their names, comments; members outside the directory and spare "
                "bytes; encrypted members are reported",
    .probe = probe,
    .extract = msh_zip_read_all,
    .flags = MSH_FORMAT_CONTAINER,
};
