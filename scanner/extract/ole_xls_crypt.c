/* ole_xls_crypt.c: workbooks that are encrypted with a password that is no secret ([MS-OFFCRYPTO]
 * 2.3.5 … 2.3.7, [MS-XLS] 2.2.10): Excel itself takes "VelvetSweatshop" for a workbook whose
 * structure is protected, and asks nobody. Any other password is not guessed. */
#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "crypto/cipher.h"
#include "extract/ole_xls.h"

enum { BLOCK = 1024, KEY = 16, SALT = 16, KEY_SHORT = 5, HEADER = 4, XOR_BYTES = 16 };

static const char password[] = "VelvetSweatshop";
enum { PASSWORD = sizeof password - 1 };

typedef enum scheme { XOR, RC4, RC4_API } scheme;

typedef struct lock {
    scheme kind;
    uint8_t xor_key[XOR_BYTES];
    msh_hash hash; /* of the password; RC4: its first five bytes count */
    size_t key_len;
} lock;

/* --- XOR obfuscation
 * --------------------------------------------------------------------------------- */

static uint8_t rotated(uint8_t v, unsigned n)
{
    return (uint8_t)(v << n | v >> (8 - n));
}

/* 2.3.7.1: a verifier of 16 bits. */
static uint16_t verifier(void)
{
    uint16_t hash = PASSWORD ^ 0xce4b;
    for (unsigned i = 0; i < PASSWORD; i++) {
        unsigned n = (i + 1) % 15;
        uint32_t c = (uint32_t)(uint8_t)password[i];
        hash ^= (uint16_t)((c << n | c >> (15 - n)) & 0x7fff);
    }
    return hash;
}

static bool open_xor(lock *l, msh_cursor *c)
{
    uint16_t key = msh_cursor_u16le(c), hash = msh_cursor_u16le(c);
    l->kind = XOR;
    for (unsigned i = 0; i < XOR_BYTES; i++) {
        uint8_t v = i < PASSWORD ? (uint8_t)password[i] : 0xbb;
        l->xor_key[i] = rotated((uint8_t)(v ^ (i % 2 ? key >> 8 : key)), 2);
    }
    return msh_cursor_ok(c) && hash == verifier();
}

/* --- RC4
 * --------------------------------------------------------------------------------------------- */

/* The key of a block of the stream (2.3.5.2, 2.3.6.2). */
static msh_err block_key(const lock *l, uint32_t block, uint8_t key[KEY])
{
    msh_hash h = {.name = l->hash.name};
    const uint8_t number[4] = {(uint8_t)block, (uint8_t)(block >> 8), (uint8_t)(block >> 16),
                               (uint8_t)(block >> 24)};
    msh_view parts[] = {
        msh_view_of(l->hash.value, l->kind == RC4 ? (size_t)KEY_SHORT : l->hash.len),
        msh_view_of(number, sizeof number)};
    MSH_TRY(msh_hash_of(&h, parts, 2));
    memset(key, 0, KEY);
    memcpy(key, h.value, l->key_len);
    return MSH_OK;
}

/* Short keys of the second kind are filled up with zeros. */
static msh_view key_view(const lock *l, const uint8_t key[KEY])
{
    return msh_view_of(key, l->key_len > KEY_SHORT ? l->key_len : (size_t)KEY);
}

static void put_password(uint8_t out[2 * PASSWORD])
{
    memset(out, 0, 2 * PASSWORD);
    for (unsigned i = 0; i < PASSWORD; i++)
        out[2 * i] = (uint8_t)password[i];
}

/* Whether the verifier decrypts to what its hash says. */
static msh_err verify(const lock *l, msh_view value, msh_view hash, bool *good)
{
    uint8_t key[KEY], plain[KEY + MSH_HASH_MOST];
    msh_rc4 r;
    msh_hash h = {.name = l->hash.name};
    *good = false;
    if (value.len != KEY || hash.len > MSH_HASH_MOST)
        return MSH_OK;
    MSH_TRY(block_key(l, 0, key));
    memcpy(plain, value.data, KEY);
    memcpy(plain + KEY, hash.data, hash.len);
    msh_rc4_begin(&r, key_view(l, key));
    for (size_t i = 0; i < KEY + hash.len; i++)
        plain[i] ^= msh_rc4_byte(&r);
    msh_view first = msh_view_of(plain, KEY);
    MSH_TRY(msh_hash_of(&h, &first, 1));
    *good = hash.len >= h.len && memcmp(plain + KEY, h.value, h.len) == 0;
    return MSH_OK;
}

/* 2.3.6: salt, verifier, its hash, 16 bytes each. */
static msh_err open_rc4(lock *l, msh_cursor *c, bool *good)
{
    uint8_t secret[2 * PASSWORD];
    msh_view salt = msh_cursor_take(c, SALT), value = msh_cursor_take(c, KEY);
    msh_view hash = msh_cursor_take(c, KEY), parts[2 * 16];
    msh_hash first = {.name = "MD5"};
    l->kind = RC4;
    l->hash.name = "MD5";
    l->key_len = KEY;
    if (!msh_cursor_ok(c))
        return MSH_OK;
    put_password(secret);
    msh_view v = msh_view_of(secret, sizeof secret);
    MSH_TRY(msh_hash_of(&first, &v, 1));
    for (unsigned i = 0; i < 16; i++) {
        parts[2 * i] = msh_view_of(first.value, KEY_SHORT);
        parts[2 * i + 1] = salt;
    }
    MSH_TRY(msh_hash_of(&l->hash, parts, 32));
    return verify(l, value, hash, good);
}

/* 2.3.5.1: flags, a header with its size, the verifier. */
static msh_err open_api(lock *l, msh_cursor *c, bool *good)
{
    uint8_t secret[2 * PASSWORD];
    msh_cursor_skip(c, 4);
    msh_view head = msh_cursor_take(c, msh_cursor_u32le(c));
    msh_cursor h = msh_cursor_of(head);
    msh_cursor_skip(&h, 16);
    uint32_t bits = msh_cursor_u32le(&h);
    msh_view salt = msh_cursor_take(c, msh_cursor_u32le(c)), value = msh_cursor_take(c, KEY);
    msh_view hash = msh_cursor_take(c, msh_cursor_u32le(c));
    l->kind = RC4_API;
    l->hash.name = "SHA1";
    l->key_len = bits == 0 ? KEY_SHORT : bits / 8;
    if (!msh_cursor_ok(c) || !msh_cursor_ok(&h) || l->key_len < KEY_SHORT || l->key_len > KEY)
        return MSH_OK;
    put_password(secret);
    msh_view parts[] = {salt, msh_view_of(secret, sizeof secret)};
    MSH_TRY(msh_hash_of(&l->hash, parts, 2));
    return verify(l, value, hash, good);
}

static msh_err open_lock(lock *l, unsigned biff, msh_view filepass, bool *good)
{
    msh_cursor c = msh_cursor_of(filepass);
    *good = false;
    uint16_t kind = biff < 8 ? 0 : msh_cursor_u16le(&c);
    if (kind == 0) {
        *good = open_xor(l, &c);
        return MSH_OK;
    }
    uint16_t major = msh_cursor_u16le(&c), minor = msh_cursor_u16le(&c);
    if (kind != 1 || !msh_cursor_ok(&c))
        return MSH_OK;
    return major == 1 && minor == 1 ? open_rc4(l, &c, good) : open_api(l, &c, good);
}

/* --- records
 * ----------------------------------------------------------------------------------------- */

/* Bytes of a body that are never encrypted (2.2.10). */
static size_t in_the_clear(uint16_t type, size_t len)
{
    static const uint16_t whole[] = {0x0809, 0x002f, 0x00e1, 0x00e2,
                                     0x0194, 0x0195, 0x0196, 0x0138};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (type == whole[i])
            return len;
    return type == 0x0085 ? 4 : 0; /* where a sheet stands */
}

static void apply_xor(const lock *l, uint8_t *data, size_t from, size_t len, size_t at)
{
    for (size_t i = from; i < len; i++)
        data[i] = rotated(data[i], 3) ^ l->xor_key[(at + len + i) % XOR_BYTES];
}

/* The key stream runs over headers, too; it begins anew every 1,024 bytes of the stream. */
typedef struct runner {
    msh_rc4 r;
    uint64_t at, block; /* in the stream */
    bool begun;
} runner;

static msh_err run_to(const lock *l, runner *u, uint64_t at)
{
    uint8_t key[KEY];
    if (!u->begun || at / BLOCK != u->block) {
        MSH_TRY(block_key(l, (uint32_t)(at / BLOCK), key));
        msh_rc4_begin(&u->r, key_view(l, key));
        u->block = at / BLOCK;
        u->at = u->block * BLOCK;
        u->begun = true;
    }
    for (; u->at < at; u->at++)
        (void)msh_rc4_byte(&u->r);
    return MSH_OK;
}

static msh_err apply_rc4(const lock *l, runner *u, uint8_t *data, size_t from, size_t len,
                         uint64_t at)
{
    for (size_t i = from; i < len; i++) {
        MSH_TRY(run_to(l, u, at + i));
        data[i] ^= msh_rc4_byte(&u->r);
        u->at++;
    }
    return MSH_OK;
}

msh_err msh_xls_unlock(unsigned biff, msh_view filepass, msh_view stream, size_t from, msh_buf *out,
                       bool *opened)
{
    lock l = {0};
    runner u = {0};
    MSH_TRY(open_lock(&l, biff, filepass, opened));
    if (!*opened)
        return MSH_OK;
    msh_buf_put_view(out, stream);
    MSH_TRY(msh_buf_err(out));
    for (size_t at = from; stream.len - at >= HEADER;) {
        uint8_t *p = out->data + at;
        uint16_t type = (uint16_t)(p[0] | p[1] << 8);
        size_t len = (size_t)(p[2] | p[3] << 8), left = stream.len - at - HEADER;
        if (len > left)
            len = left;
        size_t clear = in_the_clear(type, len);
        if (l.kind == XOR)
            apply_xor(&l, p + HEADER, clear, len, at + HEADER);
        else
            MSH_TRY(apply_rc4(&l, &u, p + HEADER, clear, len, at + HEADER));
        at += HEADER + len;
    }
    return MSH_OK;
}
