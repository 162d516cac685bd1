/* register.h: a register of titles and numbers that must not appear (domain.md section 5: received
 * secret titles), kept as keyed digests only, never as text.
 *
 *   mishen-register 1
 *   salt HEX16          random, of this file
 *   check HEX16         a digest of nothing: tells a wrong key from a text that is not there
 *   LENGTH TAG MAC [UNTIL]      one line an entry: 12 9f86d081 60303ae2…(32 digits) 2026-12-31
 *
 * A title is normalised: folded, then letters, digits and CJK characters only; LENGTH counts them.
 * MAC: HMAC-SM3 over it, cut to 16 bytes; TAG: SipHash over its middle four characters, cut to 4
 * bytes, so that one look at each place of a text tells whether it is worth a MAC. Both keys come
 * from the unit's key (a file of its own) and the salt by HMAC-SM3. Who has this file alone learns
 * lengths and how many; who has the key, too, can try titles (see docs). */
#ifndef MSH_RULE_REGISTER_H
#define MSH_RULE_REGISTER_H

#include "base/buf.h"
#include "base/sip.h"

enum {
    MSH_REGISTER_KEY = 32,
    MSH_REGISTER_MAC = 16,
    MSH_REGISTER_WINDOW = 4, /* characters of a tag */
    MSH_REGISTER_LEAST = 6,  /* characters of a title */
    MSH_REGISTER_MOST = 200
};

typedef struct msh_register_keys {
    uint8_t mac[32];
    msh_sip_key tag;
    uint8_t check[MSH_REGISTER_MAC];
} msh_register_keys;

typedef struct msh_register_entry {
    uint32_t length, tag;
    uint8_t mac[MSH_REGISTER_MAC];
    uint32_t until; /* 20261231: the last day; 0 = for good */
} msh_register_entry;

/* A character that counts. */
bool msh_register_counts(uint32_t cp);
void msh_register_derive(const uint8_t key[MSH_REGISTER_KEY], msh_view salt,
                         msh_register_keys *out);
/* normal: what counts of a title, UTF-8; window: its middle characters. */
void msh_register_mac(const msh_register_keys *k, msh_view normal, uint8_t out[MSH_REGISTER_MAC]);
uint32_t msh_register_tag(const msh_register_keys *k, const uint32_t window[MSH_REGISTER_WINDOW]);
/* Where the window of a title begins, in characters. */
static inline uint32_t msh_register_window_at(uint32_t length)
{
    return (length - MSH_REGISTER_WINDOW) / 2;
}

/* Writing: the head, then a line for each title. */
void msh_register_put_head(msh_buf *out, const msh_register_keys *k, msh_view salt);
/* false: the title has too few or too many characters that count. until: "" or a date. */
MSH_MUST_CHECK bool msh_register_put(msh_buf *out, const msh_register_keys *k, msh_view title,
                                     msh_view until);

/* Reading, line by line. */
typedef enum msh_register_line {
    MSH_REGISTER_END,
    MSH_REGISTER_ENTRY,
    MSH_REGISTER_SALT,
    MSH_REGISTER_CHECK,
    MSH_REGISTER_BAD
} msh_register_line;
typedef struct msh_register_reader {
    msh_view in;
    size_t at, line;   /* line: of what was read last, from 1 */
    uint8_t bytes[16]; /* of salt and check */
    msh_register_entry entry;
} msh_register_reader;
msh_register_line msh_register_next(msh_register_reader *r);

#endif
