/* ppt_build.h: makes record trees of presentations ([MS-PPT]) in memory, for tests and seeds. */
#ifndef MSH_TEST_PPT_BUILD_H
#define MSH_TEST_PPT_BUILD_H

#include "xls_build.h"

/* A record begins; gives where its body stands. version 15: a container. */
static inline size_t tree_begin(msh_buf *b, unsigned version, unsigned instance, uint16_t type)
{
    msh_buf_put_u16(b, (uint16_t)(version | instance << 4));
    msh_buf_put_u16(b, type);
    msh_buf_put_u32(b, 0);
    return b->len;
}

static inline void tree_end(msh_buf *b, size_t at)
{
    size_t n = b->len - at;
    for (unsigned i = 0; i < 4; i++)
        b->data[at - 4 + i] = (uint8_t)(n >> 8 * i);
}

/* TextCharsAtom, CString and others that are UTF-16 alone. */
static inline void tree_text(msh_buf *b, unsigned instance, uint16_t type, const char *s)
{
    size_t r = tree_begin(b, 0, instance, type);
    (void)put_utf16(b, s);
    tree_end(b, r);
}

static inline void tree_u32(msh_buf *b, uint16_t type, uint32_t v)
{
    size_t r = tree_begin(b, 0, 0, type);
    msh_buf_put_u32(b, v);
    tree_end(b, r);
}

/* An entry of a list of slides. */
static inline void tree_persist(msh_buf *b, uint32_t persist, uint32_t slide_id)
{
    size_t r = tree_begin(b, 0, 0, 0x03f3);
    msh_buf_put_u32(b, persist);
    msh_buf_put_u32(b, 0);
    msh_buf_put_u32(b, 0);
    msh_buf_put_u32(b, slide_id);
    msh_buf_put_u32(b, 0);
    tree_end(b, r);
}

/* A persist directory of n parts from number 1 on (offset 0: left out), and the edit that names it;
 * gives where the edit stands. */
static inline uint32_t tree_edit(msh_buf *b, const uint32_t *offsets, uint32_t n, uint32_t older)
{
    uint32_t directory = (uint32_t)b->len;
    size_t r = tree_begin(b, 0, 0, 0x1772);
    for (uint32_t i = 0; i < n; i++) {
        if (offsets[i] == UINT32_MAX)
            continue;
        msh_buf_put_u32(b, (i + 1) | 1u << 20);
        msh_buf_put_u32(b, offsets[i]);
    }
    tree_end(b, r);
    uint32_t at = (uint32_t)b->len;
    r = tree_begin(b, 0, 0, 0x0ff5);
    msh_buf_put_u32(b, 0);
    msh_buf_put_u32(b, 0x03000000);
    msh_buf_put_u32(b, older);
    msh_buf_put_u32(b, directory);
    msh_buf_put_u32(b, 1); /* the document */
    msh_buf_put_u32(b, n + 1);
    msh_buf_put_u32(b, 0);
    tree_end(b, r);
    return at;
}

/* The stream "Current User". */
static inline void tree_current(msh_buf *b, uint32_t token, uint32_t edit)
{
    size_t r = tree_begin(b, 0, 0, 0x0ff6);
    msh_buf_put_u32(b, 20);
    msh_buf_put_u32(b, token);
    msh_buf_put_u32(b, edit);
    msh_buf_put_u32(b, 0);
    tree_end(b, r);
}

#endif
