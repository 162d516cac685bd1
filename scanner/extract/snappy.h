/* snappy.h: blocks of the Snappy format (google/snappy, format_description.txt), as iWork has them.
 */
#ifndef MSH_EXTRACT_SNAPPY_H
#define MSH_EXTRACT_SNAPPY_H

#include "base/buf.h"

/* Appends what a block holds, never more than it declares nor than out's ceiling. False when the
 * block is broken; what was decoded before stays in out. */
bool msh_snappy_block(msh_view block, msh_buf *out);

#endif
