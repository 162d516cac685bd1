/* canon.h: whether bytes are exactly what RFC 8785 writes for their value, seen in one pass.
 *
 * The same answer as reading with MSH_JSON_LOG, writing canonically and comparing, without
 * building anything: a verifier runs it over millions of lines. */
#ifndef MSH_LEDGER_CANON_H
#define MSH_LEDGER_CANON_H

#include <mishen/types.h>

/* One canonical value beginning at `at`; returns where it ends, SIZE_MAX when it is not canonical.
 * The whole view must be well-formed UTF-8 already. */
size_t msh_canon_value(msh_view v, size_t at);
/* All of v is one canonical value (checks UTF-8 too). */
bool msh_canon_is(msh_view v);

#endif
