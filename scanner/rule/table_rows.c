/* table_rows.c: see table_rows.h. One pass over the rows; the caller goes on behind them. */
#include "rule/table_rows.h"

#include "rule/chars.h"
#include "rule/digits.h"

enum { HEAD_CHARS = 14, HEAD_LINES = 12, CELL_MOST = 200, GAP_LINES = 2 };

/* --- heads --------------------------------------------------------------------------------------
 */

static const struct {
    const char *word;
    msh_column column;
} heads[] = {
    /* what is said first wins: 残疾证号 before 证号 */
    {"残疾", MSH_COLUMN_HEALTH},      {"病种", MSH_COLUMN_HEALTH},
    {"疾病", MSH_COLUMN_HEALTH},      {"诊断", MSH_COLUMN_HEALTH},
    {"病情", MSH_COLUMN_HEALTH},      {"护照", MSH_COLUMN_PAPER},
    {"通行证", MSH_COLUMN_PAPER},     {"台胞证", MSH_COLUMN_PAPER},
    {"军官证", MSH_COLUMN_PAPER},     {"士兵证", MSH_COLUMN_PAPER},
    {"驾驶证", MSH_COLUMN_PAPER},     {"社保卡", MSH_COLUMN_PAPER},
    {"医保卡", MSH_COLUMN_PAPER},     {"社会保障卡", MSH_COLUMN_PAPER},
    {"宗教", MSH_COLUMN_FAITH},       {"信仰", MSH_COLUMN_FAITH},
    {"车牌", MSH_COLUMN_PLATE},       {"号牌", MSH_COLUMN_PLATE},
    {"车辆号", MSH_COLUMN_PLATE},     {"邮箱", MSH_COLUMN_MAIL},
    {"电子邮件", MSH_COLUMN_MAIL},    {"email", MSH_COLUMN_MAIL},
    {"社会保障号", MSH_COLUMN_ID},    {"身份证", MSH_COLUMN_ID},
    {"证件号", MSH_COLUMN_ID},        {"公民身份", MSH_COLUMN_ID},
    {"身份号码", MSH_COLUMN_ID},      {"办公电话", MSH_COLUMN_OFFICE},
    {"手机", MSH_COLUMN_PHONE},       {"电话", MSH_COLUMN_PHONE},
    {"联系方式", MSH_COLUMN_PHONE},   {"银行账", MSH_COLUMN_BANK},
    {"银行卡", MSH_COLUMN_BANK},      {"银行帐", MSH_COLUMN_BANK},
    {"卡号", MSH_COLUMN_BANK},        {"账号", MSH_COLUMN_BANK},
    {"帐号", MSH_COLUMN_BANK},        {"一卡通", MSH_COLUMN_BANK},
    {"存折", MSH_COLUMN_BANK},        {"住址", MSH_COLUMN_ADDRESS},
    {"家庭地址", MSH_COLUMN_ADDRESS}, {"详细地址", MSH_COLUMN_ADDRESS},
    {"户籍地", MSH_COLUMN_ADDRESS},   {"居住地", MSH_COLUMN_ADDRESS},
    {"通讯地址", MSH_COLUMN_ADDRESS}, {"低保", MSH_COLUMN_POOR},
    {"特困", MSH_COLUMN_POOR},        {"困难", MSH_COLUMN_POOR},
    {"致贫", MSH_COLUMN_POOR},        {"出生日期", MSH_COLUMN_BIRTH},
    {"出生年月日", MSH_COLUMN_BIRTH}, {"生日", MSH_COLUMN_BIRTH},
    {"姓名", MSH_COLUMN_NAME},        {"户主", MSH_COLUMN_NAME},
    {"监护人", MSH_COLUMN_NAME},      {"持卡人", MSH_COLUMN_NAME},
    {"申请人", MSH_COLUMN_NAME},      {"受助人", MSH_COLUMN_NAME},
    {"家长", MSH_COLUMN_NAME},        {"处室", MSH_COLUMN_OFFICE},
    {"科室", MSH_COLUMN_OFFICE},      {"部门", MSH_COLUMN_OFFICE},
    {"窗口", MSH_COLUMN_OFFICE},      {"机构", MSH_COLUMN_OFFICE},
    {"网点", MSH_COLUMN_OFFICE},      {"职务", MSH_COLUMN_OFFICE},
    {"单位", MSH_COLUMN_OFFICE},      {"公司", MSH_COLUMN_OFFICE},
    {"企业", MSH_COLUMN_OFFICE},      {"供应商", MSH_COLUMN_OFFICE},
    {"投标", MSH_COLUMN_OFFICE},      {"中标", MSH_COLUMN_OFFICE},
    {"项目", MSH_COLUMN_OFFICE},      {"联系人", MSH_COLUMN_OFFICE},
    {"河长", MSH_COLUMN_OFFICE},      {"网格", MSH_COLUMN_OFFICE},
    {"值班", MSH_COLUMN_OFFICE},
};

/* A cell without blanks and quotes, at most `cap` bytes. */
static size_t squeeze(msh_view cell, char *out, size_t cap)
{
    size_t n = 0, len;
    for (size_t at = 0; at < cell.len && n + 4 < cap; at += len) {
        uint32_t cp = msh_chars_at(cell, at, &len);
        if (msh_chars_is_blank(cp) || cp == '"' || cp == '\'' || cp == '=')
            continue;
        memcpy(out + n, cell.data + at, len);
        n += len;
    }
    out[n] = 0;
    return n;
}

msh_column msh_rows_column(msh_view head)
{
    char text[CELL_MOST];
    msh_view v = {(const uint8_t *)text, squeeze(head, text, sizeof text)};
    if (v.len == 0 || msh_chars_count(v) > HEAD_CHARS)
        return MSH_COLUMN_OTHER;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        if (msh_view_find(v, msh_view_str(heads[i].word), 0) != SIZE_MAX)
            return heads[i].column;
    return MSH_COLUMN_OTHER;
}

/* --- cells --------------------------------------------------------------------------------------
 */

/* What parts the cells of a line: tab, |, comma; ' ' for blanks; 0 when it is one cell. */
static uint8_t separator(msh_view line)
{
    static const char signs[] = "\t|,;";
    for (const char *s = signs; *s; s++)
        if (line.len && memchr(line.data, *s, line.len))
            return (uint8_t)*s;
    return line.len && memchr(line.data, ' ', line.len) ? ' ' : 0;
}

/* The next cell at or after *at; false at the end of the line. */
static bool next_cell(msh_view line, size_t *at, uint8_t sign, msh_view *cell)
{
    if (sign == ' ')
        *at = msh_chars_skip_blanks(line, *at);
    if (*at > line.len || (sign == ' ' && *at == line.len))
        return false;
    size_t end = *at;
    bool quoted = false;
    for (; end < line.len && (quoted || line.data[end] != sign); end++)
        if (sign == ',' && line.data[end] == '"')
            quoted = !quoted;
    *cell = msh_view_cut(line, *at, end - *at);
    *at = end + 1;
    return true;
}

/* What a value shows. */
typedef enum shown { SHOWN_NOT, SHOWN_WHOLE, SHOWN_MASKED } shown;

typedef struct value {
    char text[CELL_MOST];
    size_t len, digits, masks, cjk, other;
    bool x_last;
} value;

static void read_value(msh_view cell, value *v)
{
    memset(v, 0, sizeof *v);
    v->len = squeeze(cell, v->text, sizeof v->text);
    msh_view t = {(const uint8_t *)v->text, v->len};
    size_t len;
    for (size_t at = 0; at < v->len; at += len) {
        uint32_t cp = msh_chars_at(t, at, &len);
        v->x_last = false;
        if (msh_chars_is_digit(cp))
            v->digits++;
        else if ((cp == 'x' || cp == 0xD7 || cp == 0x445 || cp == 0x425) && at + len == v->len)
            v->x_last = true;
        else if (msh_chars_is_mask(cp))
            v->masks++;
        else if (msh_chars_is_cjk(cp))
            v->cjk++;
        else if (cp != '-')
            v->other++;
    }
}

static shown shows_id(const value *v)
{
    if (v->masks >= 3)
        return SHOWN_MASKED;
    bool eighteen = v->digits == 18 || (v->digits == 17 && v->x_last);
    return (eighteen || v->digits == 15) && v->cjk == 0 && v->masks == 0 ? SHOWN_WHOLE : SHOWN_NOT;
}

static shown shows_mobile(const value *v)
{
    if (v->masks >= 3 && v->digits > 0)
        return SHOWN_MASKED;
    if (v->digits < 11 || v->digits > 13 || v->cjk > 0)
        return SHOWN_NOT;
    char digits[24];
    size_t n = 0;
    for (size_t i = 0; i < v->len && n < sizeof digits; i++)
        if (v->text[i] >= '0' && v->text[i] <= '9')
            digits[n++] = v->text[i];
    return n >= 11 && msh_digits_mobile(digits + n - 11) ? SHOWN_WHOLE : SHOWN_NOT;
}

static shown shows_bank(const value *v)
{
    if (v->masks >= 3)
        return SHOWN_MASKED;
    return v->digits >= 12 && v->digits <= 21 && v->cjk == 0 ? SHOWN_WHOLE : SHOWN_NOT;
}

/* Down to the house: a number with 号 室 栋 组 …; 乡镇 and 街道 may be published. */
static shown shows_address(const value *v)
{
    static const char *const deep[] = {"号", "室", "栋", "幢", "单元", "组", "弄", "楼", NULL};
    if (v->masks >= 1)
        return SHOWN_MASKED;
    msh_view t = {(const uint8_t *)v->text, v->len};
    return v->cjk >= 4 && v->digits >= 1 && msh_chars_any(t, 0, t.len, deep) ? SHOWN_WHOLE
                                                                             : SHOWN_NOT;
}

static shown shows_birth(const value *v)
{
    if (v->masks >= 1)
        return SHOWN_MASKED;
    msh_view t = {(const uint8_t *)v->text, v->len};
    bool day = msh_view_find(t, MSH_VIEW("日"), 0) != SIZE_MAX;
    return v->digits >= 6 && v->digits <= 8 && (v->digits == 8 || day || v->other >= 2)
               ? SHOWN_WHOLE
               : SHOWN_NOT;
}

/* Numbers of other papers: up to three letters and six digits or more. */
static shown shows_paper(const value *v)
{
    if (v->masks >= 3)
        return SHOWN_MASKED;
    return v->digits >= 6 && v->digits <= 18 && v->other <= 3 && v->cjk <= 2 && v->masks <= 1
               ? SHOWN_WHOLE
               : SHOWN_NOT;
}

static shown shows_plate(const value *v)
{
    if (v->masks >= 2)
        return SHOWN_MASKED;
    size_t signs = v->digits + v->other + v->masks;
    return v->cjk >= 1 && v->cjk <= 2 && signs >= 5 && signs <= 8 && v->digits >= 2 ? SHOWN_WHOLE
                                                                                    : SHOWN_NOT;
}

static shown shows_mail(const value *v)
{
    const char *at = memchr(v->text, '@', v->len);
    if (!at)
        return SHOWN_NOT;
    return v->masks >= 2 ? SHOWN_MASKED : SHOWN_WHOLE;
}

static shown shows(msh_column column, const value *v)
{
    switch (column) {
    case MSH_COLUMN_ID:
        return shows_id(v);
    case MSH_COLUMN_PHONE:
        return shows_mobile(v);
    case MSH_COLUMN_BANK:
        return shows_bank(v);
    case MSH_COLUMN_ADDRESS:
        return shows_address(v);
    case MSH_COLUMN_BIRTH:
        return shows_birth(v);
    case MSH_COLUMN_NAME:
        return v->masks                                        ? SHOWN_MASKED
               : v->cjk >= 2 && v->cjk <= 15 && v->digits == 0 ? SHOWN_WHOLE
                                                               : SHOWN_NOT;
    case MSH_COLUMN_PAPER:
        return shows_paper(v);
    case MSH_COLUMN_PLATE:
        return shows_plate(v);
    case MSH_COLUMN_MAIL:
        return shows_mail(v);
    case MSH_COLUMN_HEALTH:
    case MSH_COLUMN_FAITH:
    case MSH_COLUMN_POOR:
        return v->masks >= 2 ? SHOWN_MASKED : v->cjk >= 1 ? SHOWN_WHOLE : SHOWN_NOT;
    default:
        return SHOWN_NOT;
    }
}

/* --- rows ---------------------------------------------------------------------------------------
 */

/* Columns by place; where blanks part the cells, by what a cell looks like. */
static bool read_row(msh_view line, uint8_t sign, msh_rows *r)
{
    bool seen[MSH_COLUMN_KINDS] = {false}, masked[MSH_COLUMN_KINDS] = {false};
    bool has[MSH_COLUMN_KINDS] = {false};
    for (size_t c = 0; c < r->columns; c++)
        has[r->column[c]] = true;
    size_t at = 0, n = 0, filled = 0;
    msh_view cell;
    for (; n < MSH_COLUMNS_MOST && next_cell(line, &at, sign, &cell); n++) {
        value v;
        read_value(cell, &v);
        filled += v.len > 0;
        for (msh_column k = MSH_COLUMN_NAME; k < MSH_COLUMN_OFFICE; k++) {
            if (!has[k] || (sign != ' ' && (n >= r->columns || r->column[n] != k)))
                continue;
            shown s = shows(k, &v);
            seen[k] |= s == SHOWN_WHOLE;
            masked[k] |= s == SHOWN_MASKED;
        }
    }
    if (filled < 2)
        return false;
    if (sign == ' ' && has[MSH_COLUMN_ADDRESS] && !seen[MSH_COLUMN_ADDRESS]) {
        value v; /* 上坞村 1 组 3 号 */
        read_value(line, &v);
        seen[MSH_COLUMN_ADDRESS] = shows(MSH_COLUMN_ADDRESS, &v) == SHOWN_WHOLE;
    }
    r->rows++;
    for (size_t k = 0; k < MSH_COLUMN_KINDS; k++) {
        r->whole[k] += seen[k];
        r->masked[k] += masked[k];
    }
    return true;
}

static size_t line_end(msh_view t, size_t at)
{
    const uint8_t *p = at < t.len ? memchr(t.data + at, '\n', t.len - at) : NULL;
    return p ? (size_t)(p - t.data) : t.len;
}

/* A sentence with a blank in it is no line of heads. */
static bool is_prose(msh_view line)
{
    msh_view cell;
    for (size_t at = 0; next_cell(line, &at, ' ', &cell);)
        if (msh_chars_count(cell) > HEAD_CHARS)
            return true;
    return false;
}

/* Where blanks part the cells a head may have blanks inside ("姓  名"): all heads of the line that
 * are not known yet; how many of them count. */
static size_t read_blank_heads(msh_view line, msh_rows *r)
{
    if (is_prose(line))
        return 0;
    char text[2 * CELL_MOST];
    bool seen[MSH_COLUMN_KINDS] = {false};
    for (size_t c = 0; c < r->columns; c++)
        seen[r->column[c]] = true;
    size_t named = 0;
    msh_view v = {(const uint8_t *)text, squeeze(line, text, sizeof text)};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        msh_column k = heads[i].column;
        if (seen[k] || msh_view_find(v, msh_view_str(heads[i].word), 0) == SIZE_MAX)
            continue;
        seen[k] = true;
        named += k != MSH_COLUMN_OFFICE;
        r->column[r->columns++] = k;
    }
    return named;
}

/* In text taken from a page the line of heads may be broken: "序号 姓名", an empty line, "家庭住址
 * 联系电话". Takes what follows as long as it is heads; returns how many count. */
static size_t read_broken_heads(msh_view t, msh_rows *r)
{
    size_t named = 0;
    for (unsigned n = 0; n < HEAD_LINES && r->head_end + 1 < t.len; n++) {
        size_t start = r->head_end + 1, end = line_end(t, start);
        msh_view line = msh_view_cut(t, start, end - start);
        bool digit = false;
        for (size_t i = 0; i < line.len; i++)
            digit |= msh_chars_is_digit(line.data[i]);
        if (line.len > 0) {
            uint8_t sign = separator(line);
            size_t more = digit || (sign && sign != ' ') ? 0 : read_blank_heads(line, r);
            if (more == 0)
                break;
            named += more;
        }
        r->head_end = r->end = end;
    }
    return named;
}

static size_t read_heads(msh_view line, uint8_t sign, msh_rows *r)
{
    if (sign == ' ')
        return read_blank_heads(line, r);
    size_t at = 0, named = 0;
    msh_view cell;
    bool seen[MSH_COLUMN_KINDS] = {false};
    while (r->columns < MSH_COLUMNS_MOST && next_cell(line, &at, sign, &cell)) {
        msh_column k = msh_rows_column(cell);
        r->column[r->columns++] = k;
        if (k != MSH_COLUMN_OTHER && k != MSH_COLUMN_OFFICE && !seen[k])
            named++;
        seen[k] = true;
    }
    return named;
}

void msh_rows_go_on(msh_view folded, size_t at, bool more, msh_rows *r)
{
    for (; at < folded.len && r->gap <= GAP_LINES;) {
        size_t end = line_end(folded, at);
        if (more && end == folded.len)
            break;
        msh_view line = msh_view_cut(folded, at, end - at);
        if (separator(line) == r->sign && read_row(line, r->sign, r)) {
            r->gap = 0;
            r->end = end;
        } else if (line.len > 0 || r->sign != ' ') {
            r->gap++;
        }
        at = end + 1;
    }
    r->next = at < folded.len ? at : folded.len;
    r->open = more && r->gap <= GAP_LINES;
}

bool msh_rows_read(msh_view folded, size_t head, size_t head_end, bool more, msh_rows *out)
{
    memset(out, 0, sizeof *out);
    out->head = head;
    out->head_end = out->end = head_end;
    msh_view line = msh_view_cut(folded, head, head_end - head);
    out->sign = separator(line);
    if (more && head_end == folded.len)
        return false;
    if (out->sign == 0) /* one head alone on its line */
        out->sign = ' ';
    size_t named = read_heads(line, out->sign, out);
    if (out->sign == ' ' && named == 1)
        named += read_broken_heads(folded, out);
    if (named < 2)
        return false;
    msh_rows_go_on(folded, out->head_end + 1, more, out);
    return true;
}
