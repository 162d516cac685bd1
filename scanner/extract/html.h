/* html.h: markup to texts: one tokenizer for HTML and generic XML, on decoded UTF-8. */
#ifndef MSH_EXTRACT_HTML_H
#define MSH_EXTRACT_HTML_H

#include "extract/flow.h"

/* What an element means for the flow of text. */
enum {
    MSH_TAG_INLINE = 0,
    MSH_TAG_BLOCK = 1, /* ends a line before and after */
    MSH_TAG_CELL = 2,  /* begins a cell */
    MSH_TAG_RAW = 4,   /* its content is text without tags, up to its end tag */
    MSH_TAG_VOID = 8,  /* has no content */
    MSH_TAG_PRE = 16,  /* line ends in its content count */
    MSH_TAG_SCRIPT = 32,
    MSH_TAG_TITLE = 64,
    MSH_TAG_RUBY_TEXT = 128, /* rt, rp: stands beside the text */
    MSH_TAG_RUBY = 256,
    MSH_TAG_META = 512,
    MSH_TAG_KNOWN = 1024,
    MSH_TAG_ROW = 2048 /* a row of a table, or a table */
};
/* Flags for a name without case; 0 for names that are not HTML's. */
unsigned msh_tag_flags(msh_view name);
/* Flags when an attribute of this name says little when its value is plain ASCII. */
bool msh_attr_is_dull(msh_view name);

/* Reads markup. text: decoded; up: from offsets in text to the item's. Hands on body, hidden text,
 * title and meta, comments, attributes, scripts; data: URIs as members. Returns what msh_emit
 * returns. */
MSH_MUST_CHECK msh_err msh_html_read(msh_extract *x, const msh_doc *doc, msh_view text,
                                     const msh_map *up, unsigned flags);
enum {
    MSH_HTML_XML = 1,
    MSH_HTML_AGAIN = 2 /* a further reading of the same bytes: members were read before */
};

/* All of a document in UTF-8, for extractors of text formats. */
typedef struct msh_decoded {
    msh_view text; /* UTF-8; the source itself where that is UTF-8 */
    msh_map map;
    const msh_map *up; /* &map, or NULL when text is the source */
    msh_buf buf;
    msh_map_point *points;
    size_t n_points, cap_points;
    msh_view source;
    msh_charset cs;
    unsigned reading; /* 0 for the first */
} msh_decoded;
/* skip: bytes of BOM. The source must outlive it. */
MSH_MUST_CHECK msh_err msh_decode_all(msh_decoded *d, msh_view source, msh_charset cs, size_t skip);
void msh_decode_dispose(msh_decoded *d);
/* Calls read for each reading of the document worth a parsed view: what was detected, and the
 * charset it declares where that differs. Documents over MSH_DECODE_MOST: limit.member-size. */
enum { MSH_DECODE_MOST = 64 << 20 };
MSH_MUST_CHECK msh_err msh_decode_each(msh_extract *x, const msh_doc *doc,
                                       msh_err (*read)(msh_extract *x, const msh_doc *doc,
                                                       const msh_decoded *d));
/* The first bytes without NULs, so that UTF-16 can be sniffed as ASCII. */
size_t msh_decode_sniff(const msh_doc *doc, char *to, size_t room);

#endif
