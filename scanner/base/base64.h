/* base64.h: RFC 4648 section 4, standard alphabet with padding. */
#ifndef MSH_BASE_BASE64_H
#define MSH_BASE_BASE64_H

#include "base/buf.h"

void msh_base64_encode(msh_buf *out, msh_view in);
/* Strict: alphabet, padding and unused bits must be right, nothing else may stand in it. */
MSH_MUST_CHECK bool msh_base64_decode(msh_buf *out, msh_view in);
/* Lower-case hex; out holds 2 * in.len + 1 bytes. */
void msh_hex(char *out, msh_view in);

#endif
