/* ole_crypt.c: encrypted Office documents ([MS-OFFCRYPTO] 2.3.4: agile and standard encryption of a
 * package). Two passwords are no secret and tried: none, and the one that Excel takes by itself;
 * else the document is said to be encrypted, or, with a rights policy, protected by rights. */
#include "extract/ole.h"

#include "base/base64.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/view.h"
#include "crypto/cipher.h"

enum {
    BLOCK = 16,
    SEGMENT = 4096,
    KEY_MOST = 32,
    FIELD_MOST = 512,
    SPIN_MOST = 1000000, /* half a second; Office writes 100,000 */
    SPIN_STANDARD = 50000
};

/* One of the two: keys as the password gives them, and what it takes to read the package. */
typedef struct lock {
    bool agile;
    msh_hash hash; /* its name; of the password */
    size_t key_len;
    uint32_t spin;
    uint8_t salt[64];
    size_t salt_len;
    uint8_t verifier[64], verifier_hash[64], key_value[64];
    size_t verifier_len, verifier_hash_len, key_value_len;
    const char *data_hash; /* agile: of the package */
    size_t data_key_len;
    uint8_t data_salt[64];
    size_t data_salt_len;
} lock;

static int probe(const msh_ole *o)
{
    return msh_ole_find(o, "EncryptedPackage") >= 0 || msh_ole_find(o, "\011DRMContent") >= 0 ||
                   msh_ole_find(o, "DRMContent") >= 0
               ? 100
               : 0;
}

/* --- the agile description: XML with a few attributes --------------------------------------------
 */

/* An attribute's value inside one start tag; empty when it is not there. */
static msh_view attribute(msh_view tag, const char *name)
{
    size_t n = strlen(name);
    for (size_t at = 0; (at = msh_view_find(tag, msh_view_str(name), at)) != SIZE_MAX; at += n) {
        msh_view v = msh_view_cut(tag, at + n, tag.len);
        if (at == 0 || tag.data[at - 1] != ' ' || !msh_view_starts(v, MSH_VIEW("=\"")))
            continue;
        v = msh_view_cut(v, 2, v.len);
        size_t end = msh_view_find(v, MSH_VIEW("\""), 0);
        return end == SIZE_MAX ? (msh_view){0, 0} : msh_view_cut(v, 0, end);
    }
    return (msh_view){0, 0};
}

static msh_view find_tag(msh_view xml, const char *name)
{
    size_t at = msh_view_find(xml, msh_view_str(name), 0);
    msh_view v = at == SIZE_MAX ? (msh_view){0, 0} : msh_view_cut(xml, at, xml.len);
    size_t end = msh_view_find(v, MSH_VIEW(">"), 0);
    return end == SIZE_MAX ? (msh_view){0, 0} : msh_view_cut(v, 0, end);
}

static uint32_t number(msh_view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.len && i < 9 && v.data[i] >= '0' && v.data[i] <= '9'; i++)
        n = n * 10 + (v.data[i] - '0');
    return n;
}

static const char *hash_name(msh_view v)
{
    static const char *const names[] = {"SHA1", "SHA256", "SHA384", "SHA512", "MD5"};
    if (msh_view_eq_str(v, "SHA-1"))
        return names[0];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (msh_view_eq_str(v, names[i]))
            return names[i];
    return NULL;
}

static bool bytes_of(msh_view tag, const char *name, uint8_t *out, size_t *len)
{
    return msh_base64_read(attribute(tag, name), out, 64, len) == MSH_OK;
}

static bool is_aes_cbc(msh_view tag)
{
    return msh_view_eq_str(attribute(tag, "cipherAlgorithm"), "AES") &&
           msh_view_eq_str(attribute(tag, "cipherChaining"), "ChainingModeCBC") &&
           number(attribute(tag, "blockSize")) == BLOCK;
}

static bool read_agile(msh_view xml, lock *l)
{
    msh_view data = find_tag(xml, "keyData "), key = find_tag(xml, "encryptedKey ");
    l->agile = true;
    l->hash.name = hash_name(attribute(key, "hashAlgorithm"));
    l->data_hash = hash_name(attribute(data, "hashAlgorithm"));
    l->spin = number(attribute(key, "spinCount"));
    l->key_len = number(attribute(key, "keyBits")) / 8;
    l->data_key_len = number(attribute(data, "keyBits")) / 8;
    return l->hash.name && l->data_hash && is_aes_cbc(data) && is_aes_cbc(key) &&
           l->spin <= SPIN_MOST && l->key_len <= KEY_MOST && l->data_key_len <= KEY_MOST &&
           bytes_of(key, "saltValue", l->salt, &l->salt_len) &&
           bytes_of(key, "encryptedVerifierHashInput", l->verifier, &l->verifier_len) &&
           bytes_of(key, "encryptedVerifierHashValue", l->verifier_hash, &l->verifier_hash_len) &&
           bytes_of(key, "encryptedKeyValue", l->key_value, &l->key_value_len) &&
           bytes_of(data, "saltValue", l->data_salt, &l->data_salt_len);
}

/* --- the standard one ----------------------------------------------------------------------------
 */

static bool read_standard(msh_view info, lock *l)
{
    msh_cursor c = msh_cursor_of(info);
    msh_cursor_skip(&c, 8);
    msh_cursor header = msh_cursor_of(msh_cursor_take(&c, msh_cursor_u32le(&c)));
    msh_cursor_skip(&header, 16);
    l->hash.name = "SHA1";
    l->spin = SPIN_STANDARD;
    l->key_len = msh_cursor_u32le(&header) / 8;
    l->salt_len = msh_cursor_u32le(&c);
    msh_view salt = msh_cursor_take(&c, BLOCK), verifier = msh_cursor_take(&c, BLOCK);
    msh_cursor_skip(&c, 4);
    msh_view hash = msh_cursor_take(&c, 32);
    if (!msh_cursor_ok(&c) || !msh_cursor_ok(&header) || l->salt_len != BLOCK ||
        l->key_len > KEY_MOST)
        return false;
    memcpy(l->salt, salt.data, BLOCK);
    memcpy(l->verifier, verifier.data, BLOCK);
    memcpy(l->verifier_hash, hash.data, 32);
    return true;
}

/* --- keys ----------------------------------------------------------------------------------------
 */

/* The password's hash after all rounds: in l->hash. */
static msh_err hash_password(lock *l, msh_view password)
{
    msh_view parts[2] = {msh_view_of(l->salt, l->salt_len), password};
    MSH_TRY(msh_hash_of(&l->hash, parts, 2));
    return msh_hash_spin(&l->hash, l->spin);
}

/* A hash as a key or initial vector: cut, or filled up. */
static void fit(const msh_hash *h, uint8_t *out, size_t len)
{
    memset(out, 0x36, len);
    memcpy(out, h->value, h->len < len ? h->len : len);
}

/* Decrypts one field with the key that the password gives for it. */
static msh_err open_field(const lock *l, const uint8_t purpose[8], uint8_t *field, size_t len)
{
    msh_hash h = l->hash;
    uint8_t key[KEY_MOST], iv[BLOCK];
    msh_view parts[2] = {msh_view_of(l->hash.value, l->hash.len), msh_view_of(purpose, 8)};
    msh_hash salt = {.len = l->salt_len};
    memcpy(salt.value, l->salt, l->salt_len);
    fit(&salt, iv, BLOCK);
    MSH_TRY(msh_hash_of(&h, parts, 2));
    fit(&h, key, l->key_len);
    return msh_aes_decrypt(msh_view_of(key, l->key_len), iv, field, len - len % BLOCK);
}

static msh_err try_agile(lock *l, uint8_t key[KEY_MOST], bool *opens)
{
    static const uint8_t input[8] = {0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79},
                         value[8] = {0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e},
                         secret[8] = {0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6};
    uint8_t verifier[64], hash[64], key_value[64];
    msh_hash h = {.name = l->hash.name};
    memcpy(verifier, l->verifier, sizeof verifier);
    memcpy(hash, l->verifier_hash, sizeof hash);
    memcpy(key_value, l->key_value, sizeof key_value);
    MSH_TRY(open_field(l, input, verifier, l->verifier_len));
    MSH_TRY(open_field(l, value, hash, l->verifier_hash_len));
    MSH_TRY(open_field(l, secret, key_value, l->key_value_len));
    msh_view part =
        msh_view_of(verifier, l->salt_len < l->verifier_len ? l->salt_len : l->verifier_len);
    MSH_TRY(msh_hash_of(&h, &part, 1));
    *opens = h.len <= l->verifier_hash_len && memcmp(h.value, hash, h.len) == 0 &&
             l->data_key_len <= l->key_value_len;
    memcpy(key, key_value, KEY_MOST);
    return MSH_OK;
}

/* 2.3.4.7: the key is made of two hashes over filled blocks. */
static msh_err try_standard(lock *l, uint8_t key[KEY_MOST], bool *opens)
{
    enum { FILL = 64, SHA1 = 20 };
    static const uint8_t block[4] = {0};
    uint8_t both[2 * SHA1], verifier[BLOCK], hash[32];
    msh_hash h = l->hash;
    msh_view parts[2] = {msh_view_of(l->hash.value, l->hash.len), msh_view_of(block, 4)};
    MSH_TRY(msh_hash_of(&h, parts, 2));
    for (int i = 0; i < 2; i++) {
        uint8_t filled[FILL];
        msh_hash x = {.name = "SHA1"};
        msh_view all = msh_view_of(filled, FILL);
        memset(filled, i ? 0x5c : 0x36, FILL);
        for (size_t k = 0; k < h.len && k < FILL; k++)
            filled[k] ^= h.value[k];
        MSH_TRY(msh_hash_of(&x, &all, 1));
        memcpy(both + SHA1 * i, x.value, SHA1);
    }
    memcpy(key, both, KEY_MOST);
    memcpy(verifier, l->verifier, BLOCK);
    memcpy(hash, l->verifier_hash, sizeof hash);
    msh_view k = msh_view_of(key, l->key_len), part = msh_view_of(verifier, BLOCK);
    MSH_TRY(msh_aes_decrypt(k, NULL, verifier, BLOCK));
    MSH_TRY(msh_aes_decrypt(k, NULL, hash, sizeof hash));
    msh_hash of_verifier = {.name = "SHA1"};
    MSH_TRY(msh_hash_of(&of_verifier, &part, 1));
    *opens = memcmp(of_verifier.value, hash, SHA1) == 0;
    return MSH_OK;
}

/* --- the package ---------------------------------------------------------------------------------
 */

/* Decrypts `data` (without the length in front) in place. */
static msh_err open_package(const lock *l, const uint8_t *key, uint8_t *data, size_t len)
{
    len -= len % BLOCK;
    if (!l->agile)
        return msh_aes_decrypt(msh_view_of(key, l->key_len), NULL, data, len);
    for (uint32_t i = 0; (size_t)i * SEGMENT < len; i++) {
        size_t at = (size_t)i * SEGMENT, n = len - at < SEGMENT ? len - at : SEGMENT;
        const uint8_t count[4] = {(uint8_t)i, (uint8_t)(i >> 8), (uint8_t)(i >> 16),
                                  (uint8_t)(i >> 24)};
        msh_hash h = {.name = l->data_hash};
        msh_view parts[2] = {msh_view_of(l->data_salt, l->data_salt_len), msh_view_of(count, 4)};
        uint8_t iv[BLOCK];
        MSH_TRY(msh_hash_of(&h, parts, 2));
        fit(&h, iv, BLOCK);
        MSH_TRY(msh_aes_decrypt(msh_view_of(key, l->data_key_len), iv, data + at, n));
    }
    return MSH_OK;
}

static msh_err read_package(msh_ole *o, const lock *l, const uint8_t *key)
{
    msh_buf bytes;
    msh_buf_init(&bytes, (size_t)o->x->limits->member_size);
    msh_err err = msh_ole_load(o, msh_ole_find(o, "EncryptedPackage"), &bytes);
    msh_cursor c = msh_cursor_of(msh_buf_view(&bytes));
    uint64_t size = msh_cursor_u64le(&c);
    if (err == MSH_OK && msh_cursor_ok(&c))
        err = open_package(l, key, bytes.data + 8, bytes.len - 8);
    if (err == MSH_OK && size > bytes.len)
        err = MSH_E_SHORT;
    if (err == MSH_OK)
        err = msh_extract_child(o->x, &o->doc, MSH_VIEW("EncryptedPackage"),
                                msh_view_cut(msh_buf_view(&bytes), 8, (size_t)size));
    msh_buf_dispose(&bytes);
    return err;
}

/* --- all of it -----------------------------------------------------------------------------------
 */

static bool read_info(msh_view info, lock *l)
{
    msh_cursor c = msh_cursor_of(info);
    uint16_t major = msh_cursor_u16le(&c), minor = msh_cursor_u16le(&c);
    if (major == 4 && minor == 4)
        return read_agile(msh_view_cut(info, 8, info.len), l);
    return minor == 2 && major >= 2 && major <= 4 && read_standard(info, l);
}

static msh_err try_passwords(msh_ole *o, msh_view info, bool *opened)
{
    static const char *const passwords[] = {"", "VelvetSweatshop"};
    lock l = {0};
    if (!read_info(info, &l))
        return MSH_OK;
    for (size_t i = 0; i < 2 && !*opened; i++) {
        uint8_t wide[64], key[KEY_MOST];
        size_t n = strlen(passwords[i]);
        for (size_t k = 0; k < n; k++) {
            wide[2 * k] = (uint8_t)passwords[i][k];
            wide[2 * k + 1] = 0;
        }
        MSH_TRY(msh_budget_time(&o->x->budget));
        msh_err err = hash_password(&l, msh_view_of(wide, 2 * n));
        if (err == MSH_OK)
            err = l.agile ? try_agile(&l, key, opened) : try_standard(&l, key, opened);
        if (err != MSH_OK) /* of a kind that nobody knows: encrypted all the same */
            return MSH_OK;
        if (*opened)
            return read_package(o, &l, key);
    }
    return MSH_OK;
}

static bool is_by_rights(const msh_ole *o)
{
    int spaces = msh_cfb_find(o->cfb, o->storage, "\006DataSpaces");
    int infos = msh_cfb_find(o->cfb, spaces, "TransformInfo");
    return msh_ole_find(o, "EncryptedPackage") < 0 ||
           msh_cfb_find(o->cfb, infos, "DRMEncryptedTransform") >= 0;
}

static msh_err read(msh_ole *o)
{
    bool opened = false;
    msh_buf info;
    int entry = msh_ole_find(o, "EncryptionInfo");
    if (is_by_rights(o)) {
        static const char *const sealed[] = {"EncryptedPackage", "\011DRMContent", "DRMContent"};
        for (size_t i = 0; i < 3; i++)
            msh_cfb_used(o->cfb, msh_ole_find(o, sealed[i]));
        return msh_report(o->x, &o->doc.place, MSH_REASON_OFFICE_RIGHTS, 0);
    }
    msh_buf_init(&info, FIELD_MOST * 16);
    msh_err err = MSH_OK;
    if (entry >= 0)
        err = msh_ole_load(o, entry, &info);
    if (err == MSH_OK)
        err = try_passwords(o, msh_buf_view(&info), &opened);
    msh_buf_dispose(&info);
    if (err == MSH_OK && !opened) {
        err = msh_report(o->x, &o->doc.place, MSH_REASON_OFFICE_ENCRYPTED, 0);
        msh_cfb_used(o->cfb, msh_ole_find(o, "EncryptedPackage"));
    }
    return err;
}

const msh_ole_app msh_ole_crypt = {.name = "encrypted", .probe = probe, .read = read};
