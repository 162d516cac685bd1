/* json.h: strict JSON, read into an arena and written into a buffer.
 *
 * Reader (RFC 8259, stricter): valid UTF-8 only, no duplicate keys, no U+0000 in strings, no lone
 * surrogates, depth at most 64. With MSH_JSON_LOG also: integers only, in [0, 2^53).
 * Writer: no float exists; msh_json_canonical gives RFC 8785 form (keys in order of UTF-16 code
 * units, shortest escapes), as the audit log wants it. */
#ifndef MISHEN_UNSTABLE_JSON_H
#define MISHEN_UNSTABLE_JSON_H

#include <mishen/unstable/arena.h>
#include <mishen/unstable/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum msh_json_type {
    MSH_JSON_NULL,
    MSH_JSON_FALSE,
    MSH_JSON_TRUE,
    MSH_JSON_NUMBER,
    MSH_JSON_STRING,
    MSH_JSON_ARRAY,
    MSH_JSON_OBJECT
} msh_json_type;

typedef struct msh_json msh_json;
struct msh_json {
    msh_json_type type;
    bool is_int; /* numbers: exact in `integer` */
    int64_t integer;
    msh_view text;   /* strings: decoded; numbers: as written */
    msh_view key;    /* of a member of an object */
    msh_json *child; /* first element or member */
    msh_json *next;  /* next sibling */
};

enum { MSH_JSON_LOG = 1 }; /* integers in [0, 2^53) only */

/* Everything in `in` must be one value. Errors: MSH_E_SYNTAX with the offset, MSH_E_MEMORY. */
MSH_MUST_CHECK msh_err msh_json_read(msh_arena *a, msh_view in, unsigned flags, msh_json **out,
                                     msh_error *why);
/* Member of an object by key, NULL when there is none or j is NULL or no object. */
const msh_json *msh_json_get(const msh_json *j, const char *key);
/* The string, or an empty view. */
msh_view msh_json_text(const msh_json *j);
/* The integer, or dflt. */
int64_t msh_json_int(const msh_json *j, int64_t dflt);

/* RFC 8785 form of a value. Buffer errors stick in out; so does MSH_E_UNSUPPORTED for a number that
 * is no integer of at most 53 bits (no float exists here). */
void msh_json_canonical(msh_buf *out, const msh_json *j);
/* A string with its quotes in RFC 8785 form. v must be well-formed UTF-8. */
void msh_json_canonical_str(msh_buf *out, msh_view v);
/* Order of keys: UTF-16 code units (RFC 8785 section 3.2.3). Both well-formed UTF-8. */
int msh_json_key_cmp(msh_view a, msh_view b);

/* A writer that puts the commas. Keys come in the order of the calls: callers that need canonical
 * output call them in order. */
typedef struct msh_json_writer {
    msh_buf *out;
    bool need_comma;
} msh_json_writer;

void msh_jw_begin(msh_json_writer *w, msh_buf *out);
void msh_jw_open(msh_json_writer *w, char bracket); /* '{' or '[' */
void msh_jw_close(msh_json_writer *w, char bracket);
void msh_jw_key(msh_json_writer *w, const char *key);
void msh_jw_str(msh_json_writer *w, msh_view v); /* any bytes, by msh_escape_json */
/* The same with each U+0000 as it is, which msh_json_read refuses: for text that is shown. */
void msh_jw_text(msh_json_writer *w, msh_view v);
void msh_jw_int(msh_json_writer *w, int64_t v);
void msh_jw_uint(msh_json_writer *w, uint64_t v);
void msh_jw_bool(msh_json_writer *w, bool v);
void msh_jw_null(msh_json_writer *w);
/* key and value in one call */
void msh_jw_kstr(msh_json_writer *w, const char *key, msh_view v);
void msh_jw_kint(msh_json_writer *w, const char *key, int64_t v);
void msh_jw_kuint(msh_json_writer *w, const char *key, uint64_t v);
void msh_jw_kbool(msh_json_writer *w, const char *key, bool v);

#ifdef __cplusplus
}
#endif
#endif
