/* qr.h: a text as a QR code (ISO/IEC 18004) for paper; the door to libqrencode. */
#ifndef MSH_REPORT_QR_H
#define MSH_REPORT_QR_H

#include "base/buf.h"

/* Of half blocks: lines of UTF-8. MSH_E_NO_LIBRARY where the library was absent at build time,
 * MSH_E_UNSUPPORTED when the text is too long. */
MSH_MUST_CHECK msh_err msh_qr_put(msh_buf *out, msh_view text);
/* The same as an <svg> of HTML; label: what it is called for those who do not see it, plain text.
 */
MSH_MUST_CHECK msh_err msh_qr_svg(msh_buf *out, msh_view text, const char *label);

#endif
