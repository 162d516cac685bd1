/* formats.c: the table of formats for people. */
#include <mishen/scan.h>

#include "extract/extract.h"

size_t msh_format_count(void)
{
    size_t n;
    (void)msh_formats(&n);
    return n;
}

void msh_format_get(size_t i, msh_lang lang, msh_format_info *out)
{
    size_t n;
    const msh_format *const *all = msh_formats(&n);
    *out = (msh_format_info){.name = "?", .text = "?", .suffixes = ""};
    if (i >= n)
        return;
    const msh_format *f = all[i];
    out->name = f->name;
    out->text = lang == MSH_LANG_EN ? f->en : f->zh;
    out->suffixes = f->suffixes ? f->suffixes : "";
    out->library = f->library;
    out->absent = f->absent;
    out->reads = lang == MSH_LANG_EN ? f->reads_en : f->reads_zh;
}
