/* book.h: the register of a unit out of its verified log, for sheets on paper. */
#ifndef MSH_SCAN_BOOK_H
#define MSH_SCAN_BOOK_H

#include "ledger/approved.h"
#include "report/book.h"

#include <mishen/scan.h>

/* Verifies the log, reads its decisions, publications and scans. year: of the figures that people
 * entered, NULL = none. holidays: a file, NULL = STATE/holidays if it is there. MSH_E_EVIDENCE when
 * the log does not verify. To be disposed of also after an error. */
MSH_MUST_CHECK msh_err msh_book_load(const msh_options *options, const char *year,
                                     const char *holidays, msh_book *b, msh_error *why);
void msh_book_dispose(msh_book *b);

/* A record of type figures: when a person signed it who may, its figures of the year are taken over
 * into the book. A note that is not in order is passed over: the figure stays "not entered". */
MSH_MUST_CHECK msh_err msh_figures_take(msh_book *b, const char *state, const msh_approved *a,
                                        const char *year, uint64_t n, msh_view body);

#endif
