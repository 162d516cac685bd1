/* tar.h: writing small archives (POSIX.1-1988 ustar) that every system can unpack. */
#ifndef MSH_BASE_TAR_H
#define MSH_BASE_TAR_H

#include "base/buf.h"

enum { MSH_TAR_NAME = 100 };

/* Appends a regular file (0644, owner 0). name: ASCII, at most MSH_TAR_NAME bytes, else the buffer
 * fails; mtime: seconds since 1970. Failures stick in out. */
void msh_tar_put(msh_buf *out, const char *name, int64_t mtime, msh_view content);
/* The end of the archive. */
void msh_tar_end(msh_buf *out);

#endif
