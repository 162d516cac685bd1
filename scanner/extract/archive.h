/* archive.h: libarchive for those who are not its format reader. The only files that include
 * libarchive are archive.c and fmt_archive.c. */
#ifndef MSH_EXTRACT_ARCHIVE_H
#define MSH_EXTRACT_ARCHIVE_H

#include "extract/extract.h"

/* To be called once before the process is locked: loads what libarchive would open later (time
 * zone, the C.UTF-8 locale). Without it members are still read where files may be opened. */
void msh_archive_prepare(void);

/* A member of a zip in a method that zlib does not know. */
typedef struct msh_archive_member {
    uint16_t method, flags;
    uint32_t crc;
    uint64_t size; /* decoded, as declared */
    msh_view packed;
} msh_archive_member;

/* Decodes it into out (up to out->ceiling), charging the budget. *known: there is a decoder;
 * *whole: it came to its end without fault. */
MSH_MUST_CHECK msh_err msh_archive_unzip(msh_extract *x, const msh_archive_member *m, msh_buf *out,
                                         bool *known, bool *whole);

#endif
