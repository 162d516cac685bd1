/* source_impl.h: what the sources share. Not for other folders. */
#ifndef MSH_SOURCE_IMPL_H
#define MSH_SOURCE_IMPL_H

#include "base/buf.h"
#include "source/source.h"

#include <sys/stat.h>

/* The first member of each source. */
struct msh_source {
    msh_err (*next)(msh_source *s, msh_source_item *item, bool *more, msh_error *why);
    void (*free)(msh_source *s);
};

/* Fill the numbers of an item from stat. */
void msh_source_stat(msh_source_item *item, const struct stat *st);
/* An item without a descriptor. */
void msh_source_refuse(msh_source_item *item, msh_reason reason);
/* The reason why something that is no regular file, folder or link is not read. */
msh_reason msh_source_special(mode_t mode);
/* The reason for an errno of opening a file; *machine: no fault of the item (descriptors or memory
 * are short). */
msh_reason msh_source_open_reason(int sys, bool *machine);
/* user.* attributes of an open file as name NUL value NUL. When not all could be read, a last pair
 * with an empty name says so. `out` is reset first. */
msh_err msh_source_xattrs(int fd, msh_buf *out);
enum { MSH_SOURCE_XATTRS_MOST = 4 << 20 };

#endif
