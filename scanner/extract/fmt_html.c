/* fmt_html.c: web pages (HTML Living Standard), also templates of site programs. The text
 * extractor hands on the source as written; this adds what a reader sees, and what he does not. */
#include "extract/html.h"

#include "base/view.h"

enum { SNIFF = 16384, SURE = 90, LIKELY = 70, FEW_TAGS = 3 };

static bool has_suffix(const msh_doc *doc)
{
    static const char *const suffixes[] = {".html", ".htm", ".xhtml", ".shtml", ".xht", ".jsp",
                                           ".php",  ".asp", ".aspx",  ".vue",   ".hta", ".ftl"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (msh_view_ends_nocase(doc->name, msh_view_str(suffixes[i])))
            return true;
    return false;
}

static size_t name_end(const char *s, size_t from, size_t n)
{
    while (from < n && s[from] != '>' && s[from] != ' ' && s[from] != '/' && s[from] != '\n' &&
           s[from] != '\r' && s[from] != '\t')
        from++;
    return from;
}

static int probe(const msh_doc *doc)
{
    char head[SNIFF];
    size_t n = msh_decode_sniff(doc, head, sizeof head);
    unsigned known = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        const char *lt = memchr(head + i, '<', n - 1 - i);
        if (!lt)
            break;
        i = (size_t)(lt - head);
        size_t from = i + 1 + (head[i + 1] == '/' || head[i + 1] == '!');
        msh_view name = msh_view_of(head + from, name_end(head, from, n) - from);
        if (msh_view_eq_nocase(name, MSH_VIEW("html")) ||
            msh_view_eq_nocase(name, MSH_VIEW("body")))
            return SURE;
        known += name.len > 0 && name.len < 12 && msh_tag_flags(name) != 0;
    }
    if (has_suffix(doc))
        return SURE;
    return known >= FEW_TAGS ? LIKELY : 0;
}

static msh_err read_one(msh_extract *x, const msh_doc *doc, const msh_decoded *d)
{
    unsigned again = d->reading ? MSH_HTML_AGAIN : 0u;
    return msh_html_read(x, doc, d->text, d->up, again);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    return msh_decode_each(x, doc, read_one);
}

const msh_format msh_format_html = {
    .name = "html",
    .zh = "网页",
    .en = "web page",
    .suffixes = "html htm xhtml shtml jsp php asp aspx vue hta",
    .reads_zh =
        "正文、标题、元信息、注释、属性、脚本与样式、隐藏元素、内嵌的 data: 内容；另按源码再查一遍",
    .reads_en = "body, titles, metadata, comments, attributes, scripts and styles, hidden "
                "elements, data: contents; the source once more",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT | MSH_FORMAT_MARKUP,
    .family = "markup",
};
