/* odttf.c: the first 32 bytes of an embedded font, joined by exclusive or with a GUID read
 * backwards (see odttf.h). */
#include "extract/odttf.h"

#include "base/view.h"

enum { HIDDEN = 32, KEY = 16 };

static int hex(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The 32 hexadecimal digits of "{1F2E…-…}", the last pair first. */
static bool read_key(msh_view guid, uint8_t *key)
{
    size_t n = 0;
    for (size_t i = guid.len; i-- > 0 && n < 2u * KEY;) {
        int d = hex(guid.data[i]);
        if (d < 0 && guid.data[i] != '-' && guid.data[i] != '}')
            return false;
        if (d < 0)
            continue;
        key[n / 2] = n % 2 ? (uint8_t)(key[n / 2] | d << 4) : (uint8_t)d;
        n++;
    }
    return n == 2u * KEY;
}

static msh_err on_start(void *ctx, msh_view name, const msh_xml_attr *a, size_t n)
{
    msh_odttf *o = ctx;
    msh_view key = msh_xml_get(a, n, "fontKey");
    (void)name;
    if (key.len && o->n < MSH_ODTTF_KEYS && read_key(key, o->keys[o->n]))
        o->n++;
    return MSH_OK;
}

const msh_xml_handler msh_odttf_handler = {on_start, NULL, NULL, NULL};

/* Whether a key makes the head of a font: its version, and a number of tables below 256. */
static bool fits(const uint8_t *key, const uint8_t *bytes)
{
    uint8_t head[5];
    for (size_t i = 0; i < sizeof head; i++)
        head[i] = bytes[i] ^ key[i];
    return memcmp(head, "\0\1\0\0\0", 5) == 0 || memcmp(head, "OTTO\0", 5) == 0 ||
           memcmp(head, "true\0", 5) == 0;
}

static void apply(const uint8_t *key, uint8_t *bytes)
{
    for (size_t i = 0; i < HIDDEN; i++)
        bytes[i] ^= key[i % KEY];
}

void msh_odttf_open(const msh_odttf *o, msh_view name, uint8_t *bytes, size_t n)
{
    uint8_t key[KEY];
    if (n < HIDDEN)
        return;
    size_t from = name.len, to = name.len;
    while (to > 0 && name.data[to - 1] != '.')
        to--;
    for (from = to; from > 0 && name.data[from - 1] != '/';)
        from--;
    if (to > from && read_key(msh_view_cut(name, from, to - from - 1), key) && fits(key, bytes)) {
        apply(key, bytes);
        return;
    }
    for (size_t i = 0; i < o->n; i++)
        if (fits(o->keys[i], bytes)) {
            apply(o->keys[i], bytes);
            return;
        }
}
