/* utf8_lanes.h: a first check of UTF-8 by many bytes at once. */
#ifndef MSH_BASE_UTF8_LANES_H
#define MSH_BASE_UTF8_LANES_H

#include <mishen/types.h>

/* So many bytes of v are certainly whole well-formed characters; what stands behind them is to be
 * looked at, and begins a character if all before it is well formed. 0 where the processor cannot.
 */
size_t msh_utf8_lanes(msh_view v);

#endif
