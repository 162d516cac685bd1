/* zip_inner.h: what the files of the zip reader share and nobody else uses. */
#ifndef MSH_EXTRACT_ZIP_INNER_H
#define MSH_EXTRACT_ZIP_INNER_H

#include "base/cursor.h"
#include "extract/zip.h"

enum {
    ZIP_LOCAL_SIZE = 30,
    ZIP_CENTRAL_SIZE = 46,
    ZIP_END_SIZE = 22,
    ZIP_SIG_LOCAL = 0x04034b50,
    ZIP_SIG_CENTRAL = 0x02014b50,
    ZIP_SIG_END = 0x06054b50,
    ZIP_SIG_END64 = 0x06064b50,
    ZIP_SIG_LOCATOR64 = 0x07064b50,
    ZIP_SIG_DESCRIPTOR = 0x08074b50,
    ZIP_FLAG_ENCRYPTED = 1,
    ZIP_FLAG_DESCRIPTOR = 8
};

/* The end record that was believed, and where it leads. */
typedef struct zip_end {
    uint64_t at;       /* the end record */
    uint64_t from;     /* first record of the directory */
    uint64_t zip64_at; /* 0 = none */
    uint64_t delta;    /* bytes before the zip: added to every offset in it, modulo 2^64 */
    uint64_t count;    /* entries it claims */
    uint64_t disk;     /* this volume's number */
    msh_view comment;
    bool exact; /* its comment ends where the file ends */
} zip_end;

/* n bytes at `at` (n ≤ the window), fewer at the end of the file. Valid until the next call. */
msh_view msh_zip_peek(msh_zip *z, uint64_t at, size_t n);
/* The signature at `at`, 0 past the end. */
uint32_t msh_zip_signature(msh_zip *z, uint64_t at);
/* The last plausible end record within `reach` bytes before the end. */
bool msh_zip_find_end(msh_zip *z, size_t reach, zip_end *out);
/* One record of the directory; *next is where the one after it begins. false: none stands there.
 * Views are borrowed from the window. */
bool msh_zip_central(msh_zip *z, uint64_t at, msh_zip_entry *e, uint64_t *next);
/* The local header at e->header_at into the local members of e; false: none stands there. */
bool msh_zip_local(msh_zip *z, msh_zip_entry *e);
/* A new entry with its views copied where they must be. */
msh_err msh_zip_append(msh_zip *z, const msh_zip_entry *e);
/* The next field of an extra block. false at its end. */
bool msh_zip_extra(msh_cursor *c, uint16_t *id, msh_view *data);
/* Report something about the archive as a whole or about a member. */
msh_err msh_zip_say(msh_zip *z, const msh_zip_entry *e, msh_reason reason, uint64_t reached);

#endif
