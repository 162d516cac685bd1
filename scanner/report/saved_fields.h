/* saved_fields.h: single fields of a line, checked. All return false for anything else than what
 * they name; `key` must be there unless the name ends in _if. */
#ifndef MSH_REPORT_SAVED_FIELDS_H
#define MSH_REPORT_SAVED_FIELDS_H

#include "base/json.h"

#define MSH_SAVED_MOST ((uint64_t)1 << 53)

typedef enum msh_saved_words {
    MSH_SAVED_VERDICT,
    MSH_SAVED_TIER,
    MSH_SAVED_OUTCOME,
    MSH_SAVED_ROLE
} msh_saved_words;

bool msh_saved_text(const msh_json *j, const char *key, size_t most, msh_view *out);
bool msh_saved_uint(const msh_json *j, const char *key, uint64_t most, uint64_t *out);
/* Absent or null: *out is left. */
bool msh_saved_uint_if(const msh_json *j, const char *key, uint64_t most, uint64_t *out);
bool msh_saved_bool(const msh_json *j, const char *key, bool *out);
/* One of the stable names of types.h. */
bool msh_saved_word(const msh_json *j, const char *key, msh_saved_words which, int *out);
/* "cell": "B7" or null. */
bool msh_saved_cell(const msh_json *j, uint32_t *row, uint32_t *column);

/* "20261124T200132Z-1a2b3c4d": letters, digits and hyphens, 1 to 31. */
bool msh_saved_is_id(const char *s);
/* 27 bytes as records have them. */
bool msh_saved_is_time(const char *s);
/* Empty, or lower-case letters, digits, dots and hyphens. */
bool msh_saved_is_reason(msh_view v);
bool msh_saved_is_hex(msh_view v, size_t n);

#endif
