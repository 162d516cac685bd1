/* where.h: where the program's own parts are: helper programs and shipped rules.
 *
 * Found from the place of the running program, so that an installation can be moved and a fresh
 * build is whole without being installed: below a build's program lies libexec/ with its helpers,
 * two folders above it the source tree's rules/; an installed bin/mishen has ../libexec/mishen and
 * ../share/mishen/rules. For a program of others the same is looked for from the place of
 * libmishen.so, which may lie one folder deeper (lib/x86_64-linux-gnu). */
#ifndef MSH_SCAN_WHERE_H
#define MSH_SCAN_WHERE_H

#include <mishen/scan.h>

enum { MSH_WHERE_PATH = 4096 }; /* MSH_SELF_PATH */

/* Folder of mishen-pdf and mishen-ocr; options->libexec goes first. */
void msh_where_libexec(const msh_options *options, char out[MSH_WHERE_PATH]);
/* Folder of the shipped rule packs; options->data goes first. */
void msh_where_rules(const msh_options *options, char out[MSH_WHERE_PATH]);

#endif
