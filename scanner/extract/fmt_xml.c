/* fmt_xml.c: XML of no special kind, also SVG, RSS, plist as XML (XML 1.0). Read with the tokenizer
 * of HTML, so that malformed ones are read to their end. Entities are never expanded twice and
 * nothing external is fetched. */
#include "extract/html.h"

#include "base/view.h"

enum { SNIFF = 1024, SURE = 80, LIKELY = 60 };

static bool has_suffix(const msh_doc *doc)
{
    static const char *const suffixes[] = {".xml", ".svg",  ".rss", ".xsl", ".xslt",
                                           ".xsd", ".wsdl", ".kml", ".gpx", ".plist",
                                           ".rdf", ".atom", ".xmp"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (msh_view_ends_nocase(doc->name, msh_view_str(suffixes[i])))
            return true;
    return false;
}

static int probe(const msh_doc *doc)
{
    char head[SNIFF];
    size_t n = msh_decode_sniff(doc, head, sizeof head), i = 0;
    while (i < n && head[i] != '<' && i < 16)
        i++;
    msh_view v = msh_view_of(head + i, n - i);
    if (msh_view_starts(v, MSH_VIEW("<?xml")) || msh_view_starts(v, MSH_VIEW("<svg")) ||
        msh_view_starts(v, MSH_VIEW("<?xpacket")) || msh_view_starts(v, MSH_VIEW("<x:xmpmeta")) ||
        msh_view_starts(v, MSH_VIEW("<!ENTITY")))
        return SURE;
    return has_suffix(doc) && memchr(head, '<', n) ? LIKELY : 0;
}

static msh_err read_one(msh_extract *x, const msh_doc *doc, const msh_decoded *d)
{
    unsigned again = d->reading ? MSH_HTML_AGAIN : 0u;
    return msh_html_read(x, doc, d->text, d->up, MSH_HTML_XML | again);
}

static msh_err extract(msh_extract *x, const msh_doc *doc)
{
    return msh_decode_each(x, doc, read_one);
}

const msh_format msh_format_xml = {
    .name = "xml",
    .zh = "XML、SVG",
    .en = "XML, SVG",
    .suffixes = "xml svg rss xsl xsd wsdl kml gpx plist",
    .reads_zh = "文字、属性、注释、实体定义；另按源码再查一遍；不取外部内容",
    .reads_en =
        "text, attributes, comments, entities; the source once more; nothing outside is fetched",
    .probe = probe,
    .extract = extract,
    .flags = MSH_FORMAT_TEXT | MSH_FORMAT_MARKUP,
    .family = "markup",
};
