/* fmt_rtf.c: Rich Text Format 1.9.1: own reader.
 *
 * Text of every destination is read, also of those marked ignorable: body, headers and footers,
 * annotations, information, field codes, hidden text. Bytes written as \'hh are joined over control
 * words before they are decoded by the font's or the document's code page. Pictures and objects go
 * to children. Groups are counted on a stack of their own; unbalanced ones end nothing. */
#include "extract/extract.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/view.h"

enum { MAX_GROUPS = 1 << 20, MAX_FONTS = 1024, MAX_WORD = 32, OLE1_NAME = 256 };

/* Where text goes. */
typedef enum dest { BODY, HEADER, FOOTER, COMMENT, META, ASIDE, FONTS, DATA, PICTURE, DESTS } dest;

typedef struct group {
    uint8_t dest;
    uint8_t skip; /* \ucN */
    uint8_t charset;
} group;

typedef struct rtf {
    msh_extract *x;
    const msh_doc *doc;
    msh_view in;
    size_t at;
    group *stack;
    size_t depth, cap;
    group now;
    msh_buf out[DESTS];
    msh_buf bytes; /* \'hh and raw bytes not decoded yet */
    msh_buf loose; /* all of them, for a second reading where no code page was named */
    uint8_t fonts[MAX_FONTS];
    int font;          /* being defined in the font table */
    uint32_t skipping; /* characters to pass over after \uN */
    uint32_t high;     /* first half of a surrogate pair */
    bool ignorable, named_charset, readable_picture, too_deep;
    msh_charset base;
} rtf;

static int rtf_probe(const msh_doc *doc)
{
    return msh_view_starts(doc->head, MSH_VIEW("{\\rt")) ? 90 : 0;
}

/* --- text
 * -------------------------------------------------------------------------------------------- */

static void flush_bytes(rtf *r)
{
    size_t used;
    uint64_t bad = 0;
    if (r->bytes.len == 0)
        return;
    msh_charset_decode((msh_charset)r->now.charset, msh_buf_view(&r->bytes), true,
                       &r->out[r->now.dest], &used, &bad);
    msh_buf_put_view(&r->loose, msh_buf_view(&r->bytes));
    msh_buf_reset(&r->bytes);
}

static void put_byte(rtf *r, uint8_t c)
{
    if (r->skipping) {
        r->skipping--;
        return;
    }
    if (c >= 0x80 || r->bytes.len % 2) { /* perhaps the trail of a pair */
        msh_buf_put_byte(&r->bytes, c);
        return;
    }
    flush_bytes(r);
    msh_buf_put_byte(&r->out[r->now.dest], c);
    if (c < 0x80 && r->loose.len)
        msh_buf_put_byte(&r->loose, c);
}

static void put_cp(rtf *r, uint32_t cp)
{
    flush_bytes(r);
    msh_buf_put_utf8(&r->out[r->now.dest], cp);
}

static void put_unicode(rtf *r, long n)
{
    uint32_t cp = (uint32_t)(n < 0 ? n + 65536 : n) & 0x1fffff;
    if (cp >= 0xd800 && cp < 0xdc00) {
        r->high = cp;
    } else if (cp >= 0xdc00 && cp < 0xe000 && r->high) {
        put_cp(r, 0x10000 + ((r->high - 0xd800) << 10) + (cp - 0xdc00));
        r->high = 0;
    } else {
        put_cp(r, cp);
    }
    r->skipping = r->now.skip;
}

/* --- control words
 * -------------------------------------------------------------------------------------- */

static const struct destination {
    const char *word;
    uint8_t dest;
} destinations[] = {
    {"header", HEADER},   {"headerl", HEADER},    {"headerr", HEADER},
    {"headerf", HEADER},  {"footer", FOOTER},     {"footerl", FOOTER},
    {"footerr", FOOTER},  {"footerf", FOOTER},    {"annotation", COMMENT},
    {"atnid", COMMENT},   {"atnauthor", COMMENT}, {"info", META},
    {"userprops", META},  {"doccomm", META},      {"fldinst", ASIDE},
    {"bkmkstart", ASIDE}, {"bkmkend", ASIDE},     {"stylesheet", ASIDE},
    {"listtable", ASIDE}, {"revtbl", ASIDE},      {"fonttbl", FONTS},
    {"objdata", DATA},    {"pict", PICTURE},      {"colortbl", FONTS},
    {"themedata", DATA},  {"datastore", DATA},    {"colorschememapping", FONTS},
    {"filetbl", ASIDE},
};

static const struct sign {
    const char *word;
    uint32_t cp;
} signs[] = {
    {"par", '\n'},      {"line", '\n'},      {"row", '\n'},         {"sect", '\n'},
    {"page", '\n'},     {"column", '\n'},    {"nestrow", '\n'},     {"cell", '\t'},
    {"nestcell", '\t'}, {"tab", '\t'},       {"emdash", 0x2014},    {"endash", 0x2013},
    {"lquote", 0x2018}, {"rquote", 0x2019},  {"ldblquote", 0x201c}, {"rdblquote", 0x201d},
    {"bullet", 0x2022}, {"emspace", 0x2003}, {"enspace", 0x2002},   {"zwj", 0x200d},
    {"zwnj", 0x200c},
};

static msh_charset charset_of_font(long fcharset)
{
    static const struct {
        uint8_t number;
        msh_charset cs;
    } fonts[] = {
        {134, MSH_CS_GB18030}, {136, MSH_CS_BIG5},   {128, MSH_CS_SHIFT_JIS}, {129, MSH_CS_EUC_KR},
        {130, MSH_CS_EUC_KR},  {204, MSH_CS_CP1251}, {238, MSH_CS_CP1250},    {161, MSH_CS_CP1253},
        {162, MSH_CS_CP1254},  {163, MSH_CS_CP1258}, {177, MSH_CS_CP1255},    {178, MSH_CS_CP1256},
        {186, MSH_CS_CP1257},  {222, MSH_CS_CP874},  {77, MSH_CS_MACINTOSH},
    };
    for (size_t i = 0; i < sizeof fonts / sizeof *fonts; i++) {
        if (fonts[i].number == fcharset)
            return fonts[i].cs;
    }
    return MSH_CHARSET_COUNT;
}

static void set_charset(rtf *r, msh_charset cs)
{
    if (r->now.charset != (uint8_t)cs)
        flush_bytes(r);
    r->now.charset = (uint8_t)cs;
}

static void font_word(rtf *r, const char *word, long n)
{
    if (strcmp(word, "fcharset") == 0 && r->font >= 0) {
        r->fonts[r->font] = (uint8_t)charset_of_font(n);
        r->named_charset |= r->fonts[r->font] == MSH_CS_GB18030;
    } else if (r->now.dest == FONTS) {
        r->font = n >= 0 && n < MAX_FONTS ? (int)n : -1;
    } else {
        bool known = n >= 0 && n < MAX_FONTS && r->fonts[n] < MSH_CHARSET_COUNT;
        set_charset(r, known ? (msh_charset)r->fonts[n] : r->base);
    }
}

static bool destination_word(rtf *r, const char *word)
{
    for (size_t i = 0; i < sizeof destinations / sizeof destinations[0]; i++)
        if (strcmp(destinations[i].word, word) == 0) {
            flush_bytes(r);
            r->now.dest = destinations[i].dest;
            r->readable_picture = false;
            return true;
        }
    return false;
}

static bool sign_word(rtf *r, const char *word)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strcmp(signs[i].word, word) == 0) {
            put_cp(r, signs[i].cp);
            return true;
        }
    return false;
}

static void control_word(rtf *r, const char *word, bool has, long n)
{
    msh_charset cs;
    if (strcmp(word, "u") == 0 && has) {
        put_unicode(r, n);
    } else if (strcmp(word, "uc") == 0) {
        r->now.skip = n >= 0 && n < 16 ? (uint8_t)n : 1;
    } else if (strcmp(word, "ansicpg") == 0) {
        if (msh_charset_from_codepage((uint32_t)n, &cs)) {
            r->base = cs;
            r->named_charset |= cs == MSH_CS_GB18030;
            set_charset(r, cs);
        }
    } else if (strcmp(word, "f") == 0 || strcmp(word, "fcharset") == 0) {
        font_word(r, word, n);
    } else if (strcmp(word, "plain") == 0) {
        set_charset(r, r->base);
    } else if (strcmp(word, "bin") == 0 && n > 0) {
        r->at += (size_t)n < r->in.len - r->at ? (size_t)n : r->in.len - r->at;
    } else if (strcmp(word, "pngblip") == 0 || strcmp(word, "jpegblip") == 0) {
        r->readable_picture = true;
    } else if (!sign_word(r, word) && !destination_word(r, word) && r->ignorable) {
        flush_bytes(r);
        if (r->now.dest == BODY)
            r->now.dest = ASIDE;
    }
    r->ignorable = false;
}

static void read_word(rtf *r)
{
    char word[MAX_WORD + 1];
    size_t len = 0;
    bool minus = false, has = false;
    long n = 0;
    while (r->at < r->in.len &&
           ((r->in.data[r->at] | 32) >= 'a' && (r->in.data[r->at] | 32) <= 'z')) {
        if (len < MAX_WORD)
            word[len++] = (char)r->in.data[r->at];
        r->at++;
    }
    word[len] = '\0';
    if (r->at < r->in.len && r->in.data[r->at] == '-') {
        minus = true;
        r->at++;
    }
    for (; r->at < r->in.len && r->in.data[r->at] >= '0' && r->in.data[r->at] <= '9'; r->at++) {
        has = true;
        n = n < 100000000 ? n * 10 + (r->in.data[r->at] - '0') : n;
    }
    if (r->at < r->in.len && r->in.data[r->at] == ' ')
        r->at++;
    control_word(r, word, has, minus ? -n : n);
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

static void read_hex_byte(rtf *r)
{
    int high = r->at < r->in.len ? hex_digit(r->in.data[r->at]) : -1;
    int low = r->at + 1 < r->in.len ? hex_digit(r->in.data[r->at + 1]) : -1;
    if (high < 0 || low < 0)
        return;
    r->at += 2;
    if (r->skipping)
        r->skipping--;
    else
        msh_buf_put_byte(&r->bytes, (uint8_t)(high << 4 | low));
}

static void read_control(rtf *r)
{
    uint8_t c = r->at < r->in.len ? r->in.data[r->at] : 0;
    if ((c | 32) >= 'a' && (c | 32) <= 'z') {
        read_word(r);
        return;
    }
    r->at += r->at < r->in.len;
    switch (c) {
    case '\'':
        read_hex_byte(r);
        break;
    case '*':
        r->ignorable = true;
        break;
    case '~':
        put_cp(r, 0xa0);
        break;
    case '_':
        put_cp(r, 0x2011);
        break;
    case '\n':
    case '\r':
        put_cp(r, '\n');
        break;
    case '\\':
    case '{':
    case '}':
        put_byte(r, c);
        break;
    default:
        break; /* \- optional hyphen, \| \: index marks: nothing to be seen */
    }
}

/* --- groups
 * ---------------------------------------------------------------------------------------------- */

static msh_err open_group(rtf *r)
{
    flush_bytes(r);
    if (r->depth >= MAX_GROUPS) {
        r->too_deep = true;
        return MSH_OK;
    }
    if (r->depth == r->cap) {
        size_t cap = r->cap ? r->cap * 2 : 64;
        group *more = msh_realloc(r->stack, cap * sizeof *more);
        if (!more)
            return MSH_E_MEMORY;
        r->stack = more;
        r->cap = cap;
    }
    r->stack[r->depth++] = r->now;
    r->skipping = 0;
    return MSH_OK;
}

/* OLE 1.0 object (MS-OLEDS 2.2.5): version, format, three names, size, data. */
static msh_view ole1_data(msh_view v)
{
    msh_view part = v;
    size_t at = 8;
    for (int i = 0; i < 3; i++) {
        if (at + 4 > v.len)
            return part;
        uint32_t n = v.data[at] | (uint32_t)v.data[at + 1] << 8 | (uint32_t)v.data[at + 2] << 16 |
                     (uint32_t)v.data[at + 3] << 24;
        at += 4;
        if (n > OLE1_NAME || n > v.len - at)
            return part;
        at += n;
    }
    return at + 4 <= v.len ? msh_view_cut(v, at + 4, v.len) : part;
}

static msh_err hex_child(rtf *r, msh_buf *hex, const char *name, bool object)
{
    msh_buf data;
    msh_buf_init(&data, (size_t)r->x->limits->member_size);
    int high = -1;
    for (size_t i = 0; i < hex->len; i++) {
        int d = hex_digit(hex->data[i]);
        if (d < 0)
            continue;
        if (high >= 0)
            msh_buf_put_byte(&data, (uint8_t)(high << 4 | d));
        high = high >= 0 ? -1 : d;
    }
    msh_err err = msh_buf_err(&data);
    if (err == MSH_OK)
        err = msh_budget_decoded(&r->x->budget, data.len);
    msh_view v = object ? ole1_data(msh_buf_view(&data)) : msh_buf_view(&data);
    if (err == MSH_OK && v.len)
        err = msh_extract_child(r->x, r->doc, msh_view_str(name), v);
    msh_buf_dispose(&data);
    msh_buf_reset(hex);
    return err;
}

/* What was gathered in an object or a picture is complete when its group ends. */
static msh_err end_data(rtf *r, uint8_t outer)
{
    if (r->now.dest == DATA && outer != DATA && r->out[DATA].len)
        return hex_child(r, &r->out[DATA], "objdata", true);
    if (r->now.dest == PICTURE && outer != PICTURE && r->out[PICTURE].len) {
        if (r->readable_picture)
            return hex_child(r, &r->out[PICTURE], "pict", false);
        msh_buf_reset(&r->out[PICTURE]); /* metafile records: drawings */
    }
    return MSH_OK;
}

static msh_err close_group(rtf *r)
{
    flush_bytes(r);
    r->skipping = 0;
    r->ignorable = false;
    if (r->depth == 0)
        return MSH_OK;
    group outer = r->stack[--r->depth];
    msh_err err = end_data(r, outer.dest);
    if (r->now.dest != outer.dest && r->now.dest < DATA)
        msh_buf_put_byte(&r->out[r->now.dest], '\n');
    r->now = outer;
    return err;
}

static msh_err read_all(rtf *r)
{
    while (r->at < r->in.len) {
        uint8_t c = r->in.data[r->at++];
        if ((r->at & 0xffff) == 0)
            MSH_TRY(msh_budget_time(&r->x->budget));
        if (c == '{')
            MSH_TRY(open_group(r));
        else if (c == '}')
            MSH_TRY(close_group(r));
        else if (c == '\\')
            read_control(r);
        else if (c != '\r' && c != '\n' && c != 0)
            put_byte(r, c);
    }
    flush_bytes(r);
    return MSH_OK;
}

static msh_err emit_all(rtf *r)
{
    static const struct {
        uint8_t dest;
        msh_role role;
    } rows[] = {{BODY, MSH_ROLE_BODY},       {HEADER, MSH_ROLE_HEADER}, {FOOTER, MSH_ROLE_FOOTER},
                {COMMENT, MSH_ROLE_COMMENT}, {META, MSH_ROLE_META},     {ASIDE, MSH_ROLE_ATTR},
                {FONTS, MSH_ROLE_ATTR}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        msh_place place = r->doc->place;
        place.role = rows[i].role;
        place.offset = MSH_NO_POSITION;
        MSH_TRY(msh_buf_err(&r->out[rows[i].dest]));
        MSH_TRY(msh_emit(r->x, &place, msh_buf_view(&r->out[rows[i].dest]), 0));
    }
    if (r->loose.len == 0 || r->named_charset)
        return MSH_OK;
    msh_place place = r->doc->place;
    place.offset = MSH_NO_POSITION;
    return msh_emit_bytes(r->x, &place, msh_buf_view(&r->loose), MSH_CHARSET_COUNT, MSH_TEXT_GUESS);
}

static msh_err read_document(rtf *r)
{
    MSH_TRY(msh_input_whole(r->doc->in, (size_t)r->x->limits->member_size, &r->in));
    MSH_TRY(msh_budget_decoded(&r->x->budget, r->in.len));
    msh_err err = read_all(r);
    msh_err said = emit_all(r);
    MSH_TRY(err);
    MSH_TRY(said);
    if (r->too_deep)
        return msh_report(r->x, &r->doc->place, MSH_REASON_LIMIT_DEPTH, MAX_GROUPS);
    if (r->depth > 0)
        return msh_report(r->x, &r->doc->place, MSH_REASON_FORMAT_TRUNCATED, 0);
    return MSH_OK;
}

static msh_err rtf_extract(msh_extract *x, const msh_doc *doc)
{
    rtf *r = msh_arena_calloc(x->arena, 1, sizeof *r);
    if (!r)
        return MSH_E_MEMORY;
    r->x = x;
    r->doc = doc;
    r->base = MSH_CS_CP1252;
    r->now = (group){BODY, 1, MSH_CS_CP1252};
    r->font = -1;
    memset(r->fonts, MSH_CHARSET_COUNT, sizeof r->fonts);
    for (size_t i = 0; i < DESTS; i++)
        msh_buf_init(&r->out[i], (size_t)x->limits->member_size);
    msh_buf_init(&r->bytes, (size_t)x->limits->member_size);
    msh_buf_init(&r->loose, (size_t)x->limits->member_size);
    msh_err err = read_document(r);
    for (size_t i = 0; i < DESTS; i++)
        msh_buf_dispose(&r->out[i]);
    msh_buf_dispose(&r->bytes);
    msh_buf_dispose(&r->loose);
    msh_free(r->stack);
    return err;
}

extern const msh_format msh_format_rtf;
const msh_format msh_format_rtf = {
    .name = "rtf",
    .zh = "RTF 文档",
    .en = "Rich Text Format",
    .suffixes = "rtf",
    .reads_zh = "正文、页眉页脚、批注、文档信息、域代码、隐藏文字；对象和图片另行检查",
    .reads_en = "body, headers, comments, document information, field codes, hidden text; objects "
                "and pictures by themselves",
    .probe = rtf_probe,
    .extract = rtf_extract,
};
