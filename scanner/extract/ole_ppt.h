/* ole_ppt.h: presentations of PowerPoint 97 … 2003 and WPS Presentation ([MS-PPT]).
 *
 * A stream of record trees. Saving appends: what an older save left behind (changed and removed
 * slides) stands there, too, and is read with role deleted. Which of them is the newest is said by
 * the chain of user edits and their persist directories; where these are broken, all is taken for
 * current. */
#ifndef MSH_EXTRACT_OLE_PPT_H
#define MSH_EXTRACT_OLE_PPT_H

#include "extract/extract.h"
#include "extract/ole_art.h"

/* Texts of a stream "PowerPoint Document". current: the stream "Current User", may be empty.
 * *encrypted: it is, and was reported; nothing else was handed on. Damage becomes an outcome and a
 * sweep. */
MSH_MUST_CHECK msh_err msh_ppt_read(msh_extract *x, const msh_doc *doc, msh_view stream,
                                    msh_view current, bool *encrypted);

/* --- between the files of this reader
 * -------------------------------------------------------------- */

enum {
    PPT_DOCUMENT = 0x03e8,
    PPT_SLIDE = 0x03ee,
    PPT_SLIDE_ATOM = 0x03ef,
    PPT_NOTES = 0x03f0,
    PPT_NOTES_ATOM = 0x03f1,
    PPT_SLIDE_PERSIST = 0x03f3,
    PPT_MASTER = 0x03f8,
    PPT_SLIDE_INFO = 0x03f9,
    PPT_OUTLINE_REF = 0x0f9e,
    PPT_TEXT_HEADER = 0x0f9f,
    PPT_TEXT_CHARS = 0x0fa0,
    PPT_TEXT_BYTES = 0x0fa8,
    PPT_CSTRING = 0x0fba,
    PPT_HEADERS = 0x0fd9,
    PPT_SLIDE_LIST = 0x0ff0,
    PPT_USER_EDIT = 0x0ff5,
    PPT_CURRENT_USER = 0x0ff6,
    PPT_OLE_STORAGE = 0x1011,
    PPT_BINARY_TAG = 0x138b,
    PPT_PERSIST_DIRECTORY = 0x1772,
    PPT_COMMENT = 0x2ee0,
    PPT_CRYPT_SESSION = 0x2f14
};

/* A slide, master or notes page that the newest document lists. */
typedef struct msh_ppt_ref {
    uint32_t persist, slide_id;
    uint32_t page; /* of slides, from 1 */
    bool seen;
    msh_view outline; /* records of its texts in the list */
} msh_ppt_ref;

typedef struct msh_ppt_page {
    uint32_t slide_id, page;
} msh_ppt_page;

/* What is current (ole_ppt_edit.c). */
typedef struct msh_ppt_edits {
    bool known; /* the chain and the document were found */
    bool encrypted;
    uint64_t document_at; /* of the newest document */
    uint32_t *offset_of;  /* by persist number; 0 = none */
    uint32_t n_offsets;
    uint32_t *sorted; /* persist numbers in order of their offsets */
    uint32_t n_sorted;
    msh_ppt_ref *refs;
    uint32_t n_refs, cap_refs, pages;
    uint32_t *ref_of;       /* by persist number: its entry in refs + 1; 0 = none */
    msh_ppt_page *by_slide; /* in order of slide_id */
    uint32_t n_by_slide;
} msh_ppt_edits;

MSH_MUST_CHECK msh_err msh_ppt_edits_read(msh_ppt_edits *e, msh_view stream, msh_view current);
void msh_ppt_edits_dispose(msh_ppt_edits *e);
/* Whether the record at an offset is what its persist number leads to now; *ref: its entry in the
 * lists, NULL when it has none. */
bool msh_ppt_is_current(const msh_ppt_edits *e, uint64_t at, msh_ppt_ref **ref);
/* The page of a slide by its identifier, 0 = none. */
uint32_t msh_ppt_page_of(const msh_ppt_edits *e, uint32_t slide_id);

/* A top-level record with all that is inside (ole_ppt_text.c). */
typedef struct msh_ppt_reader {
    msh_extract *x;
    const msh_doc *doc;
    const msh_ppt_edits *edits;
    msh_buf body, header, footer, comments, attrs, unread;
    bool damaged;
    /* of the record at hand */
    msh_place place;
    msh_role role;
    msh_ppt_ref *ref;
    bool is_document, hidden;
    uint64_t used; /* texts of the outline that were put, a bit each */
    unsigned in_headers, in_comment;
} msh_ppt_reader;

void msh_ppt_reader_init(msh_ppt_reader *r, msh_extract *x, const msh_doc *doc,
                         const msh_ppt_edits *edits);
void msh_ppt_reader_dispose(msh_ppt_reader *r);
MSH_MUST_CHECK msh_err msh_ppt_reader_read(msh_ppt_reader *r, const msh_art_rec *top);
/* Slides that the list holds texts of, and that are nowhere. */
MSH_MUST_CHECK msh_err msh_ppt_reader_rest(msh_ppt_reader *r);

#endif
