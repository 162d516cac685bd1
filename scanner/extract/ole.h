/* ole.h: documents in compound files, and the readers of the applications that wrote them.
 *
 * One file an application (ole_NAME.c) with one `const msh_ole_app msh_ole_NAME`, and one line in
 * ole_apps.def. fmt_cfb.c opens the file; ole.c asks every row whose document it is, lets it read,
 * then reads what is common to all: property sets, packages, macros, embedded documents. Streams
 * that no reader has marked as used (msh_cfb_used) are swept, or read as members. */
#ifndef MSH_EXTRACT_OLE_H
#define MSH_EXTRACT_OLE_H

#include "extract/cfb.h"
#include "extract/extract.h"

/* A document: a whole compound file, or a storage inside one. */
typedef struct msh_ole {
    msh_extract *x;
    msh_cfb *cfb;
    int storage; /* its root: 0 for the file itself */
    msh_doc doc; /* its place: "a.doc", or "a.doc!ObjectPool/_1"; for msh_extract_child */
    bool sealed; /* set by a reader: encrypted, the other streams are not worth a sweep */
} msh_ole;

typedef struct msh_ole_app {
    const char *name; /* "doc": shown as the format of the item */
    /* 0 = not mine; else how sure. Looks at the names and the CLSID of o->storage. */
    int (*probe)(const msh_ole *o);
    /* Reads the text of its own streams and marks them as used. An error becomes an outcome at
     * the document's place; what was handed on stays, streams not marked are swept. */
    msh_err (*read)(msh_ole *o);
} msh_ole_app;

/* The file's document with all that is inside. *name: the reader's, or what is known of the kind.
 */
MSH_MUST_CHECK msh_err msh_ole_file(msh_ole *o, const char **name);

/* --- for readers --------------------------------------------------------------------------------
 */

/* A stream of this document by its name under the storage (see msh_cfb_find_stream). */
int msh_ole_find(const msh_ole *o, const char *name);
/* A stream whole: out is begun anew. Reports at the stream's place what was amiss (damaged, larger
 * than limits.member_size) and hands back what is there; marks it as used. An error only from the
 * machine, the budget or a callback. entry -1: nothing is there, no report. */
MSH_MUST_CHECK msh_err msh_ole_load(msh_ole *o, int entry, msh_buf *out);
/* "ObjectPool/_1/CONTENTS": the way to an entry from the document on, without control characters.
 * In x->arena. */
msh_view msh_ole_path(const msh_ole *o, int entry);
/* The place of an entry: vpath "a.doc!ObjectPool/_1/CONTENTS", role body. */
msh_place msh_ole_place(const msh_ole *o, int entry);
/* Bytes in a code page that the document names (1200: UTF-16LE); an unknown number: all plausible
 * readings. Trailing NULs are left out. */
MSH_MUST_CHECK msh_err msh_ole_emit(msh_ole *o, const msh_place *place, msh_view bytes,
                                    uint32_t codepage);
/* A storage inside as a document of its own, with all that is below it. */
MSH_MUST_CHECK msh_err msh_ole_document(msh_ole *o, int storage);
/* What a reader left below the storage: for those that give a document inside a place of their own.
 */
MSH_MUST_CHECK msh_err msh_ole_rest(msh_ole *o);
/* An error while something was read: an outcome at `place`; what ends the item is returned. */
MSH_MUST_CHECK msh_err msh_ole_settle(msh_ole *o, const msh_place *place, msh_err e);

/* --- what is common (ole_props.c, ole_native.c, ole_vba.c)
 * -----------------------------------------
 */

/* A property set ([MS-OLEPS]): every text, number and name of a property. */
MSH_MUST_CHECK msh_err msh_ole_props(msh_ole *o, const msh_place *place, msh_view set);
/* A package ([MS-OLEDS] 2.3.6): label, names and the file in it. */
MSH_MUST_CHECK msh_err msh_ole_native(msh_ole *o, int entry, msh_view native);
/* Pictures and texts of shapes in a stream that is no tree of records (ole_drawings.c): pictures go
 * to children, texts are emitted; their bytes become NULs, so that the rest can be swept. */
MSH_MUST_CHECK msh_err msh_ole_drawings(msh_ole *o, int entry, msh_buf *bytes);
/* A storage VBA ([MS-OVBA]): the source of every module. */
MSH_MUST_CHECK msh_err msh_ole_vba(msh_ole *o, int storage);

#endif
