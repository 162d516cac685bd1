/* qr.c: two rows of modules in one line of characters, dark on light as paper wants it. */
#include "report/qr.h"

#include "base/err.h"
#include "base/view.h"

#ifdef MSH_HAVE_QRENCODE
#include <qrencode.h>

enum { QUIET = 2, QUIET_PAPER = 4 }; /* modules; the standard wants four */

static bool dark(const QRcode *q, int x, int y)
{
    if (x < 0 || y < 0 || x >= q->width || y >= q->width)
        return false;
    return q->data[y * q->width + x] & 1;
}

static QRcode *encode(msh_view text)
{
    return text.len <= 2000 ? QRcode_encodeData((int)text.len, text.data, 0, QR_ECLEVEL_M) : NULL;
}

msh_err msh_qr_put(msh_buf *out, msh_view text)
{
    static const char *const halves[] = {" ", "▀", "▄", "█"};
    QRcode *q = encode(text);
    if (!q)
        return MSH_E_UNSUPPORTED;
    for (int y = -QUIET; y < q->width + QUIET; y += 2) {
        for (int x = -QUIET; x < q->width + QUIET; x++)
            msh_buf_put_str(out, halves[dark(q, x, y) + 2 * dark(q, x, y + 1)]);
        msh_buf_put_byte(out, '\n');
    }
    QRcode_free(q);
    return msh_buf_err(out);
}

/* Runs of dark modules of a row are one piece of the path. */
msh_err msh_qr_svg(msh_buf *out, msh_view text, const char *label)
{
    QRcode *q = encode(text);
    if (!q)
        return MSH_E_UNSUPPORTED;
    msh_buf_printf(out,
                   "<svg class=qr viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\" "
                   "role=\"img\" aria-label=\"%s\"><path d=\"",
                   q->width + 2 * QUIET_PAPER, q->width + 2 * QUIET_PAPER, label);
    for (int y = 0; y < q->width; y++)
        for (int x = 0, n; x < q->width; x += n + 1) {
            for (n = 0; dark(q, x + n, y);)
                n++;
            if (n)
                msh_buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET_PAPER, y + QUIET_PAPER, n, n);
        }
    msh_buf_put_str(out, "\"/></svg>");
    QRcode_free(q);
    return msh_buf_err(out);
}
#else
msh_err msh_qr_svg(msh_buf *out, msh_view text, const char *label)
{
    (void)label;
    return msh_qr_put(out, text);
}

msh_err msh_qr_put(msh_buf *out, msh_view text)
{
    (void)out;
    (void)text;
    return MSH_E_NO_LIBRARY;
}
#endif
