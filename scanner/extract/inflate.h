/* inflate.h: one zlib or gzip stream to bytes in memory. */
#ifndef MSH_EXTRACT_INFLATE_H
#define MSH_EXTRACT_INFLATE_H

#include "extract/extract.h"

/* Inflates a zlib stream (RFC 1950) or one member of gzip (RFC 1952), appending to out and charging
 * the budget; *used (may be NULL): bytes of `in` that belong to it. Errors: MSH_E_CORRUPT,
 * MSH_E_SHORT, those of the budget and of out; what came before an error stays in out. */
MSH_MUST_CHECK msh_err msh_inflate(msh_extract *x, msh_view in, msh_buf *out, size_t *used);

#endif
