/* charset.h: bytes to UTF-8 by own tables (no iconv: it loads modules lazily and fails silently in
 * a sandbox), and finding out which charset bytes are in.
 *
 * GB18030-2005 with the four-byte forms; GBK and gb2312 are read as GB18030. Big5 with the ETEN and
 * HKSCS rows that occur in names. HZ: RFC 1843. UTF-7: RFC 2152. */
#ifndef MSH_TEXT_CHARSET_H
#define MSH_TEXT_CHARSET_H

#include "base/buf.h"

#define MSH_CHARSETS(X)                                                                            \
    X(UTF8, "UTF-8")                                                                               \
    X(UTF16LE, "UTF-16LE")                                                                         \
    X(UTF16BE, "UTF-16BE")                                                                         \
    X(UTF32LE, "UTF-32LE")                                                                         \
    X(UTF32BE, "UTF-32BE")                                                                         \
    X(GB18030, "GB18030")                                                                          \
    X(BIG5, "Big5")                                                                                \
    X(HZ, "HZ-GB-2312")                                                                            \
    X(UTF7, "UTF-7")                                                                               \
    X(LATIN1, "ISO-8859-1")                                                                        \
    X(CP1252, "windows-1252")                                                                      \
    X(CP1251, "windows-1251")                                                                      \
    X(SHIFT_JIS, "Shift_JIS")                                                                      \
    X(EUC_KR, "EUC-KR")                                                                            \
    X(CP1250, "windows-1250")                                                                      \
    X(CP1253, "windows-1253")                                                                      \
    X(CP1254, "windows-1254")                                                                      \
    X(CP1255, "windows-1255")                                                                      \
    X(CP1256, "windows-1256")                                                                      \
    X(CP1257, "windows-1257")                                                                      \
    X(CP1258, "windows-1258")                                                                      \
    X(CP874, "windows-874")                                                                        \
    X(ISO8859_2, "ISO-8859-2")                                                                     \
    X(ISO8859_5, "ISO-8859-5")                                                                     \
    X(ISO8859_7, "ISO-8859-7")                                                                     \
    X(ISO8859_15, "ISO-8859-15")                                                                   \
    X(KOI8_R, "KOI8-R")                                                                            \
    X(CP866, "IBM866")                                                                             \
    X(CP437, "IBM437")                                                                             \
    X(CP850, "IBM850")                                                                             \
    X(MACINTOSH, "macintosh")

typedef enum msh_charset {
#define X(id, name) MSH_CS_##id,
    MSH_CHARSETS(X)
#undef X
        MSH_CHARSET_COUNT
} msh_charset;

const char *msh_charset_name(msh_charset cs);
/* From a declaration ("gb2312", "utf8", "cp936", 936 …) without case and blanks; false when the
 * label is unknown. */
bool msh_charset_from_label(msh_view label, msh_charset *out);
/* From a Windows code page number (936, 950, 65001, 1252, 932, 949 …). */
bool msh_charset_from_codepage(uint32_t codepage, msh_charset *out);

/* One decoded character at the start of `in` (in.len ≥ 1): its code point and how many bytes it
 * took (≥ 1). What cannot be decoded gives U+FFFD over one byte. Stateless charsets only (not HZ,
 * not UTF-7). */
typedef struct msh_char {
    uint32_t cp;
    uint32_t len;
    bool bad;
} msh_char;
msh_char msh_charset_next(msh_charset cs, msh_view in);

/* The code point of two bytes of GBK, U+FFFD when they are none (perhaps four bytes of GB18030). */
uint32_t msh_charset_gbk(const uint8_t two[2]);

/* Length of what decodes without a fault at the start of `in`; stateless charsets only. Fast for
 * UTF-8 and GB18030. */
size_t msh_charset_prefix(msh_charset cs, msh_view in);

/* Decode all of `in`, appending UTF-8. A sequence cut off at the end of `in` is left alone unless
 * `last`; *used says how many bytes were taken. *bad counts replaced sequences. Never fails but by
 * the buffer (msh_buf_err). ASCII, UTF-8 and GB18030 are fast paths (see tests/bench). */
void msh_charset_decode(msh_charset cs, msh_view in, bool last, msh_buf *out, size_t *used,
                        uint64_t *bad);

/* All plausible readings of the beginning of a text, best first. BOM, then a declaration if the
 * caller knows one, then strict UTF-8, then trials scored on plausibility. Short texts get several.
 * `bom` is how many bytes of BOM to skip in reading 0. */
enum { MSH_READINGS = 4 };
typedef struct msh_readings {
    msh_charset cs[MSH_READINGS];
    unsigned n; /* 0: binary, not text */
    unsigned bom;
    bool certain; /* BOM, or strict UTF-8 with multi-byte characters, or pure ASCII */
} msh_readings;
/* head: the first bytes (up to 64 KiB are looked at); whole: head is all there is. */
msh_readings msh_charset_detect(msh_view head, bool whole);

#endif
