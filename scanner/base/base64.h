/* base64.h: RFC 4648 section 4, strict: the one canonical form, padded, without line ends. */
#ifndef MSH_BASE_BASE64_H
#define MSH_BASE_BASE64_H

#include "base/buf.h"

void msh_base64_encode(msh_buf *out, msh_view bytes);
/* Decodes all of `text` into at most `cap` bytes. MSH_E_SYNTAX for anything that msh_base64_encode
 * would not have written, MSH_E_LIMIT_BUFFER when it does not fit. */
MSH_MUST_CHECK msh_err msh_base64_read(msh_view text, uint8_t *out, size_t cap, size_t *len);
/* Lower-case hex; out holds 2 * in.len + 1 bytes. */
void msh_hex(char *out, msh_view in);
/* 64 lower-case digits for 32 bytes, and a NUL. */
void msh_hex32(const uint8_t bytes[32], char out[65]);
/* The reverse; false for anything but 64 lower-case hex digits. */
bool msh_hex32_read(msh_view text, uint8_t out[32]);
/* The value of a hex digit of either case, -1 for another byte. */
static inline int msh_hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
