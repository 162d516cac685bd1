/* regex_parts.h: the parts of an expression that can be dropped by themselves: an alternative, a
 * look-around, an optional group, flags. For mutate.c. */
#ifndef MSH_RULE_REGEX_PARTS_H
#define MSH_RULE_REGEX_PARTS_H

#include <mishen/types.h>

enum { MSH_REGEX_PARTS = 256 };

typedef struct msh_regex_part {
    size_t start, end;
} msh_regex_part;

typedef struct msh_regex_parts {
    size_t n;
    msh_regex_part part[MSH_REGEX_PARTS];
} msh_regex_parts;

/* Never fails; parts past MSH_REGEX_PARTS are left out. */
void msh_regex_parts_of(msh_view pattern, msh_regex_parts *out);

#endif
