/* verdict.h: the one place where a verdict is formed (product.md section 3). */
#ifndef MSH_SCAN_VERDICT_H
#define MSH_SCAN_VERDICT_H

#include <mishen/scan.h>

/* worst: the gravest tier found, 0 for none. whole: no outcome says that something was not read.
 * optical: pictures whose reading yielded next to nothing although they look like pages. */
msh_verdict msh_verdict_of(msh_tier worst, bool whole, bool optical_page);

/* Exit code of a run from its counts. found: an item reached the tier of --fail-on. */
int msh_verdict_exit(uint64_t items, bool complete, bool found);

#endif
