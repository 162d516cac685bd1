/* mutate.h: mutators that know the form of an input, for libFuzzer (only in the fuzz preset).
 *
 * An input is cut into pieces (lines, tags, objects, records); pieces are dropped, doubled, moved,
 * exchanged, or changed inside by libFuzzer itself. What is left is again nearly well-formed, so
 * that the fuzzer gets past the first check. One mutation in four is libFuzzer's own on the whole
 * input: broken forms must be met, too. */
#ifndef MSH_TEST_MUTATE_H
#define MSH_TEST_MUTATE_H
#ifdef MSH_FUZZING

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* The end of the piece that begins at `at` (> at, <= size). */
typedef size_t (*mutate_piece)(const uint8_t *data, size_t size, size_t at);
/* A piece of `size` bytes was changed inside: its own lengths are put right. NULL: has none. */
typedef void (*mutate_mend)(uint8_t *piece, size_t size);

static inline unsigned mutate_next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

typedef struct mutate_span {
    size_t at, len;
} mutate_span;
enum { MUTATE_PIECES = 4096 };

static inline size_t mutate_cut(const uint8_t *data, size_t size, mutate_piece next,
                                mutate_span *out)
{
    size_t n = 0;
    for (size_t at = 0; at < size && n < MUTATE_PIECES; n++) {
        size_t end = next(data, size, at);
        end = end > at && end <= size ? end : size;
        out[n] = (mutate_span){at, n + 1 < MUTATE_PIECES ? end - at : size - at};
        at += out[n].len;
    }
    return n;
}

/* data[at, at + old) becomes v[0, len); the new size, or the old one when there is no room. */
static inline size_t mutate_put(uint8_t *data, size_t size, size_t most, size_t at, size_t old,
                                const uint8_t *v, size_t len)
{
    if (size - old + len > most)
        return size;
    memmove(data + at + len, data + at + old, size - at - old);
    memcpy(data + at, v, len);
    return size - old + len;
}

/* One piece changed inside, with room to grow. */
static inline size_t mutate_inside(uint8_t *data, size_t size, size_t most, mutate_span p,
                                   mutate_mend mend)
{
    size_t room = p.len + 64;
    uint8_t *copy = (uint8_t *)malloc(room);
    if (!copy)
        return size;
    memcpy(copy, data + p.at, p.len);
    size_t len = LLVMFuzzerMutate(copy, p.len, room);
    if (mend)
        mend(copy, len);
    size = mutate_put(data, size, most, p.at, p.len, copy, len);
    free(copy);
    return size;
}

static inline size_t mutate_pieces(uint8_t *data, size_t size, size_t most, unsigned seed,
                                   mutate_piece next, mutate_mend mend)
{
    static mutate_span p[MUTATE_PIECES];
    unsigned how = mutate_next(&seed) % 8;
    size_t n = how < 2 ? 0 : mutate_cut(data, size, next, p);
    if (n < 2)
        return LLVMFuzzerMutate(data, size, most);
    mutate_span a = p[mutate_next(&seed) % n], b = p[mutate_next(&seed) % n];
    if (how < 5)
        return mutate_inside(data, size, most, a, mend);
    if (how == 5)
        return mutate_put(data, size, most, a.at, a.len, data, 0);
    uint8_t *copy = (uint8_t *)malloc(b.len);
    if (!copy)
        return size;
    memcpy(copy, data + b.at, b.len);
    size = mutate_put(data, size, most, a.at, how == 6 ? a.len : 0, copy, b.len);
    free(copy);
    return size;
}

/* --- kinds of pieces ---------------------------------------------------------------------------
 */

static inline size_t mutate_line(const uint8_t *data, size_t size, size_t at)
{
    const uint8_t *end = (const uint8_t *)memchr(data + at, '\n', size - at);
    return end ? (size_t)(end - data) + 1 : size;
}

/* A tag, or the text between two; a NUL parts documents (fuzz_ooxml.c). */
static inline size_t mutate_tag(const uint8_t *data, size_t size, size_t at)
{
    for (size_t i = at; i < size; i++) {
        if (data[i] == '>' || data[i] == 0)
            return i + 1;
        if (data[i] == '<' && i > at)
            return i;
    }
    return size;
}

/* Up to a comma or bracket of JSON. */
static inline size_t mutate_json(const uint8_t *data, size_t size, size_t at)
{
    for (size_t i = at; i < size; i++)
        if (strchr(",:{}[]", data[i]) && data[i])
            return i + 1;
    return size;
}

/* An object of a PDF, with its stream: up to the word behind which another one begins. */
static inline size_t mutate_pdf(const uint8_t *data, size_t size, size_t at)
{
    static const char *const words[] = {"endobj",  "endstream", "stream\n",
                                        "trailer", "%%EOF",     ">>"};
    for (size_t i = at; i < size; i++)
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
            if (size - i >= strlen(words[k]) && memcmp(data + i, words[k], strlen(words[k])) == 0)
                return i + strlen(words[k]);
    return size;
}

/* A record of a workbook: kind and length, two bytes each, then the body. */
static inline size_t mutate_biff(const uint8_t *data, size_t size, size_t at)
{
    if (size - at < 4)
        return size;
    size_t len = 4 + (size_t)data[at + 2] + 256 * (size_t)data[at + 3];
    return len < size - at ? at + len : size;
}

static inline void mend_biff(uint8_t *piece, size_t size)
{
    if (size >= 4) {
        piece[2] = (uint8_t)(size - 4);
        piece[3] = (uint8_t)((size - 4) >> 8);
    }
}

/* A record of a presentation: eight bytes; a container (version 15) ends behind its head, so that
 * its children are pieces of their own. */
static inline size_t mutate_ppt(const uint8_t *data, size_t size, size_t at)
{
    if (size - at < 8)
        return size;
    size_t len = (size_t)data[at + 4] | (size_t)data[at + 5] << 8 | (size_t)data[at + 6] << 16;
    len = (data[at] & 15) == 15 ? 8 : len + 8;
    return len < size - at ? at + len : size;
}

static inline void mend_ppt(uint8_t *piece, size_t size)
{
    if (size >= 8 && (piece[0] & 15) != 15)
        for (int i = 0; i < 4; i++)
            piece[4 + i] = (uint8_t)((size - 8) >> 8 * i);
}

#define MUTATE_BY(next, mend)                                                                      \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)         \
    {                                                                                              \
        return mutate_pieces(data, size, most, seed, next, mend);                                  \
    }

#else
#define MUTATE_BY(next, mend) extern int mutate_not_here
#endif
#endif
