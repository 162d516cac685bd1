/* copy.h: copying files of our own, durable. */
#ifndef MSH_SCAN_COPY_H
#define MSH_SCAN_COPY_H

#include <mishen/error.h>

/* from/name to the new file to/name with these permissions; MSH_OK when there is no such file. */
MSH_MUST_CHECK msh_err msh_copy_file(const char *from, const char *to, const char *name,
                                     unsigned mode, msh_error *why);
/* A folder with all its files and folders (nothing else) into another, which is made. MSH_OK when
 * there is no such folder. */
typedef struct msh_copy_job {
    const char *from, *to;
    bool (*leave)(void *ctx, const char *rel); /* what is left out, by its path; NULL = nothing */
    void *ctx;
    unsigned mode;  /* permissions of the copies; 0 = those of the files */
    uint64_t files; /* how many were copied */
} msh_copy_job;
MSH_MUST_CHECK msh_err msh_copy_tree(msh_copy_job *job, msh_error *why);

#endif
