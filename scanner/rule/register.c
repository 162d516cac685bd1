/* register.c: see register.h. Nothing here allocates but the buffer written to: it runs in locked
 * workers. */
#include "rule/register.h"

#include "base/escape.h"
#include "base/mem.h"
#include "base/view.h"
#include "crypto/sm3_many.h"
#include "rule/chars.h"
#include "rule/pack_inner.h"
#include "rule/utf8.h"
#include "text/fold.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 64, LONGEST = 4 * MSH_REGISTER_MOST + 32 };

bool msh_register_counts(uint32_t cp)
{
    return msh_chars_is_alnum(cp) || msh_chars_is_cjk(cp) || cp == 0x3007 ||
           (cp >= 0xc0 && cp < 0x530 && cp != 0xd7 && cp != 0xf7);
}

/* HMAC-SM3 (RFC 2104) with a key of 32 bytes over a short text. */
static void hmac(const uint8_t key[32], msh_view text, uint8_t out[32])
{
    uint8_t room[BLOCK + LONGEST], inner[1][32];
    size_t len = text.len < LONGEST ? text.len : LONGEST;
    memset(room, 0x36, BLOCK);
    for (int i = 0; i < 32; i++)
        room[i] ^= key[i];
    if (len)
        memcpy(room + BLOCK, text.data, len);
    msh_view message = {room, BLOCK + len};
    msh_sm3_many(&message, 1, inner);
    memset(room, 0x5c, BLOCK);
    for (int i = 0; i < 32; i++)
        room[i] ^= key[i];
    memcpy(room + BLOCK, inner[0], 32);
    message.len = BLOCK + 32;
    msh_sm3_many(&message, 1, inner);
    memcpy(out, inner[0], 32);
}

static void derive(const uint8_t key[32], const char *use, uint8_t out[32])
{
    hmac(key, msh_view_str(use), out);
}

void msh_register_derive(const uint8_t key[MSH_REGISTER_KEY], msh_view salt, msh_register_keys *out)
{
    uint8_t text[64] = "mishen-register 1 ", own[32], tag[32], check[32];
    size_t n = strlen((const char *)text), len = salt.len < 32 ? salt.len : 32;
    memcpy(text + n, salt.data, len);
    hmac(key, msh_view_of(text, n + len), own);
    derive(own, "mac", out->mac);
    derive(own, "tag", tag);
    memcpy(&out->tag.k0, tag, 8);
    memcpy(&out->tag.k1, tag + 8, 8);
    derive(own, "check", check);
    memcpy(out->check, check, MSH_REGISTER_MAC);
    msh_wipe(own, sizeof own);
    msh_wipe(tag, sizeof tag);
}

void msh_register_mac(const msh_register_keys *k, msh_view normal, uint8_t out[MSH_REGISTER_MAC])
{
    uint8_t whole[32];
    hmac(k->mac, normal, whole);
    memcpy(out, whole, MSH_REGISTER_MAC);
}

uint32_t msh_register_tag(const msh_register_keys *k, const uint32_t window[MSH_REGISTER_WINDOW])
{
    uint8_t bytes[4 * MSH_REGISTER_WINDOW];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(window[i / 4] >> (8 * (i % 4)));
    return (uint32_t)msh_sip(k->tag, msh_view_of(bytes, sizeof bytes));
}

/* --- writing --------------------------------------------------------------------------------- */

static void put_hex(msh_buf *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        msh_buf_printf(out, "%02x", bytes[i]);
}

void msh_register_put_head(msh_buf *out, const msh_register_keys *k, msh_view salt)
{
    msh_buf_put_str(out, "mishen-register 1\nsalt ");
    put_hex(out, salt.data, salt.len);
    msh_buf_put_str(out, "\ncheck ");
    put_hex(out, k->check, sizeof k->check);
    msh_buf_put_byte(out, '\n');
}

bool msh_register_put(msh_buf *out, const msh_register_keys *k, msh_view title, msh_view until)
{
    msh_buf folded, normal;
    uint32_t chars[MSH_REGISTER_MOST], n = 0;
    msh_buf_init(&folded, 1 << 16);
    msh_buf_init(&normal, 1 << 16);
    bool good = msh_fold_word(&folded, title);
    msh_view f = msh_buf_view(&folded);
    for (size_t at = 0, len; good && at < f.len; at += len) {
        uint32_t cp = msh_chars_at(f, at, &len);
        if (!msh_register_counts(cp))
            continue;
        good = n < MSH_REGISTER_MOST;
        if (good)
            chars[n++] = cp;
        msh_buf_put_utf8(&normal, cp);
    }
    good = good && n >= MSH_REGISTER_LEAST && msh_buf_err(&normal) == MSH_OK;
    if (good) {
        uint8_t mac[MSH_REGISTER_MAC];
        msh_register_mac(k, msh_buf_view(&normal), mac);
        msh_buf_printf(out, "%u %08x ", n, msh_register_tag(k, chars + msh_register_window_at(n)));
        put_hex(out, mac, sizeof mac);
        msh_buf_put_str(out, until.len ? " " : "");
        msh_buf_put_view(out, until);
        msh_buf_put_byte(out, '\n');
    }
    msh_buf_dispose(&folded);
    msh_buf_dispose(&normal);
    return good;
}

/* --- reading --------------------------------------------------------------------------------- */

static msh_view next_word(msh_view *line)
{
    size_t end = msh_view_find(*line, MSH_VIEW(" "), 0);
    msh_view word = msh_view_cut(*line, 0, end == SIZE_MAX ? line->len : end);
    *line = msh_view_cut(*line, word.len + (end != SIZE_MAX), line->len);
    return word;
}

static bool read_hex(msh_view v, uint8_t *out, size_t n)
{
    if (v.len != 2 * n)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        uint8_t c = v.data[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | digit : digit);
    }
    return true;
}

static bool read_entry(msh_view line, msh_register_entry *e)
{
    msh_view length = next_word(&line), tag = next_word(&line), mac = next_word(&line);
    uint8_t tag_bytes[4];
    *e = (msh_register_entry){.length = 0};
    for (size_t i = 0; i < length.len && i < 4; i++) {
        if (length.data[i] < '0' || length.data[i] > '9')
            return false;
        e->length = e->length * 10 + (uint32_t)(length.data[i] - '0');
    }
    if (length.len > 3 || e->length < MSH_REGISTER_LEAST || e->length > MSH_REGISTER_MOST ||
        !read_hex(tag, tag_bytes, 4) || !read_hex(mac, e->mac, MSH_REGISTER_MAC))
        return false;
    for (int i = 0; i < 4; i++)
        e->tag = e->tag << 8 | tag_bytes[i];
    e->until = line.len ? msh_date_of(line) : 0;
    return line.len == 0 || e->until;
}

msh_register_line msh_register_next(msh_register_reader *r)
{
    while (r->at < r->in.len) {
        size_t end = msh_view_find(r->in, MSH_VIEW("\n"), r->at);
        end = end == SIZE_MAX ? r->in.len : end;
        msh_view line = msh_view_cut(r->in, r->at, end - r->at);
        r->at = end + 1;
        r->line++;
        if (line.len && line.data[line.len - 1] == '\r')
            line.len--;
        if (r->line == 1) {
            if (!msh_view_eq_str(line, "mishen-register 1"))
                return MSH_REGISTER_BAD;
            continue;
        }
        if (line.len == 0 || line.data[0] == '#')
            continue;
        bool salt = msh_view_starts(line, MSH_VIEW("salt "));
        if (salt || msh_view_starts(line, MSH_VIEW("check "))) {
            (void)next_word(&line);
            if (!read_hex(line, r->bytes, sizeof r->bytes))
                return MSH_REGISTER_BAD;
            return salt ? MSH_REGISTER_SALT : MSH_REGISTER_CHECK;
        }
        return read_entry(line, &r->entry) ? MSH_REGISTER_ENTRY : MSH_REGISTER_BAD;
    }
    return r->line ? MSH_REGISTER_END : MSH_REGISTER_BAD;
}
