/* qr.c: two rows of modules in one line of characters, dark on light as paper wants it. */
#include "report/qr.h"

#include "base/err.h"
#include "base/view.h"

#ifdef MSH_HAVE_QRENCODE
#include <qrencode.h>

enum { QUIET = 2 };

static bool dark(const QRcode *q, int x, int y)
{
    if (x < 0 || y < 0 || x >= q->width || y >= q->width)
        return false;
    return q->data[y * q->width + x] & 1;
}

msh_err msh_qr_put(msh_buf *out, msh_view text)
{
    static const char *const halves[] = {" ", "▀", "▄", "█"};
    QRcode *q =
        text.len <= 2000 ? QRcode_encodeData((int)text.len, text.data, 0, QR_ECLEVEL_M) : NULL;
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
#else
msh_err msh_qr_put(msh_buf *out, msh_view text)
{
    (void)out;
    (void)text;
    return MSH_E_NO_LIBRARY;
}
#endif
