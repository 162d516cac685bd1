/* xps.h: fixed pages of XPS and OpenXPS (ECMA-388 §12). */
#ifndef MSH_EXTRACT_XPS_H
#define MSH_EXTRACT_XPS_H

#include "extract/extract.h"

/* Reads a FixedPage: glyph runs by their place, names, targets and all else beside. */
MSH_MUST_CHECK msh_err msh_xps_read(msh_extract *x, const msh_doc *doc, const msh_place *place,
                                    msh_view bytes);

#endif
