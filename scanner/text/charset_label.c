/* charset_label.c: names of charsets, as standards, mails, pages and Windows spell them. */
#include "text/charset.h"

#include <string.h>

static const char *const names[] = {
#define X(id, name) name,
    MSH_CHARSETS(X)
#undef X
};

const char *msh_charset_name(msh_charset cs)
{
    return (unsigned)cs < MSH_CHARSET_COUNT ? names[cs] : "?";
}

/* Labels without case, blanks, '-' and '_'. */
static const struct {
    const char *label;
    msh_charset cs;
} labels[] = {
    {"utf8", MSH_CS_UTF8},
    {"unicode11utf8", MSH_CS_UTF8},
    {"65001", MSH_CS_UTF8},
    {"cp65001", MSH_CS_UTF8},
    {"utf16", MSH_CS_UTF16LE},
    {"utf16le", MSH_CS_UTF16LE},
    {"ucs2", MSH_CS_UTF16LE},
    {"ucs2le", MSH_CS_UTF16LE},
    {"unicode", MSH_CS_UTF16LE},
    {"1200", MSH_CS_UTF16LE},
    {"utf16be", MSH_CS_UTF16BE},
    {"ucs2be", MSH_CS_UTF16BE},
    {"unicodefffe", MSH_CS_UTF16BE},
    {"1201", MSH_CS_UTF16BE},
    {"utf32", MSH_CS_UTF32LE},
    {"utf32le", MSH_CS_UTF32LE},
    {"ucs4", MSH_CS_UTF32LE},
    {"ucs4le", MSH_CS_UTF32LE},
    {"utf32be", MSH_CS_UTF32BE},
    {"ucs4be", MSH_CS_UTF32BE},
    {"gb18030", MSH_CS_GB18030},
    {"gb180302005", MSH_CS_GB18030},
    {"gb180302022", MSH_CS_GB18030},
    {"gbk", MSH_CS_GB18030},
    {"xgbk", MSH_CS_GB18030},
    {"gb2312", MSH_CS_GB18030},
    {"gb231280", MSH_CS_GB18030},
    {"csgb2312", MSH_CS_GB18030},
    {"euccn", MSH_CS_GB18030},
    {"xeuccn", MSH_CS_GB18030},
    {"cp936", MSH_CS_GB18030},
    {"ms936", MSH_CS_GB18030},
    {"windows936", MSH_CS_GB18030},
    {"936", MSH_CS_GB18030},
    {"54936", MSH_CS_GB18030},
    {"chinese", MSH_CS_GB18030},
    {"csiso58gb231280", MSH_CS_GB18030},
    {"isoir58", MSH_CS_GB18030},
    {"big5", MSH_CS_BIG5},
    {"big5hkscs", MSH_CS_BIG5},
    {"cnbig5", MSH_CS_BIG5},
    {"csbig5", MSH_CS_BIG5},
    {"xxbig5", MSH_CS_BIG5},
    {"xbig5", MSH_CS_BIG5},
    {"big5eten", MSH_CS_BIG5},
    {"cp950", MSH_CS_BIG5},
    {"windows950", MSH_CS_BIG5},
    {"950", MSH_CS_BIG5},
    {"hz", MSH_CS_HZ},
    {"hzgb2312", MSH_CS_HZ},
    {"52936", MSH_CS_HZ},
    {"utf7", MSH_CS_UTF7},
    {"unicode11utf7", MSH_CS_UTF7},
    {"65000", MSH_CS_UTF7},
    {"iso88591", MSH_CS_LATIN1},
    {"latin1", MSH_CS_LATIN1},
    {"l1", MSH_CS_LATIN1},
    {"28591", MSH_CS_LATIN1},
    {"usascii", MSH_CS_CP1252},
    {"ascii", MSH_CS_CP1252},
    {"ansix341968", MSH_CS_CP1252},
    {"20127", MSH_CS_CP1252},
    {"windows1252", MSH_CS_CP1252},
    {"cp1252", MSH_CS_CP1252},
    {"1252", MSH_CS_CP1252},
    {"windows1251", MSH_CS_CP1251},
    {"cp1251", MSH_CS_CP1251},
    {"1251", MSH_CS_CP1251},
    {"shiftjis", MSH_CS_SHIFT_JIS},
    {"sjis", MSH_CS_SHIFT_JIS},
    {"xsjis", MSH_CS_SHIFT_JIS},
    {"mskanji", MSH_CS_SHIFT_JIS},
    {"windows31j", MSH_CS_SHIFT_JIS},
    {"cp932", MSH_CS_SHIFT_JIS},
    {"ms932", MSH_CS_SHIFT_JIS},
    {"932", MSH_CS_SHIFT_JIS},
    {"windows1250", MSH_CS_CP1250},
    {"cp1250", MSH_CS_CP1250},
    {"1250", MSH_CS_CP1250},
    {"windows1253", MSH_CS_CP1253},
    {"cp1253", MSH_CS_CP1253},
    {"1253", MSH_CS_CP1253},
    {"windows1254", MSH_CS_CP1254},
    {"cp1254", MSH_CS_CP1254},
    {"1254", MSH_CS_CP1254},
    {"iso88599", MSH_CS_CP1254},
    {"latin5", MSH_CS_CP1254},
    {"windows1255", MSH_CS_CP1255},
    {"cp1255", MSH_CS_CP1255},
    {"1255", MSH_CS_CP1255},
    {"windows1256", MSH_CS_CP1256},
    {"cp1256", MSH_CS_CP1256},
    {"1256", MSH_CS_CP1256},
    {"windows1257", MSH_CS_CP1257},
    {"cp1257", MSH_CS_CP1257},
    {"1257", MSH_CS_CP1257},
    {"windows1258", MSH_CS_CP1258},
    {"cp1258", MSH_CS_CP1258},
    {"1258", MSH_CS_CP1258},
    {"windows874", MSH_CS_CP874},
    {"cp874", MSH_CS_CP874},
    {"874", MSH_CS_CP874},
    {"tis620", MSH_CS_CP874},
    {"iso885911", MSH_CS_CP874},
    {"iso88592", MSH_CS_ISO8859_2},
    {"latin2", MSH_CS_ISO8859_2},
    {"28592", MSH_CS_ISO8859_2},
    {"iso88595", MSH_CS_ISO8859_5},
    {"28595", MSH_CS_ISO8859_5},
    {"iso88597", MSH_CS_ISO8859_7},
    {"28597", MSH_CS_ISO8859_7},
    {"iso885915", MSH_CS_ISO8859_15},
    {"latin9", MSH_CS_ISO8859_15},
    {"28605", MSH_CS_ISO8859_15},
    {"koi8r", MSH_CS_KOI8_R},
    {"koi8", MSH_CS_KOI8_R},
    {"20866", MSH_CS_KOI8_R},
    {"ibm866", MSH_CS_CP866},
    {"cp866", MSH_CS_CP866},
    {"866", MSH_CS_CP866},
    {"ibm437", MSH_CS_CP437},
    {"cp437", MSH_CS_CP437},
    {"437", MSH_CS_CP437},
    {"ibm850", MSH_CS_CP850},
    {"cp850", MSH_CS_CP850},
    {"850", MSH_CS_CP850},
    {"macintosh", MSH_CS_MACINTOSH},
    {"macroman", MSH_CS_MACINTOSH},
    {"mac", MSH_CS_MACINTOSH},
    {"10000", MSH_CS_MACINTOSH},
    {"euckr", MSH_CS_EUC_KR},
    {"cseuckr", MSH_CS_EUC_KR},
    {"ksc56011987", MSH_CS_EUC_KR},
    {"ksc5601", MSH_CS_EUC_KR},
    {"uhc", MSH_CS_EUC_KR},
    {"cp949", MSH_CS_EUC_KR},
    {"windows949", MSH_CS_EUC_KR},
    {"949", MSH_CS_EUC_KR},
    {"51949", MSH_CS_EUC_KR},
    {"korean", MSH_CS_EUC_KR},
};

bool msh_charset_from_label(msh_view label, msh_charset *out)
{
    char key[24];
    size_t n = 0;
    for (size_t i = 0; i < label.len; i++) {
        uint8_t c = label.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + 32);
        bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (c >= 0x80 || (kept && n + 1 >= sizeof key))
            return false;
        if (kept)
            key[n++] = (char)c;
    }
    key[n] = 0;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (strcmp(labels[i].label, key) == 0) {
            *out = labels[i].cs;
            return true;
        }
    }
    return false;
}

bool msh_charset_from_codepage(uint32_t codepage, msh_charset *out)
{
    static const struct {
        uint32_t page;
        msh_charset cs;
    } pages[] = {
        {1250, MSH_CS_CP1250},     {1253, MSH_CS_CP1253},     {1254, MSH_CS_CP1254},
        {1255, MSH_CS_CP1255},     {1256, MSH_CS_CP1256},     {1257, MSH_CS_CP1257},
        {1258, MSH_CS_CP1258},     {874, MSH_CS_CP874},       {28592, MSH_CS_ISO8859_2},
        {28595, MSH_CS_ISO8859_5}, {28597, MSH_CS_ISO8859_7}, {28605, MSH_CS_ISO8859_15},
        {20866, MSH_CS_KOI8_R},    {866, MSH_CS_CP866},       {437, MSH_CS_CP437},
        {850, MSH_CS_CP850},       {10000, MSH_CS_MACINTOSH}, {936, MSH_CS_GB18030},
        {54936, MSH_CS_GB18030},   {20936, MSH_CS_GB18030},   {10008, MSH_CS_GB18030},
        {950, MSH_CS_BIG5},        {10002, MSH_CS_BIG5},      {65001, MSH_CS_UTF8},
        {65000, MSH_CS_UTF7},      {1200, MSH_CS_UTF16LE},    {1201, MSH_CS_UTF16BE},
        {12000, MSH_CS_UTF32LE},   {12001, MSH_CS_UTF32BE},   {52936, MSH_CS_HZ},
        {1252, MSH_CS_CP1252},     {20127, MSH_CS_CP1252},    {28591, MSH_CS_LATIN1},
        {1251, MSH_CS_CP1251},     {932, MSH_CS_SHIFT_JIS},   {10001, MSH_CS_SHIFT_JIS},
        {949, MSH_CS_EUC_KR},      {51949, MSH_CS_EUC_KR},    {1361, MSH_CS_EUC_KR},
        {10003, MSH_CS_EUC_KR},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (pages[i].page == codepage) {
            *out = pages[i].cs;
            return true;
        }
    }
    return false;
}
