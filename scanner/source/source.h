/* source.h: where items come from. One file a source and one line in sources.def.
 *
 * A source opens each item itself, beneath its root and without following links, and hands out a
 * descriptor; it never reads content. Order is deterministic: a folder's entries sorted by bytes,
 * read a folder at a time. */
#ifndef MSH_SOURCE_H
#define MSH_SOURCE_H

#include <mishen/finding.h>

#include "base/reason.h"

typedef struct msh_source msh_source;

/* An item as found. When reason is not NONE there is no descriptor: nothing could be opened, or it
 * is not to be opened (FIFO, device, link outside). */
typedef struct msh_source_item {
    msh_view path; /* as given + "/" + rest; bytes; lives until the next call */
    msh_view rel;  /* relative to the root named in scan.begin */
    int fd;        /* owned by the taker; -1 with a reason */
    uint64_t size;
    int64_t mtime_ns, ctime_ns;
    uint64_t dev, ino;
    bool has_reason;
    msh_reason reason;
    msh_view link;   /* target text of a symbolic link: a text of role name */
    msh_view xattrs; /* name NUL value NUL …: texts of role meta; may be empty */
} msh_source_item;

/* A folder or a file. Errors: MSH_E_OPEN when it is not there. */
MSH_MUST_CHECK msh_err msh_source_dir(const char *path, msh_source **out, msh_error *why);
/* Names from a file ("-" = standard input), parted by LF or, if the file holds any, by NUL. */
MSH_MUST_CHECK msh_err msh_source_list(const char *file, msh_source **out, msh_error *why);
/* Standard input as one item named "-": copied into a memfd, at most `ceiling` bytes. */
MSH_MUST_CHECK msh_err msh_source_stdin(uint64_t ceiling, msh_source **out, msh_error *why);

/* false in *more when there is nothing left. Errors are those of the machine only: what concerns an
 * item is a reason in it. */
MSH_MUST_CHECK msh_err msh_source_next(msh_source *s, msh_source_item *item, bool *more,
                                       msh_error *why);
void msh_source_free(msh_source *s);

#endif
