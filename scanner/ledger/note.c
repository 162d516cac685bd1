/* note.c: signed notes (C2SP signed-note, tlog-checkpoint). The strictness is the point: a
 * prototype that tolerated blank lines and odd separators accepted 16 of 257 mutations. */
#include "ledger/note.h"

#include "base/err.h"
#include "base/view.h"
#include "base/base64.h"
#include "crypto/digest.h"

#include <inttypes.h>
#include <stdio.h>

static const char sm2_type[] = "\xffsm2-with-sm3/v1";
enum {
    SM2_TYPE = 16,
    ED25519_TYPE = 1,
    WITNESS = 4,
    COSIG = 8 + 64,
    BLOB_MAX = SM2_TYPE + MSH_KEY_PUBLIC_MAX
};
#define DASH "\xe2\x80\x94 "
enum { DASH_LEN = 4 };

bool msh_note_name_ok(msh_view name)
{
    if (name.len == 0 || name.len > MSH_NOTE_NAME || !msh_view_is_utf8(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        if (c <= 0x20 || c == 0x7f || c == '+')
            return false;
    }
    /* White space beyond ASCII: U+0085, U+00A0, U+1680, U+2000–200A, U+2028–2029, U+202F, U+205F,
     * U+3000. */
    static const char *const blanks[] = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80",
                                         "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
                                         "\xe2\x81\x9f", "\xe3\x80\x80"};
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++)
        if (msh_view_find(name, msh_view_str(blanks[i]), 0) != SIZE_MAX)
            return false;
    for (uint8_t last = 0x80; last <= 0x8a; last++) {
        uint8_t blank[3] = {0xe2, 0x80, last};
        if (msh_view_find(name, msh_view_of(blank, 3), 0) != SIZE_MAX)
            return false;
    }
    return true;
}

/* type || public key */
static size_t blob_of(const msh_key *key, bool witness, uint8_t out[BLOB_MAX])
{
    msh_view pub = msh_key_public(key);
    size_t n = ED25519_TYPE;
    out[0] = witness ? WITNESS : 1;
    if (msh_key_alg_of(key) == MSH_KEY_SM2) {
        n = SM2_TYPE;
        memcpy(out, sm2_type, SM2_TYPE);
    }
    memcpy(out + n, pub.data, pub.len);
    return n + pub.len;
}

static msh_err key_id(const char *name, const msh_key *key, bool witness, uint8_t id[4])
{
    uint8_t in[MSH_NOTE_NAME + 1 + BLOB_MAX], hash[32];
    size_t n = strlen(name);
    memcpy(in, name, n);
    in[n++] = '\n';
    n += blob_of(key, witness, in + n);
    MSH_TRY(msh_sha256(msh_view_of(in, n), hash));
    memcpy(id, hash, 4);
    return MSH_OK;
}

static msh_err init_key(msh_note_key *k, const char *name, msh_key *key, bool witness)
{
    *k = (msh_note_key){.key = key, .witness = witness};
    msh_view v = msh_view_str(name);
    bool right = msh_note_name_ok(v) && (!witness || msh_key_alg_of(key) == MSH_KEY_ED25519);
    msh_err err = right ? MSH_OK : MSH_E_EVIDENCE;
    if (err == MSH_OK) {
        memcpy(k->name, name, v.len + 1);
        err = key_id(name, key, witness, k->id);
    }
    if (err != MSH_OK)
        msh_note_key_dispose(k);
    return err;
}

msh_err msh_note_key_init(msh_note_key *k, const char *name, msh_key *key)
{
    return init_key(k, name, key, false);
}

msh_err msh_note_key_init_witness(msh_note_key *k, const char *name, msh_key *key)
{
    return init_key(k, name, key, true);
}

void msh_note_key_dispose(msh_note_key *k)
{
    msh_key_free(k->key);
    *k = (msh_note_key){0};
}

void msh_note_key_write(const msh_note_key *k, msh_buf *out)
{
    uint8_t blob[BLOB_MAX];
    size_t n = blob_of(k->key, k->witness, blob);
    msh_buf_printf(out, "%s+%02x%02x%02x%02x+", k->name, k->id[0], k->id[1], k->id[2], k->id[3]);
    msh_base64_encode(out, msh_view_of(blob, n));
}

static msh_err key_from_blob(msh_view blob, bool *witness, msh_key **out)
{
    *witness = blob.len == ED25519_TYPE + 32 && blob.data[0] == WITNESS;
    if (*witness || (blob.len == ED25519_TYPE + 32 && blob.data[0] == 1))
        return msh_key_from_public(MSH_KEY_ED25519, msh_view_cut(blob, 1, 32), out);
    if (blob.len == SM2_TYPE + 65 && memcmp(blob.data, sm2_type, SM2_TYPE) == 0)
        return msh_key_from_public(MSH_KEY_SM2, msh_view_cut(blob, SM2_TYPE, 65), out);
    return MSH_E_EVIDENCE;
}

msh_err msh_note_key_read(msh_note_key *k, msh_view vkey)
{
    uint8_t blob[BLOB_MAX];
    char name[MSH_NOTE_NAME + 1], id[9];
    size_t n, plus = msh_view_find(vkey, MSH_VIEW("+"), 0);
    msh_key *key;
    *k = (msh_note_key){0};
    if (plus == SIZE_MAX || plus > MSH_NOTE_NAME || vkey.len < plus + 10 ||
        vkey.data[plus + 9] != '+')
        return MSH_E_EVIDENCE;
    memcpy(name, vkey.data, plus);
    name[plus] = '\0';
    if (memchr(name, 0, plus))
        return MSH_E_EVIDENCE;
    if (msh_base64_read(msh_view_cut(vkey, plus + 10, vkey.len), blob, sizeof blob, &n) != MSH_OK)
        return MSH_E_EVIDENCE;
    bool witness;
    MSH_TRY(key_from_blob(msh_view_of(blob, n), &witness, &key));
    MSH_TRY(init_key(k, name, key, witness));
    (void)snprintf(id, sizeof id, "%02x%02x%02x%02x", k->id[0], k->id[1], k->id[2], k->id[3]);
    if (memcmp(id, vkey.data + plus + 1, 8) == 0)
        return MSH_OK;
    msh_note_key_dispose(k);
    return MSH_E_EVIDENCE;
}

/* The line from `at` without its LF; false when no LF follows. */
static bool line_at(msh_view v, size_t *at, msh_view *line)
{
    const uint8_t *p = *at < v.len ? memchr(v.data + *at, '\n', v.len - *at) : NULL;
    if (!p)
        return false;
    *line = msh_view_cut(v, *at, (size_t)(p - v.data) - *at);
    *at = (size_t)(p - v.data) + 1;
    return true;
}

static msh_err read_signature(msh_view line, msh_note_sig *out)
{
    uint8_t raw[4 + sizeof out->signature];
    size_t n;
    if (!msh_view_starts(line, MSH_VIEW(DASH)))
        return MSH_E_EVIDENCE;
    line = msh_view_cut(line, DASH_LEN, line.len);
    size_t blank = msh_view_find(line, MSH_VIEW(" "), 0);
    if (blank == SIZE_MAX)
        return MSH_E_EVIDENCE;
    out->name = msh_view_cut(line, 0, blank);
    if (!msh_note_name_ok(out->name) ||
        msh_base64_read(msh_view_cut(line, blank + 1, line.len), raw, sizeof raw, &n) != MSH_OK ||
        n < 5)
        return MSH_E_EVIDENCE;
    memcpy(out->id, raw, 4);
    out->len = n - 4;
    memcpy(out->signature, raw + 4, out->len);
    return MSH_OK;
}

static bool is_double(const msh_note *n, const msh_note_sig *s)
{
    for (size_t i = 0; i < n->n_sigs; i++)
        if (msh_view_eq(n->sigs[i].name, s->name) && memcmp(n->sigs[i].id, s->id, 4) == 0)
            return true;
    return false;
}

static bool has_control(msh_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if ((v.data[i] < 0x20 && v.data[i] != '\n') || v.data[i] == 0x7f)
            return true;
    return false;
}

/* Where the signatures begin: behind the last blank line. */
static size_t signatures_at(msh_view v)
{
    for (size_t i = v.len; i >= 2; i--)
        if (v.data[i - 1] == '\n' && v.data[i - 2] == '\n')
            return i;
    return SIZE_MAX;
}

msh_err msh_note_read(msh_view v, msh_note *out)
{
    return msh_note_read_most(v, MSH_NOTE_MAX, out);
}

msh_err msh_note_read_most(msh_view v, size_t most, msh_note *out)
{
    *out = (msh_note){0};
    if (v.len > most || !msh_view_is_utf8(v) || has_control(v))
        return MSH_E_EVIDENCE;
    size_t at = signatures_at(v);
    if (at == SIZE_MAX || at < 3 || at == v.len)
        return MSH_E_EVIDENCE;
    out->text = msh_view_cut(v, 0, at - 1);
    while (at < v.len) {
        msh_view line;
        msh_note_sig sig;
        if (out->n_sigs == MSH_NOTE_SIGS || !line_at(v, &at, &line))
            return MSH_E_EVIDENCE;
        MSH_TRY(read_signature(line, &sig));
        if (is_double(out, &sig))
            return MSH_E_EVIDENCE;
        out->sigs[out->n_sigs++] = sig;
    }
    return MSH_OK;
}

static msh_err put_signature(msh_buf *out, const msh_note_key *k, const uint8_t *signature,
                             size_t n)
{
    uint8_t raw[4 + COSIG + MSH_SIGNATURE_MAX];
    memcpy(raw, k->id, 4);
    memcpy(raw + 4, signature, n);
    msh_buf_put_str(out, DASH);
    msh_buf_put_str(out, k->name);
    msh_buf_put_byte(out, ' ');
    msh_base64_encode(out, msh_view_of(raw, n + 4));
    msh_buf_put_byte(out, '\n');
    return msh_buf_err(out);
}

msh_err msh_note_sign_more(msh_buf *out, msh_view text, const msh_note_key *k)
{
    uint8_t raw[MSH_SIGNATURE_MAX];
    size_t n;
    if (k->witness)
        return MSH_E_USAGE;
    MSH_TRY(msh_key_sign(k->key, text, raw, &n));
    return put_signature(out, k, raw, n);
}

/* What a witness signs: C2SP tlog-cosignature. */
static msh_err cosigned_text(msh_buf *out, msh_view text, uint64_t time)
{
    msh_buf_printf(out, "cosignature/v1\ntime %" PRIu64 "\n", time);
    msh_buf_put_view(out, text);
    return msh_buf_err(out);
}

msh_err msh_note_cosign(msh_buf *out, msh_view text, const msh_note_key *k, uint64_t time)
{
    uint8_t raw[8 + MSH_SIGNATURE_MAX];
    size_t n = 0;
    msh_buf b;
    if (!k->witness)
        return MSH_E_USAGE;
    for (unsigned i = 0; i < 8; i++)
        raw[i] = (uint8_t)(time >> (56 - 8 * i));
    msh_buf_init(&b, MSH_NOTE_MAX);
    msh_err err = cosigned_text(&b, text, time);
    if (err == MSH_OK)
        err = msh_key_sign(k->key, msh_buf_view(&b), raw + 8, &n);
    msh_buf_dispose(&b);
    return err == MSH_OK ? put_signature(out, k, raw, 8 + n) : err;
}

static const msh_note_sig *signature_of(const msh_note *n, const msh_note_key *k)
{
    for (size_t i = 0; i < n->n_sigs; i++)
        if (msh_view_eq_str(n->sigs[i].name, k->name) && memcmp(n->sigs[i].id, k->id, 4) == 0)
            return &n->sigs[i];
    return NULL;
}

msh_err msh_note_cosigned(const msh_note *n, const msh_note_key *k, uint64_t *time)
{
    const msh_note_sig *s = signature_of(n, k);
    msh_buf b;
    if (!s || !k->witness || s->len != COSIG)
        return MSH_E_EVIDENCE;
    *time = 0;
    for (unsigned i = 0; i < 8; i++)
        *time = *time << 8 | s->signature[i];
    msh_buf_init(&b, MSH_NOTE_MAX);
    msh_err err = *time < 1ull << 53 ? cosigned_text(&b, n->text, *time) : MSH_E_EVIDENCE;
    if (err == MSH_OK)
        err = msh_key_verify(k->key, msh_buf_view(&b), msh_view_of(s->signature + 8, 64));
    msh_buf_dispose(&b);
    return err;
}

msh_err msh_note_sign(msh_buf *out, msh_view text, const msh_note_key *k)
{
    if (text.len == 0 || text.data[text.len - 1] != '\n' || has_control(text))
        return MSH_E_USAGE;
    msh_buf_put_view(out, text);
    msh_buf_put_byte(out, '\n');
    return msh_note_sign_more(out, text, k);
}

msh_err msh_note_verify(const msh_note *n, const msh_note_key *k)
{
    const msh_note_sig *s = signature_of(n, k);
    if (!s || k->witness)
        return MSH_E_EVIDENCE;
    return msh_key_verify(k->key, n->text, msh_view_of(s->signature, s->len));
}

void msh_checkpoint_text(msh_buf *out, const char *origin, uint64_t size, const uint8_t root[32])
{
    msh_buf_printf(out, "%s\n%" PRIu64 "\n", origin, size);
    msh_base64_encode(out, msh_view_of(root, 32));
    msh_buf_put_byte(out, '\n');
}

static bool read_size(msh_view line, uint64_t *out)
{
    uint64_t n = 0;
    if (line.len == 0 || line.len > 16 || (line.data[0] == '0' && line.len > 1))
        return false;
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(line.data[i] - '0');
    }
    *out = n;
    return n < 1ull << 53;
}

msh_err msh_checkpoint_read(msh_view text, const char *origin, msh_checkpoint *out)
{
    msh_view line;
    size_t at = 0, n;
    if (!line_at(text, &at, &line) || !msh_view_eq_str(line, origin))
        return MSH_E_EVIDENCE;
    if (!line_at(text, &at, &line) || !read_size(line, &out->size))
        return MSH_E_EVIDENCE;
    if (!line_at(text, &at, &line) || at != text.len ||
        msh_base64_read(line, out->root, sizeof out->root, &n) != MSH_OK || n != 32)
        return MSH_E_EVIDENCE;
    return MSH_OK;
}

msh_err msh_checkpoint_next(msh_view file, size_t *at, msh_note *out)
{
    size_t end = *at;
    msh_view line;
    for (int i = 0; i < 6; i++) {
        if (!line_at(file, &end, &line) || (line.len == 0) != (i == 3 || i == 5))
            return MSH_E_EVIDENCE;
    }
    MSH_TRY(msh_note_read(msh_view_cut(file, *at, end - 1 - *at), out));
    if (out->n_sigs != 1)
        return MSH_E_EVIDENCE;
    *at = end;
    return MSH_OK;
}
