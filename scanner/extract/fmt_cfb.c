/* fmt_cfb.c: compound files ([MS-CFB]): Word, WPS Writer and what else is kept in them. The
 * documents inside are read by ole.c; here the file is opened, and what no stream accounts for is
 * swept: free sectors and the ends of last sectors keep what was deleted. */
#include "extract/ole.h"

#include "base/err.h"
#include "base/view.h"

#include <stdio.h>

enum { GAP_LEAST = 256, GAP_SURE = 40 };

static int probe(const msh_doc *doc)
{
    return msh_cfb_is(doc->head) ? 90 : 0;
}

/* A range that nothing accounts for: a document of its own (also a zip that begins further in), or
 * remains, of which only strings are of interest. */
static msh_err read_gap(void *ctx, msh_cfb_range r)
{
    const msh_ole *o = ctx;
    char name[40];
    msh_buf bytes;
    size_t got = 0, size = (size_t)(r.to - r.from);
    if (r.to - r.from < GAP_LEAST || r.to - r.from > o->x->limits->member_size)
        return msh_sweep_input(o->x, &o->doc, r.from, r.to);
    msh_buf_init(&bytes, size);
    uint8_t *room = msh_buf_room(&bytes, size);
    msh_err err = room ? msh_input_read(o->doc.in, r.from, room, size, &got) : MSH_E_MEMORY;
    msh_view v = msh_view_of(room, got);
    (void)snprintf(name, sizeof name, "+free@%llu", (unsigned long long)r.from);
    if (err == MSH_OK && msh_extract_surest(v) >= GAP_SURE)
        err = msh_extract_child(o->x, &o->doc, msh_view_str(name), v);
    else if (err == MSH_OK)
        err = msh_sweep(o->x, &o->doc.place, v, r.from);
    msh_buf_dispose(&bytes);
    return err;
}

static msh_err read_file(msh_ole *o)
{
    msh_extract *x = o->x;
    const char *name;
    MSH_TRY(msh_cfb_open(o->cfb, &x->budget, o->doc.in));
    if (o->cfb->damaged)
        MSH_TRY(msh_report(x, &o->doc.place, MSH_REASON_CFB_CORRUPT, 0));
    if (o->cfb->cut)
        MSH_TRY(msh_report(x, &o->doc.place, MSH_REASON_LIMIT_MEMBERS, o->cfb->n));
    MSH_TRY(msh_ole_file(o, &name));
    if (x->budget.depth == 0)
        x->format = msh_view_str(name);
    return msh_cfb_gaps(o->cfb, read_gap, o);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    msh_cfb cfb;
    msh_ole o = {.x = x, .cfb = &cfb, .doc = *doc};
    if (x->budget.depth == 0)
        x->format = MSH_VIEW("cfb");
    msh_err err = read_file(&o);
    msh_cfb_close(&cfb);
    return err == MSH_E_SYNTAX ? MSH_E_CORRUPT : err;
}

extern const msh_format msh_format_cfb;
const msh_format msh_format_cfb = {
    .name = "doc",
    .zh = "复合文档：Word、Excel、PowerPoint 97–2003、WPS 及其他",
    .en = "compound files: Word, Excel, PowerPoint 97-2003, WPS and others",
    .suffixes = "doc dot wps xls xlt et ett ppt pps pot dps dpt",
    .reads_zh = "正文、页眉页脚、脚注、批注、文本框、修订和隐藏文字、快速保存的残留；工作表及其单元"
                "格位置；文档属性、宏、"
                "嵌入对象、图片；"
                "空闲扇区由原始扫描读取；其他应用的复合文档只做原始字节扫描并报告",
    .reads_en =
        "body, headers, footnotes, comments, text boxes, tracked changes, hidden text, remains of "
        "fast saving; sheets with places of cells; properties, macros, embedded objects, pictures; "
        "free sectors by the raw sweep; documents of other programs are swept only, and reported",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_CONTAINER | MSH_FORMAT_NAMES | MSH_FORMAT_WHOLE,
};
