/* file.h: files of our own (state, reports, rule packs), and opening input safely. */
#ifndef MISHEN_UNSTABLE_FILE_H
#define MISHEN_UNSTABLE_FILE_H

#include <mishen/unstable/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MSH_FILE_SHOWN = 200 };
/* A name as an error shows it: escaped (names may be hostile), at most so much of it. Returns out;
 * errno is left as it was. */
const char *msh_file_shown(const char *path, char out[MSH_FILE_SHOWN]);
/* A file or folder that the user named cannot be opened: MSH_E_NAMED with its name and errno. */
msh_err msh_file_named_failed(const char *path, msh_error *why);
/* Read a whole file of ours; regular files only, at most `ceiling` bytes (the ceiling of out).
 * Errors: MSH_E_OPEN, MSH_E_IO, MSH_E_LIMIT_BUFFER; why names the file (escaped). */
MSH_MUST_CHECK msh_err msh_file_read(const char *path, msh_buf *out, msh_error *why);
/* Read at most n bytes at an offset, over EINTR and short reads. Returns bytes read, -1 on error.
 */
int64_t msh_file_pread(int fd, void *to, size_t n, uint64_t offset);
/* Write all, over EINTR and short writes. MSH_E_FULL for ENOSPC and EDQUOT, else MSH_E_IO;
 * why names the file. */
MSH_MUST_CHECK msh_err msh_file_write_all(int fd, msh_view v, msh_error *why);
/* Replace a file at once: temporary name beside it (O_EXCL, 0600), fsync, rename, fsync folder. */
MSH_MUST_CHECK msh_err msh_file_replace(const char *path, msh_view v, msh_error *why);
/* mkdir -p with mode 0700 for what is missing. */
MSH_MUST_CHECK msh_err msh_file_make_dirs(const char *path, msh_error *why);
MSH_MUST_CHECK msh_err msh_file_sync_dir(const char *path, msh_error *why);
/* Open `name` (one component or a relative path) beneath a folder without following any link:
 * openat2 RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS, else component by component with O_NOFOLLOW.
 * O_NONBLOCK | O_NOCTTY | O_CLOEXEC are added. Returns a descriptor, or -1 with errno. */
int msh_file_open_beneath(int dir, const char *name, int flags);

#ifdef __cplusplus
}
#endif
#endif
