/* tar_extras.h: extended headers of a tar. */
#ifndef MSH_EXTRACT_TAR_EXTRAS_H
#define MSH_EXTRACT_TAR_EXTRAS_H

#include "extract/extract.h"

/* Sweeps the pax headers ('x', 'g') of an uncompressed tar: role raw. What is no tar, or is out of
 * step, has none: the members' reader reports that. */
MSH_MUST_CHECK msh_err msh_tar_extras(msh_extract *x, const msh_doc *doc);

#endif
