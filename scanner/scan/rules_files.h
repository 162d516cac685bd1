/* rules_files.h: the files of the packs in force, read into memory. */
#ifndef MSH_SCAN_RULES_FILES_H
#define MSH_SCAN_RULES_FILES_H

#include <mishen/scan.h>

#include "base/arena.h"
#include "base/buf.h"
#include "crypto/digest.h"
#include "rule/pack.h"

typedef struct msh_pack_file {
    char *path;
    msh_buf bytes;
    msh_buf signature; /* what stands beside it as .sig; empty = nothing */
    bool must_be_signed;
    msh_digest *digest;
} msh_pack_file;

/* A list that a pack reads. */
typedef struct msh_pack_list {
    char *name;
    msh_buf bytes;
} msh_pack_list;

typedef struct msh_pack_files {
    msh_arena names;
    msh_pack_file *list;
    size_t n;
    msh_pack_list *lists; /* in the order in which they were read */
    size_t n_lists;
    size_t ceiling;
    bool keep_lists; /* for msh_rules_import */
    msh_error *why;
    uint8_t key[32]; /* of registers, where there is one */
    bool has_key;
} msh_pack_files;

/* The packs that options name; of *f only keep_lists is read. Dispose also after an error. */
MSH_MUST_CHECK msh_err msh_pack_files_read(msh_pack_files *f, const msh_options *o, msh_error *why);
void msh_pack_files_dispose(msh_pack_files *f);
/* As sources for msh_rules_load, f->n of them; NULL when memory is short. Freed by the caller. */
msh_pack_source *msh_pack_files_sources(const msh_pack_files *f);
/* A list beside its pack, as msh_rules_load wants it; ctx: the files. */
msh_err msh_pack_files_list(void *ctx, const char *pack, msh_view file, msh_buf *out,
                            msh_error *why);

#endif
