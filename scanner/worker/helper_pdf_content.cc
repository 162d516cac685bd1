/* helper_pdf_content.cc: text out of a content stream that no page shows (domain.md section 6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later (helper_pdf.LICENSE)
 * Appearances of hidden annotations, leftovers of older revisions, unused forms. Reads operands of
 * text operators with the fonts that poppler makes of the font dictionaries; draws nothing. */
#include "worker/helper_pdf.hh"

#include <GfxFont.h>
#include <Parser.h>
#include <Stream.h>
#include <XRef.h>

#include <cmath>
#include <cstring>
#include <memory>

namespace pdf
{

static const size_t MOST_OPERANDS = 64;
static const unsigned OPERATORS_PER_CLOCK = 4096;

bool is_content(const std::string &bytes)
{
    auto has = [&](const char *word) {
        return memmem(bytes.data(), bytes.size(), word, strlen(word)) != nullptr;
    };
    return has("BT") && (has("Tj") || has("TJ") || has("Tf"));
}

namespace
{

class Content
{
  public:
    Content(XRef *xrefA, const Fonts &fontsA, unsigned variantA)
        : xref(xrefA), fonts(fontsA), variant(variantA)
    {
    }
    void run(const std::string &bytes, Report &report);
    ContentText out;

  private:
    void operate(const char *op);
    void set_font(const std::string &name);
    void show(const Object &o);
    void show_string(const std::string &s);
    void show_unknown(const std::string &s);
    void line();
    double number(size_t i) const;

    XRef *xref;
    const Fonts &fonts;
    unsigned variant;
    std::vector<Object> operands;
    std::map<std::string, std::shared_ptr<GfxFont>> made;
    std::shared_ptr<GfxFont> font;
    double y = 0;
};

void Content::line()
{
    if (!out.text.empty() && out.text.back() != '\n')
        out.text += '\n';
    if (!out.unknown.empty() && out.unknown.back() != '\n')
        out.unknown += '\n';
}

double Content::number(size_t i) const
{
    return i < operands.size() && operands[i].isNum() ? operands[i].getNum() : 0;
}

void Content::set_font(const std::string &name)
{
    auto done = made.find(name);
    if (done != made.end()) {
        font = done->second;
        return;
    }
    font.reset();
    auto found = fonts.find(name);
    if (found != fonts.end() && xref) {
        Ref ref = found->second[variant % found->second.size()];
        Object dict = xref->fetch(ref);
        if (dict.isDict())
            font = GfxFont::makeFont(xref, name.c_str(), ref, dict.getDict());
        if (font && !font->isOk())
            font.reset();
    }
    made[name] = font;
}

/* No font: UTF-16 as the common CMaps have it when it can be that, and the bytes as they are. */
void Content::show_unknown(const std::string &s)
{
    out.unknown += s;
    bool wide = s.size() >= 2 && s.size() % 2 == 0;
    std::string utf8;
    for (size_t i = 0; wide && i + 1 < s.size(); i += 2) {
        uint32_t cp = static_cast<unsigned char>(s[i]) << 8U | static_cast<unsigned char>(s[i + 1]);
        wide = (cp >= 0x20 && cp < 0x7F) || (cp >= 0x2000 && cp < 0xD800) || cp >= 0xF900;
        put_utf8(utf8, cp);
    }
    if (wide)
        out.text += utf8;
}

void Content::show_string(const std::string &s)
{
    if (!font) {
        show_unknown(s);
        return;
    }
    const char *at = s.data();
    int left = static_cast<int>(s.size());
    while (left > 0) {
        CharCode code;
        const Unicode *u = nullptr;
        int n = 0;
        double dx, dy, ox, oy;
        int used = font->getNextChar(at, left, &code, &u, &n, &dx, &dy, &ox, &oy);
        if (used <= 0)
            break;
        out.characters++;
        if (n <= 0) {
            out.unmapped++;
            put_utf8(out.text, 0xFFFD);
        }
        for (int i = 0; i < n; i++)
            put_utf8(out.text, u[i]);
        at += used;
        left -= used;
    }
}

void Content::show(const Object &o)
{
    if (o.isString())
        show_string(o.getString()->toStr());
    else if (o.isHexString())
        show_string(o.getHexString()->toStr());
    else if (o.isNum() && o.getNum() < -250 && !out.text.empty())
        out.text += ' ';
}

void Content::operate(const char *op)
{
    size_t n = operands.size();
    if (strcmp(op, "Tf") == 0 && n >= 2 && operands[n - 2].isName()) {
        set_font(operands[n - 2].getName());
    } else if (strcmp(op, "TJ") == 0 && n && operands[n - 1].isArray()) {
        for (int i = 0; i < operands[n - 1].arrayGetLength(); i++)
            show(operands[n - 1].arrayGetNF(i));
    } else if (strcmp(op, "Tj") == 0 && n) {
        show(operands[n - 1]);
    } else if ((strcmp(op, "'") == 0 || strcmp(op, "\"") == 0) && n) {
        line();
        show(operands[n - 1]);
    } else if (strcmp(op, "T*") == 0) {
        line();
    } else if (strcmp(op, "Td") == 0 || strcmp(op, "TD") == 0) {
        if (std::fabs(number(1)) > 0)
            line();
        y += number(1);
    } else if (strcmp(op, "Tm") == 0) {
        if (std::fabs(number(5) - y) > 0)
            line();
        y = number(5);
    } else if (strcmp(op, "BT") == 0) {
        y = 0;
    }
}

/* Data of an inline image: up to EI between blanks. */
void skip_image(Stream *s)
{
    int a = ' ', b = ' ', c;
    while ((c = s->getChar()) != EOF) {
        if (a <= ' ' && b == 'E' && c == 'I' && s->lookChar() <= ' ')
            return;
        a = b;
        b = c;
    }
}

void Content::run(const std::string &bytes, Report &report)
{
    auto *stream =
        new MemStream(bytes.data(), 0, static_cast<Goffset>(bytes.size()), Object(objNull));
    Parser parser(xref, stream, false);
    unsigned ops = 0;
    for (;;) {
        Object o = parser.getObj();
        if (o.isEOF() || (++ops % OPERATORS_PER_CLOCK == 0 && report.late()))
            break;
        if (!o.isCmd()) {
            if (operands.size() == MOST_OPERANDS) /* the last ones count */
                operands.erase(operands.begin(), operands.begin() + MOST_OPERANDS / 2);
            operands.push_back(std::move(o));
            continue;
        }
        if (o.isCmd("ID"))
            skip_image(parser.getStream());
        operate(o.getCmd());
        operands.clear();
    }
}

} // namespace

ContentText content_text(XRef *xref, const std::string &bytes, const Fonts &fonts, unsigned variant,
                         Report &report)
{
    Content c(xref, fonts, variant);
    c.run(bytes, report);
    return std::move(c.out);
}

} // namespace pdf
