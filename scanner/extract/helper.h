/* helper.h: asking a helper program about a document (architecture.md section 4).
 *
 * The helper is hostile input: its frames are checked, its texts are charged to the budget, its
 * silence ends at the item's deadline. An absent, broken or late helper is an outcome. */
#ifndef MSH_EXTRACT_HELPER_H
#define MSH_EXTRACT_HELPER_H

#include "base/wire.h"
#include "extract/extract.h"

typedef struct msh_helper_question {
    const char *name;       /* "pdf", "ocr" */
    const msh_place *place; /* of the document, for outcomes */
    msh_view bytes;
    unsigned flags; /* of the request */
    uint32_t pages;
} msh_helper_question;

typedef struct msh_helper_answers {
    void *ctx;
    /* One item, whole. An error stops the question and is returned. */
    msh_err (*item)(void *ctx, const msh_wire_item *item, msh_view bytes);
    msh_err (*stats)(void *ctx, const msh_wire_stats *stats);
} msh_helper_answers;

/* Sends the document and hands on what comes back, until the helper is done. Outcomes are reported
 * at question->place with their page. *answered (may be NULL): the helper came to its end.
 * Returns errors of callbacks and of the machine only. */
MSH_MUST_CHECK msh_err msh_helper_ask(msh_extract *x, const msh_helper_question *question,
                                      const msh_helper_answers *answers, bool *answered);

/* Has a picture (a file, or a PNM that the pdf helper rendered) read by the OCR helper; its texts
 * are emitted with role ocr at `place`, and counted in x. absent: the reason to report when there
 * is no OCR: policy, no helper, page budget used up. whole_page: nothing else is known of this
 * page, so that it counts as a scan. */
typedef struct msh_ocr_question {
    const msh_place *place;
    msh_view bytes;
    msh_reason absent;
    bool whole_page;
} msh_ocr_question;
MSH_MUST_CHECK msh_err msh_ocr_read(msh_extract *x, const msh_ocr_question *question);
/* The same after all texts of the item: a copy of the picture is kept until then (64 MiB of them at
 * most, then at once). Pictures of equal bytes are read once and said at each place. */
MSH_MUST_CHECK msh_err msh_ocr_later(msh_extract *x, const msh_ocr_question *question);
/* Pictures that may still be asked for, those that wait counted; 0 without OCR. */
uint32_t msh_ocr_left(const msh_extract *x);
/* Reads what waits, at the end of the item; frees it in any case. */
MSH_MUST_CHECK msh_err msh_ocr_rest(msh_extract *x);

#endif
