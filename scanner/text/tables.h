/* tables.h: the static tables of this folder (made by make_tables.py) and the few look-ups that
 * more than one file needs. U+FFFD stands for what a charset does not assign. */
#ifndef MSH_TEXT_TABLES_H
#define MSH_TEXT_TABLES_H

#include <mishen/types.h>

enum { MSH_HOLE = 0xfffd };

/* GBK: lead 81–FE, 191 trails 40–FE. */
enum { MSH_GBK_ROW = 191, MSH_GBK_LEADS = 126 };
extern const uint16_t msh_table_gbk[];
/* The same folded, where that is one character of one or three bytes; else MSH_HOLE. */
extern const uint16_t msh_table_gbk_folded[];
/* Where code points below U+0800 stand; the others: packed, by rank among the touched ones. */
extern const uint16_t msh_table_fold_low[];
/* One bit a code point of the BMP: 0 = folds to itself and is a plain three-byte character. */
extern const uint64_t msh_table_fold_touched[];
extern const uint16_t msh_table_fold_rank[];
extern const uint16_t msh_table_fold_to[];

/* Four-byte GB18030 by its linear index; MSH_HOLE when it is not assigned. */
uint32_t msh_tables_gb_four(uint32_t linear);
/* Index: lead - 0x87, 157 trails. */
uint32_t msh_tables_big5(unsigned lead, unsigned trail);
uint32_t msh_tables_sjis(unsigned lead, unsigned trail);
uint32_t msh_tables_korean(unsigned lead, unsigned trail);
/* A byte of a single-byte charset: 0 windows-1252, 1 windows-1251, then as from MSH_CS_CP1250 on.
 */
uint32_t msh_tables_single(unsigned table, unsigned b);

/* Folding of a code point: the folded one, 0 for dropped, MSH_FOLD_ENCLOSED + digit for digits in
 * circles and in superscript, MSH_FOLD_STRING + n for what becomes several characters. */
enum { MSH_FOLD_ENCLOSED = 0xd800, MSH_FOLD_STRING = 0xdc00, MSH_FOLD_STRING_END = 0xe000 };
uint32_t msh_tables_fold(uint32_t cp);

static inline unsigned msh_tables_bits(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)(word * 0x0101010101010101u >> 56);
}

/* The same for a touched character of the BMP from U+0800 on that is no surrogate. */
static inline uint32_t msh_tables_fold_touched(uint32_t cp)
{
    uint64_t below = msh_table_fold_touched[cp >> 6] & (((uint64_t)1 << (cp & 63)) - 1);
    return msh_table_fold_to[msh_table_fold_rank[cp >> 6] + msh_tables_bits(below)];
}

/* The string n: three bytes and a length. */
const uint8_t *msh_tables_fold_string(uint32_t n);

/* Code point of a named reference, 0 when there is none. */
uint32_t msh_tables_entity(msh_view name);
/* How common a character is in Chinese text: 0 … 3. */
unsigned msh_tables_common(uint32_t cp);

#endif
