/* input.c: reading an item by position, or whole (safety.md section 4: pread, never a mapping).
 *
 * A file that shrinks while it is read is read as far as it goes; that it changed is seen by the
 * one who compares fstat before and after. */
#include "extract/input.h"

#include "base/err.h"
#include "base/file.h"
#include "base/view.h"

void msh_input_memory(msh_input *in, msh_view bytes)
{
    *in = (msh_input){.size = bytes.len, .fd = -1, .memory = bytes, .is_whole = true};
}

void msh_input_file(msh_input *in, int fd, uint64_t size)
{
    *in = (msh_input){.size = size, .fd = fd};
}

void msh_input_dispose(msh_input *in)
{
    msh_buf_dispose(&in->whole);
    *in = (msh_input){.fd = -1};
}

msh_err msh_input_read(msh_input *in, uint64_t offset, void *to, size_t n, size_t *got)
{
    *got = 0;
    if (offset >= in->size || n == 0)
        return MSH_OK;
    if (n > in->size - offset)
        n = (size_t)(in->size - offset);
    if (in->is_whole) {
        msh_view v = msh_view_cut(in->memory, (size_t)offset, n);
        if (v.len)
            memcpy(to, v.data, v.len);
        *got = v.len;
        return MSH_OK;
    }
    int64_t r = msh_file_pread(in->fd, to, n, offset);
    if (r < 0)
        return MSH_E_IO;
    *got = (size_t)r;
    return MSH_OK;
}

msh_err msh_input_whole(msh_input *in, size_t ceiling, msh_view *out)
{
    *out = (msh_view){0, 0};
    if (in->size > ceiling)
        return MSH_E_LIMIT_SIZE;
    if (!in->is_whole) {
        size_t got = 0;
        msh_buf_init(&in->whole, (size_t)in->size + 1);
        uint8_t *room = msh_buf_room(&in->whole, (size_t)in->size + 1);
        if (!room)
            return MSH_E_MEMORY;
        MSH_TRY(msh_input_read(in, 0, room, (size_t)in->size, &got));
        msh_buf_grew(&in->whole, got);
        in->memory = msh_buf_view(&in->whole);
        in->size = got;
        in->is_whole = true;
    }
    *out = in->memory;
    return MSH_OK;
}
