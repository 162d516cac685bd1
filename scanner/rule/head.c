/* head.c: the head zone of a document, where GB/T 9704-2012 7.2 puts copy number, mark and urgency
 * (domain.md section 4).
 *
 * Headers, properties and names count as head wholly. Elsewhere it is the beginning of the text of
 * the first page. */
#include "rule/kind.h"

#include "base/view.h"

enum { HEAD_LINES = 12, HEAD_CHARS = 400 };

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

size_t msh_head_zone(msh_view folded)
{
    size_t chars = 0, lines = 0, i = 0;
    bool something = false;
    for (; i < folded.len && lines < HEAD_LINES; i++) {
        uint8_t c = folded.data[i];
        if (c == '\n') {
            lines += something;
            something = false;
        } else if (!is_blank(c) && (c & 0xc0) != 0x80) {
            something = true;
            if (++chars > HEAD_CHARS)
                break;
        }
    }
    return i;
}

bool msh_in_head(const msh_kind_text *t, size_t at)
{
    switch (t->from->place.role) {
    case MSH_ROLE_HEADER:
    case MSH_ROLE_NAME:
    case MSH_ROLE_META:
        return true;
    default:
        break;
    }
    uint64_t folded = t->to_folded ? msh_map_step(t->to_folded, at) : at;
    return folded < t->head_end;
}
