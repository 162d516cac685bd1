/* mime_part.h: one entity of a mail (RFC 2045 section 2.4): what its fields say, and reading it
 * when it is no multipart. Shared by fmt_mail.c and mime_part.c. */
#ifndef MSH_EXTRACT_MIME_PART_H
#define MSH_EXTRACT_MIME_PART_H

#include "extract/mime.h"

enum { MSH_MIME_BOUNDARIES = 4, MSH_MIME_CODINGS = 4, MSH_MIME_SEAM = 2048, MSH_MIME_KINDS = 4 };

typedef struct msh_mail {
    msh_extract *x;
    const msh_doc *doc;
    msh_view all;
    unsigned bodies[MSH_MIME_KINDS]; /* unnamed parts so far, by kind */
    msh_buf seam;  /* the end of the text part before: a reader shows them as one */
    uint32_t line; /* of `lined` */
    size_t lined;
} msh_mail;

/* What the fields of one entity say. */
typedef struct msh_mime_entity {
    msh_buf type, disposition; /* unfolded values */
    msh_mime_params params, place;
    msh_view boundary[MSH_MIME_BOUNDARIES];
    size_t n_boundaries;
    msh_mime_coding codings[MSH_MIME_CODINGS];
    size_t n_codings;
    msh_view location;
    msh_buf boundaries; /* their bytes */
    bool top;
} msh_mime_entity;

bool msh_mime_type_is(const msh_mime_entity *e, const char *type);
bool msh_mime_type_starts(const msh_mime_entity *e, const char *head);
/* Nothing but blanks and line ends. */
bool msh_mime_is_empty(msh_view v);
/* Each name that a parameter gives: the first one where `name` is empty, others as texts. */
MSH_MUST_CHECK msh_err msh_mime_add_names(msh_mail *m, const msh_mime_params *p, const char *key,
                                          msh_buf *name);
/* An entity that is no multipart: decoded in every encoding that is named, handed on as a member
 * with its name. digest: without a type it is a mail. */
MSH_MUST_CHECK msh_err msh_mime_read_leaf(msh_mail *m, const msh_mime_entity *e, msh_view body,
                                          bool digest);

#endif
