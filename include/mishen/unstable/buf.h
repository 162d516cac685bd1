/* buf.h: growing bytes with a ceiling that is named when it is made.
 *
 * Writing past the ceiling or out of memory makes the buffer fail for good: later writes do
 * nothing. One check of msh_buf_err at the end of a record is enough. */
#ifndef MISHEN_UNSTABLE_BUF_H
#define MISHEN_UNSTABLE_BUF_H

#include <mishen/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct msh_buf {
    uint8_t *data;
    size_t len, cap, ceiling;
    msh_err err; /* MSH_OK, MSH_E_MEMORY or MSH_E_LIMIT_BUFFER */
} msh_buf;

void msh_buf_init(msh_buf *b, size_t ceiling);
void msh_buf_dispose(msh_buf *b);
/* Forget the bytes and any failure; keeps the memory. */
void msh_buf_reset(msh_buf *b);

void msh_buf_put(msh_buf *b, const void *data, size_t len);
void msh_buf_put_view(msh_buf *b, msh_view v);
void msh_buf_put_str(msh_buf *b, const char *s);
void msh_buf_put_byte(msh_buf *b, uint8_t c);
/* A code point as UTF-8; surrogates and what lies past U+10FFFF become U+FFFD. */
void msh_buf_put_utf8(msh_buf *b, uint32_t cp);
void msh_buf_printf(msh_buf *b, const char *format, ...) MSH_PRINTF(2, 3);
/* Room for `len` more bytes, to be filled by the caller and counted with msh_buf_grew; NULL when
 * the buffer fails. */
uint8_t *msh_buf_room(msh_buf *b, size_t len);
void msh_buf_grew(msh_buf *b, size_t len);
/* Little-endian numbers, for frames. */
void msh_buf_put_u16(msh_buf *b, uint16_t v);
void msh_buf_put_u32(msh_buf *b, uint32_t v);
void msh_buf_put_u64(msh_buf *b, uint64_t v);

static inline msh_view msh_buf_view(const msh_buf *b)
{
    return (msh_view){b->data, b->len};
}

static inline msh_err msh_buf_err(const msh_buf *b)
{
    return b->err;
}

#ifdef __cplusplus
}
#endif
#endif
