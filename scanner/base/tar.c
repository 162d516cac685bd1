/* tar.c: the ustar header: 512 bytes, numbers in octal, a sum over the header with its own field as
 * blanks. */
#include "base/tar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 512, MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136, SUM = 148 };
enum { KIND = 156, MAGIC = 257 };

static void put_octal(uint8_t *to, int digits, uint64_t v)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%0*" PRIo64, digits, v);
    memcpy(to, text, (size_t)digits);
}

static void put_zeros(msh_buf *out, size_t n)
{
    uint8_t *room = msh_buf_room(out, n);
    if (!room)
        return;
    memset(room, 0, n);
    msh_buf_grew(out, n);
}

void msh_tar_put(msh_buf *out, const char *name, int64_t mtime, msh_view content)
{
    uint8_t head[BLOCK] = {0};
    size_t n = strlen(name);
    unsigned sum = 0;
    if (n > MSH_TAR_NAME || content.len >> 32) {
        out->err = MSH_E_LIMIT_BUFFER;
        return;
    }
    memcpy(head, name, n);
    put_octal(head + MODE, 7, 0644);
    put_octal(head + UID, 7, 0);
    put_octal(head + GID, 7, 0);
    put_octal(head + SIZE, 11, content.len);
    put_octal(head + MTIME, 11, mtime > 0 ? (uint64_t)mtime & 077777777777 : 0);
    memset(head + SUM, ' ', 8);
    head[KIND] = '0';
    memcpy(head + MAGIC, "ustar\00000", 8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += head[i];
    put_octal(head + SUM, 6, sum);
    head[SUM + 6] = '\0';
    msh_buf_put(out, head, BLOCK);
    msh_buf_put_view(out, content);
    if (content.len % BLOCK)
        put_zeros(out, BLOCK - content.len % BLOCK);
}

void msh_tar_end(msh_buf *out)
{
    put_zeros(out, 2 * BLOCK);
}
