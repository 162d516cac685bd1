/* xmltext.h: the texts of one XML part by a vocabulary: which elements are paragraphs, cells,
 * notes, deletions, and which attributes hold words.
 *
 * ECMA-376 part 1 §17 (WordprocessingML), §21.1 (DrawingML), ODF 1.3 part 3. What a vocabulary does
 * not know is still text: nothing that people could read is dropped. */
#ifndef MSH_EXTRACT_XMLTEXT_H
#define MSH_EXTRACT_XMLTEXT_H

#include "base/table.h"
#include "extract/numbering.h"
#include "extract/xmlpart.h"

typedef enum msh_xt_stream {
    MSH_XT_BODY, /* emitted with the role of the part */
    MSH_XT_DELETED,
    MSH_XT_HIDDEN,
    MSH_XT_ATTR,
    MSH_XT_COMMENT,
    MSH_XT_HEADER,
    MSH_XT_FOOTER,
    MSH_XT_STREAMS
} msh_xt_stream;

typedef enum msh_xt_vocabulary {
    MSH_XT_GENERIC, /* DrawingML and whatever is not known: every element outside a paragraph is one
                     */
    MSH_XT_WORD,
    MSH_XT_ODF
} msh_xt_vocabulary;

typedef struct msh_xt {
    msh_extract *x;
    const msh_doc *doc; /* embedded base64 becomes its child */
    msh_place place;    /* of the part; role is that of BODY */
    msh_xt_vocabulary vocabulary;
    msh_buf streams[MSH_XT_STREAMS];
    msh_table *seen;  /* attribute values that were put out */
    msh_buf elements; /* stack: what each open element is */
    msh_buf levels;   /* stack: paragraphs inside paragraphs */
    msh_buf para;     /* text of open paragraphs, innermost last */
    msh_buf original; /* the same with deletions and without insertions */
    msh_buf deleted, hidden, binary;
    msh_buf side; /* of Word: codes of fields over several runs, settings */
    unsigned in_deleted, in_inserted, in_hidden;
    uint32_t pages;           /* of ODF, ended so far */
    msh_table *hidden_styles; /* of ODF */
    bool run_hidden, para_hidden;
    bool in_run;
    unsigned embedded;  /* base64 children so far */
    uint32_t starts[9]; /* first number of each list level */
    unsigned list_level;
    bool loose; /* attributes with any letters are put out, not only those known */
    const msh_xml_handler *listener; /* hears every element first, or NULL */
    void *listener_ctx;
    msh_numbering *numbering;       /* of the document, or NULL; borrowed */
    char list_id[16], style_id[64]; /* of the paragraph whose properties are being read */
    unsigned paragraph_level;
} msh_xt;

/* place and doc are borrowed. Must be disposed, also after an error. */
MSH_MUST_CHECK msh_err msh_xt_init(msh_xt *t, msh_extract *x, const msh_doc *doc,
                                   const msh_place *place, msh_xt_vocabulary vocabulary);
void msh_xt_dispose(msh_xt *t);
/* The handler that fills t; its context is t. */
extern const msh_xml_handler msh_xt_handler;
/* Whether people could read an attribute (xmlattr.c). loose: in a part that nobody knows. */
bool msh_xml_attr_says(msh_view element, const msh_xml_attr *attr, bool loose);
/* Put what attributes hold that people could read into the stream of attributes, each value once.
 */
MSH_MUST_CHECK msh_err msh_xt_attrs(msh_xt *t, msh_view element, const msh_xml_attr *attrs,
                                    size_t n);
/* A value whatever it looks like. */
MSH_MUST_CHECK msh_err msh_xt_value(msh_xt *t, msh_view value);
/* Emit all streams that are not empty. */
MSH_MUST_CHECK msh_err msh_xt_emit(msh_xt *t);
/* The rest of it after msh_xt_init and what was set in t: read, emit. */
MSH_MUST_CHECK msh_err msh_xt_read(msh_xt *t, msh_view bytes);

#endif
