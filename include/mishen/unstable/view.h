/* view.h: small operations on borrowed bytes. */
#ifndef MISHEN_UNSTABLE_VIEW_H
#define MISHEN_UNSTABLE_VIEW_H

#include <mishen/types.h>

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A view of a string literal. */
#define MSH_VIEW(literal) ((msh_view){(const uint8_t *)(literal), sizeof(literal) - 1})

static inline msh_view msh_view_of(const void *data, size_t len)
{
    return (msh_view){(const uint8_t *)data, len};
}

/* A view of a C string; NULL gives an empty one. */
static inline msh_view msh_view_str(const char *s)
{
    return (msh_view){(const uint8_t *)s, s ? strlen(s) : 0};
}

/* The part from `at`, at most `len` bytes; clipped to what is there, never past it. */
static inline msh_view msh_view_cut(msh_view v, size_t at, size_t len)
{
    if (at > v.len)
        at = v.len;
    if (len > v.len - at)
        len = v.len - at;
    return (msh_view){v.data ? v.data + at : v.data, len};
}

static inline bool msh_view_eq(msh_view a, msh_view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool msh_view_eq_str(msh_view a, const char *s)
{
    return msh_view_eq(a, msh_view_str(s));
}

static inline bool msh_view_starts(msh_view v, msh_view head)
{
    return v.len >= head.len && (head.len == 0 || memcmp(v.data, head.data, head.len) == 0);
}

static inline bool msh_view_ends(msh_view v, msh_view tail)
{
    return v.len >= tail.len &&
           (tail.len == 0 || memcmp(v.data + v.len - tail.len, tail.data, tail.len) == 0);
}

/* ASCII letters compared without case. */
bool msh_view_eq_nocase(msh_view a, msh_view b);
bool msh_view_ends_nocase(msh_view v, msh_view tail);
/* Offset of the first `needle` at or after `from`, SIZE_MAX when there is none. */
size_t msh_view_find(msh_view v, msh_view needle, size_t from);
/* Order of bytes, a shorter prefix first. */
int msh_view_cmp(msh_view a, msh_view b);
/* Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool msh_view_is_utf8(msh_view v);
/* Length of the well-formed UTF-8 that it begins with. */
size_t msh_view_utf8_prefix(msh_view v);

#ifdef __cplusplus
}
#endif
#endif
