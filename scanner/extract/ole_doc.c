/* ole_doc.c: Word ([MS-DOC]). */
#include "extract/ole.h"

static int probe(const msh_ole *o)
{
    return msh_ole_find(o, "WordDocument") >= 0 ? 80 : 0;
}

static msh_err read(msh_ole *o)
{
    (void)o;
    return MSH_E_UNSUPPORTED;
}

const msh_ole_app msh_ole_doc = {.name = "doc", .probe = probe, .read = read};
