/* place.h: where in a text, and in its document, a hit stands. Made for hits only. */
#ifndef MSH_RULE_PLACE_H
#define MSH_RULE_PLACE_H

#include "rule/match.h"

/* Working state over the places of one text; cheapest when asked in ascending order. */
typedef struct msh_placer {
    const msh_match_text *text;
    msh_view vpath, name, sheet; /* copies that outlive the text */
    size_t line_at;              /* line_number is the line of this byte, line_start its start */
    uint32_t line_number;
    size_t line_start;
    size_t column_at; /* column is that of this byte; 0 = not known */
    uint32_t column;
    bool any_page, any_cr;
} msh_placer;

void msh_placer_begin(msh_placer *p, const msh_match_text *t);
/* at: byte in text->bytes. Names are those of the text; the caller replaces them by copies. */
msh_place msh_place_at(msh_placer *p, size_t at);
/* Offset in the item for a byte of the text, MSH_NO_POSITION when the text has none. */
uint64_t msh_place_offset(const msh_match_text *t, size_t at);

#endif
