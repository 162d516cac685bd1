/* html.c: pieces of HTML and the charts. */
#include "report/html.h"

#include "base/escape.h"
#include "base/view.h"
#include "report/place.h"

#include <inttypes.h>

enum { WIDE = 540, LABEL = 150, NUMBER = 60, ROW = 30, LABEL_COLUMNS = 20, TREND_MOST = 24 };

void msh_html_begin(msh_buf *out, msh_lang lang, const char *css, msh_view title)
{
    msh_buf_printf(out,
                   "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
                   "style-src 'unsafe-inline';form-action 'none';base-uri 'none'\">\n"
                   "<meta name=\"generator\" content=\"mishen\">\n"
                   "<meta name=\"robots\" content=\"noindex\">\n"
                   "<meta name=\"color-scheme\" content=\"light\">\n<title>",
                   lang == MSH_LANG_EN ? "en" : "zh-CN");
    msh_html_text(out, title);
    msh_buf_put_str(out, "</title>\n<style>\n");
    msh_buf_put_str(out, css);
    msh_buf_put_str(out, "</style>\n</head>\n<body>\n");
}

void msh_html_text(msh_buf *out, msh_view text)
{
    msh_escape_html(out, text);
}

void msh_html_say(msh_buf *out, msh_message m, msh_lang lang)
{
    msh_escape_html(out, msh_view_str(msh_say(m, lang)));
}

void msh_html_say_n(msh_buf *out, msh_message m, msh_lang lang, uint64_t n, const char *a)
{
    msh_buf b;
    msh_buf_init(&b, 64 << 10);
    msh_say_put(&b, m, lang, n, a, NULL);
    msh_escape_html(out, msh_buf_view(&b));
    msh_say_carry(out, &b);
    msh_buf_dispose(&b);
}

char msh_html_class(msh_verdict v)
{
    static const char classes[] = {'p', 'r', 'n', 'b'};
    return classes[(unsigned)v < 4 ? v : MSH_VERDICT_NOT_INSPECTED];
}

char msh_html_class_of_tier(msh_tier t)
{
    return t == MSH_TIER_BLOCK ? 'b' : t == MSH_TIER_REVIEW ? 'r' : 'i';
}

void msh_html_pill(msh_buf *out, char class, const char *text)
{
    msh_buf_printf(out, "<span class=\"pill %c\">%s</span>", class, text);
}

/* --- charts --------------------------------------------------------------------------------------
 */

/* As much of a label as fits in so many columns; whole characters. */
static void put_label(msh_buf *out, msh_view label, size_t columns)
{
    size_t end = 0;
    if (msh_text_width(label) <= columns) {
        msh_html_text(out, label);
        return;
    }
    while (end < label.len) {
        size_t next = end + 1;
        while (next < label.len && (label.data[next] & 0xC0) == 0x80)
            next++;
        if (msh_text_width(msh_view_cut(label, 0, next)) > columns - 1)
            break;
        end = next;
    }
    msh_html_text(out, msh_view_cut(label, 0, end));
    msh_buf_put_str(out, "…");
}

static uint64_t total(const uint64_t n[4])
{
    return n[0] + n[1] + n[2] + n[3];
}

static void svg_begin(msh_buf *out, const char *title, size_t height)
{
    msh_buf_printf(out, "<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"", WIDE, height);
    msh_html_text(out, msh_view_str(title));
    msh_buf_put_str(out, "\">");
}

/* Width of n of `most` in `wide` units; what is there is seen. */
static uint64_t scaled(uint64_t n, uint64_t most, uint64_t wide)
{
    if (n == 0 || most == 0)
        return 0;
    double w = (double)n / (double)most * (double)wide;
    return w < 2 ? 2 : (uint64_t)w;
}

void msh_chart_bars(msh_buf *out, const char *title, const msh_chart_row *rows, size_t n,
                    const char classes[5])
{
    uint64_t most = 1;
    for (size_t i = 0; i < n; i++)
        if (total(rows[i].n) > most)
            most = total(rows[i].n);
    svg_begin(out, title, n * ROW);
    for (size_t i = 0; i < n; i++) {
        size_t y = i * ROW;
        uint64_t x = LABEL + 10;
        msh_buf_printf(out, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\">", LABEL, y + 20);
        put_label(out, rows[i].label, LABEL_COLUMNS);
        msh_buf_put_str(out, "</text>");
        for (size_t k = 0; k < 4; k++) {
            uint64_t w = scaled(rows[i].n[k], most, WIDE - LABEL - NUMBER - 20);
            if (w)
                msh_buf_printf(out,
                               "<rect class=\"f%c\" x=\"%" PRIu64 "\" y=\"%zu\" width=\"%" PRIu64
                               "\" height=\"18\"/>",
                               classes[k], x, y + 6, w);
            x += w;
        }
        msh_buf_printf(out, "<text class=\"num\" x=\"%" PRIu64 "\" y=\"%zu\">%" PRIu64 "</text>",
                       x + 6, y + 20, total(rows[i].n));
    }
    msh_buf_put_str(out, "</svg>\n");
}

static uint64_t not_passed(const msh_report_past *p)
{
    return p->verdicts[MSH_VERDICT_BLOCK] + p->verdicts[MSH_VERDICT_NOT_INSPECTED] +
           p->verdicts[MSH_VERDICT_REVIEW];
}

static void trend_column(msh_buf *out, const msh_report_past *p, uint64_t most, size_t x, size_t w)
{
    enum { BASE = 190, HIGH = 150 };
    uint64_t y = BASE;
    static const msh_verdict order[] = {MSH_VERDICT_BLOCK, MSH_VERDICT_NOT_INSPECTED,
                                        MSH_VERDICT_REVIEW};
    for (size_t i = 0; i < 3; i++) {
        uint64_t h = scaled(p->verdicts[order[i]], most, HIGH);
        y -= h;
        if (h)
            msh_buf_printf(out,
                           "<rect class=\"f%c\" x=\"%zu\" y=\"%" PRIu64 "\" width=\"%zu\" "
                           "height=\"%" PRIu64 "\"/>",
                           msh_html_class(order[i]), x, y, w, h);
    }
    msh_buf_printf(out,
                   "<text class=\"num\" x=\"%zu\" y=\"%" PRIu64 "\" text-anchor=\"middle\">%" PRIu64
                   "</text>",
                   x + w / 2, y - 5, not_passed(p));
}

void msh_chart_trend(msh_buf *out, const char *title, const msh_report_past *runs, size_t n,
                     msh_lang lang)
{
    char when[MSH_SAY_TIME];
    uint64_t most = 1;
    if (n > TREND_MOST) {
        runs += n - TREND_MOST;
        n = TREND_MOST;
    }
    size_t step = n ? WIDE / n : WIDE, w = step > 60 ? 44 : step * 7 / 10;
    size_t every = (n + 8) / 9;
    bool one_day = n > 0 && strncmp(runs[0].started, runs[n - 1].started, 10) == 0;
    for (size_t i = 0; i < n; i++)
        if (not_passed(&runs[i]) > most)
            most = not_passed(&runs[i]);
    svg_begin(out, title, 215);
    msh_buf_printf(out, "<path class=\"fl\" d=\"M0 190.5H%d\"/>", WIDE);
    for (size_t i = 0; i < n; i++) {
        size_t x = i * step + (step - w) / 2;
        trend_column(out, &runs[i], most, x, w);
        msh_say_time(runs[i].started, lang, when);
        if ((n - 1 - i) % every == 0)
            msh_buf_printf(out,
                           "<text class=\"dim\" x=\"%zu\" y=\"208\" "
                           "text-anchor=\"middle\">%.5s</text>",
                           x + w / 2, strlen(when) > 16 ? when + (one_day ? 11 : 5) : "");
    }
    msh_buf_put_str(out, "</svg>\n");
}
