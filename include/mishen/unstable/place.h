/* place.h: a place in words, and the width of text on a terminal. */
#ifndef MISHEN_UNSTABLE_PLACE_H
#define MISHEN_UNSTABLE_PLACE_H

#include <mishen/finding.h>

#include <mishen/unstable/buf.h>
#include <mishen/unstable/json.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "B7" for row 7, column 2; longer than any sheet has: at most 16 bytes. */
void msh_place_cell(uint32_t row, uint32_t column, char out[20]);
/* As a person would name it: "名单.docx · 页眉 · 第2页 · Sheet1!B7 · 第3行第5字". Escaped for a
 * terminal. */
void msh_place_words(msh_buf *out, const msh_place *place, msh_lang lang);
/* The JSON object of product.md section 4. */
void msh_place_json(msh_json_writer *w, const msh_place *place);
/* Columns that printable UTF-8 takes on a terminal: CJK and full-width characters take two (own
 * table: cron has no locale and wcwidth gives -1 there). */
size_t msh_text_width(msh_view utf8);

#ifdef __cplusplus
}
#endif
#endif
