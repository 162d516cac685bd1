/* formats.c: the table of formats, made from formats.def. */
#include "extract/extract.h"

#define MSH_FORMAT(name, library) extern const msh_format msh_format_##name;
#include "extract/formats.def"
#undef MSH_FORMAT

static const msh_format *const rows[] = {
#define MSH_FORMAT(name, library) &msh_format_##name,
#include "extract/formats.def"
#undef MSH_FORMAT
};

const msh_format *const *msh_formats(size_t *n)
{
    *n = sizeof rows / sizeof rows[0];
    return rows;
}
