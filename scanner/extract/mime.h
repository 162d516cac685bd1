/* mime.h: the letter of mail: header fields, encoded words, parameters, encoded bodies.
 *
 * RFC 5322, 2045, 2047, 2231, each read as leniently as some mail program does: what is malformed
 * is taken the way that shows most. Nothing here hands texts on but msh_mime_emit. Views point
 * into the mail or into buffers of the caller. */
#ifndef MSH_EXTRACT_MIME_H
#define MSH_EXTRACT_MIME_H

#include "extract/extract.h"

/* --- header fields (mime_header.c) --------------------------------------------------------------
 */

typedef struct msh_mime_field {
    msh_view name;
    msh_view value; /* as written, folds inside, blanks around it taken away */
    size_t at;      /* of the name */
} msh_mime_field;

/* The next field from *at on; false at the end of the header: *at is then where the body begins.
 * A line that is none is passed over when a known field follows it. */
bool msh_mime_next_field(msh_view mail, size_t *at, msh_mime_field *f);
/* Whether a field of mail, news or MIME has this name. */
bool msh_mime_is_known(msh_view name);
/* The end of the line at `at`: just after its '\n'. */
size_t msh_mime_line_end(msh_view v, size_t at);
/* A value without its folds: line ends taken away. */
void msh_mime_unfold(msh_view value, msh_buf *out);
/* How sure it is that bytes begin as a mail, 0 … 100: surer than any markup in its body makes that.
 * lenient: the name says it is one. */
int msh_mime_looks_like_mail(msh_view head, bool lenient);

/* --- parameters (RFC 2045 section 5.1, RFC 2231) ------------------------------------------------
 */

enum { MSH_MIME_PARAMS = 128 };
typedef struct msh_mime_param {
    msh_view name;  /* without *N* */
    msh_view value; /* without quotes; still with \ before quotes */
    uint16_t index; /* of a continuation */
    bool extended;  /* %XX, the first one with charset'language' before it */
    bool pieces;    /* name*N: one of several */
} msh_mime_param;

typedef struct msh_mime_params {
    msh_view value; /* what stands before the first ';' */
    msh_mime_param rows[MSH_MIME_PARAMS];
    size_t n;
} msh_mime_params;

/* v: an unfolded value, which must outlive p. */
void msh_mime_parse_params(msh_view v, msh_mime_params *p);
/* The n-th value of a parameter (0 = first): each plain one, then the one put together from
 * extended and continued ones. Bytes in *cs; MSH_CHARSET_COUNT where none is named. */
bool msh_mime_param_value(const msh_mime_params *p, const char *name, size_t n, msh_buf *out,
                          msh_charset *cs);

/* --- encoded words (mime_word.c) ----------------------------------------------------------------
 */

/* Bytes of a word or a raw run whose charset is not certain. */
typedef msh_err (*msh_mime_odd)(void *ctx, msh_view bytes, msh_charset declared);
/* An unfolded value in UTF-8: words of one charset that follow one another are joined before they
 * are decoded; raw runs that are not UTF-8 by their best reading. odd may be NULL. */
MSH_MUST_CHECK msh_err msh_mime_decode_words(msh_view value, msh_buf *out, msh_mime_odd odd,
                                             void *ctx);
/* Hands on a field's value decoded, the other readings of what is not certain in it, and what runs
 * of base64 or hex in it hold. */
MSH_MUST_CHECK msh_err msh_mime_emit(msh_extract *x, const msh_doc *doc, const msh_place *place,
                                     msh_view value);

/* --- bodies (mime_body.c) -----------------------------------------------------------------------
 */

typedef enum msh_mime_coding {
    MSH_MIME_PLAIN, /* 7bit, 8bit, binary, and what nobody knows */
    MSH_MIME_BASE64,
    MSH_MIME_BASE64_ALL, /* as programs decode that pass over nothing but what is no symbol */
    MSH_MIME_QUOTED,
    MSH_MIME_UU
} msh_mime_coding;
msh_mime_coding msh_mime_coding_of(msh_view value);
/* Appends the decoded body. Gives flags. */
enum {
    MSH_MIME_DAMAGED =
        1,             /* characters outside the alphabet, an end inside a group: less than all */
    MSH_MIME_OTHER = 2 /* lines of other text were passed over */
};
unsigned msh_mime_decode(msh_mime_coding coding, msh_view body, msh_buf *out);
/* Appends text/plain; format=flowed (RFC 3676) as the lines its reader sees. */
void msh_mime_unflow(msh_view body, bool delsp, msh_buf *out);

#endif
