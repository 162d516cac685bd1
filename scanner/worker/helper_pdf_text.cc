/* helper_pdf_text.cc: glyphs in three orders, and strings of dictionaries (extraction.md section
 * 2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later (helper_pdf.LICENSE)
 * A mark may be drawn out of order, letter by letter, or downwards: what lies side by side is
 * read side by side whatever the order in which it was drawn. */
#include "worker/helper_pdf.hh"

#include <algorithm>
#include <cmath>

namespace pdf
{

void put_utf8(std::string &out, uint32_t cp)
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
        cp = 0xFFFD;
    if (cp < 0x80) {
        out += static_cast<char>(cp);
    } else if (cp < 0x800) {
        out += static_cast<char>(0xC0 | cp >> 6);
        out += static_cast<char>(0x80 | (cp & 0x3F));
    } else if (cp < 0x10000) {
        out += static_cast<char>(0xE0 | cp >> 12);
        out += static_cast<char>(0x80 | (cp >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (cp & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | cp >> 18);
        out += static_cast<char>(0x80 | (cp >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (cp >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (cp & 0x3F));
    }
}

std::string squeeze(const std::string &utf8)
{
    std::string out;
    out.reserve(utf8.size());
    for (char c : utf8) {
        if (static_cast<unsigned char>(c) > ' ')
            out += c;
    }
    return out;
}

/* --- orders ----------------------------------------------------------------------------------- */

static bool is_wide(uint32_t cp)
{
    return cp >= 0x2E80 && cp < 0xFFEF && !(cp >= 0xD800 && cp < 0xF900);
}

static void put_glyph(std::string &out, const Glyph &g)
{
    put_utf8(out, g.cp ? g.cp : 0xFFFD);
}

static float larger(const Glyph &a, const Glyph &b)
{
    return std::max(1.0F, std::max(a.size, b.size));
}

/* What stands between two glyphs that follow each other on one line. */
static void put_gap(std::string &out, const Glyph &a, const Glyph &b)
{
    float gap = b.x - a.end, size = larger(a, b);
    bool wide = is_wide(a.cp) && is_wide(b.cp);
    if (gap > size * (wide ? 1.5F : 0.2F))
        out += ' ';
    if (gap > size * 8)
        out += '\t';
}

std::string in_drawn_order(const std::vector<Glyph> &glyphs)
{
    std::string out;
    for (size_t i = 0; i < glyphs.size(); i++) {
        if (i) {
            const Glyph &a = glyphs[i - 1], &b = glyphs[i];
            if (std::fabs(b.y - a.y) > 0.6F * larger(a, b))
                out += '\n';
            else
                put_gap(out, a, b);
        }
        put_glyph(out, glyphs[i]);
    }
    return out;
}

/* Lines: glyphs whose baselines are close, from left to right; lines from top to bottom. */
static std::vector<std::vector<Glyph>> group_lines(std::vector<Glyph> glyphs)
{
    std::stable_sort(glyphs.begin(), glyphs.end(),
                     [](const Glyph &a, const Glyph &b) { return a.y < b.y; });
    std::vector<std::vector<Glyph>> lines;
    for (const Glyph &g : glyphs) {
        if (lines.empty() || g.y - lines.back().front().y > 0.4F * larger(g, lines.back().front()))
            lines.emplace_back();
        lines.back().push_back(g);
    }
    for (auto &line : lines)
        std::stable_sort(line.begin(), line.end(),
                         [](const Glyph &a, const Glyph &b) { return a.x < b.x; });
    return lines;
}

static std::vector<Glyph> visible(const std::vector<Glyph> &glyphs)
{
    std::vector<Glyph> out;
    out.reserve(glyphs.size());
    for (const Glyph &g : glyphs) {
        if (std::isfinite(g.x) && std::isfinite(g.y) && std::isfinite(g.end) &&
            std::isfinite(g.size) && g.cp != ' ' && g.cp != 0xA0 && g.cp != 0x3000)
            out.push_back(g);
    }
    return out;
}

std::string in_lines(const std::vector<Glyph> &glyphs)
{
    std::string out;
    for (const auto &line : group_lines(visible(glyphs))) {
        for (size_t i = 0; i < line.size(); i++) {
            if (i)
                put_gap(out, line[i - 1], line[i]);
            put_glyph(out, line[i]);
        }
        out += '\n';
    }
    return out;
}

/* b stands right below a. */
static bool is_below(const Glyph &a, const Glyph &b)
{
    float size = larger(a, b), step = b.y - a.y;
    return std::fabs(b.x - a.x) < 0.5F * size && step > 0.5F * size && step < 3 * size;
}

static void put_columns(std::string &out, const std::vector<Glyph> &glyphs)
{
    for (size_t from = 0, i = 1; i <= glyphs.size(); i++) {
        if (i < glyphs.size() && is_below(glyphs[i - 1], glyphs[i]))
            continue;
        if (i - from >= 2) {
            for (size_t k = from; k < i; k++)
                put_glyph(out, glyphs[k]);
            out += '\n';
        }
        from = i;
    }
}

std::string in_columns(const std::vector<Glyph> &glyphs)
{
    std::string out;
    std::vector<Glyph> seen = visible(glyphs), alone;
    put_columns(out, seen); /* drawn downwards */
    for (const auto &line : group_lines(seen)) {
        for (size_t i = 0; i < line.size(); i++) {
            bool left = i == 0 || line[i].x - line[i - 1].end > 0.8F * line[i].size;
            bool right = i + 1 == line.size() || line[i + 1].x - line[i].end > 0.8F * line[i].size;
            if (left && right)
                alone.push_back(line[i]);
        }
    }
    std::stable_sort(alone.begin(), alone.end(), [](const Glyph &a, const Glyph &b) {
        float ka = std::floor(a.x / std::max(4.0F, a.size));
        float kb = std::floor(b.x / std::max(4.0F, b.size));
        return ka != kb ? ka < kb : a.y < b.y;
    });
    std::string stacked;
    put_columns(stacked, alone);
    return stacked == out ? out : out + stacked;
}

/* --- strings ---------------------------------------------------------------------------------- */

static void from_utf16(const std::string &raw, size_t at, bool big, std::string &out)
{
    auto unit = [&](size_t i) -> uint32_t {
        auto a = static_cast<unsigned char>(raw[i]), b = static_cast<unsigned char>(raw[i + 1]);
        return big ? a << 8U | b : b << 8U | a;
    };
    bool escape = false; /* ESC language ESC (7.9.2.2) */
    for (; at + 1 < raw.size(); at += 2) {
        uint32_t cp = unit(at);
        if (cp >= 0xD800 && cp < 0xDC00 && at + 3 < raw.size()) {
            uint32_t low = unit(at + 2);
            if (low >= 0xDC00 && low < 0xE000) {
                cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
                at += 2;
            }
        }
        if (cp == 0x1B)
            escape = !escape;
        else if (!escape && cp != 0)
            put_utf8(out, cp);
    }
    if (escape) /* never closed: nothing may hide behind it */
        put_utf8(out, 0xFFFD);
}

/* UTF-16 without a mark: every second byte of Latin text is zero. */
static bool looks_utf16(const std::string &raw, bool big)
{
    size_t zeros = 0;
    if (raw.size() < 4 || raw.size() % 2)
        return false;
    for (size_t i = big ? 0 : 1; i < raw.size(); i += 2)
        zeros += raw[i] == '\0';
    return zeros * 4 >= raw.size();
}

Kind read_string(const std::string &raw, std::string &out)
{
    out.clear();
    size_t control = 0, high = 0;
    if (raw.size() >= 2 && raw.compare(0, 2, "\xFE\xFF") == 0) {
        from_utf16(raw, 2, true, out);
        return out.empty() ? Kind::Empty : Kind::Text;
    }
    if (raw.size() >= 2 && raw.compare(0, 2, "\xFF\xFE") == 0) {
        from_utf16(raw, 2, false, out);
        return out.empty() ? Kind::Empty : Kind::Text;
    }
    for (bool big : {true, false}) {
        if (looks_utf16(raw, big)) {
            from_utf16(raw, 0, big, out);
            return Kind::Text;
        }
    }
    size_t from = raw.compare(0, 3, "\xEF\xBB\xBF") == 0 ? 3 : 0;
    for (size_t i = from; i < raw.size(); i++) {
        auto c = static_cast<unsigned char>(raw[i]);
        control += (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
        high += c >= 0x80;
    }
    if (raw.size() == from)
        return Kind::Empty;
    if (control * 8 > raw.size())
        return Kind::Binary;
    out = raw.substr(from);
    return high ? Kind::Unknown : Kind::Text;
}

} // namespace pdf
