/* vectors.h: a file of ../shared/cases/log_vectors read as JSON, for tests that use it as oracle.
 */
#ifndef MSH_TEST_VECTORS_H
#define MSH_TEST_VECTORS_H

#include "check.h"

#include "base/file.h"
#include "base/json.h"

#include <unistd.h>

/* NULL (and a line that says so) where the collection is absent. The arena owns the result. */
static inline const msh_json *vectors_open(msh_arena *a, const char *name)
{
    char path[4096];
    msh_buf file;
    msh_json *j = NULL;
    msh_arena_init(a, 64 << 20);
    (void)snprintf(path, sizeof path, "%s/../shared/cases/log_vectors/%s", MSH_TEST_SOURCE_DIR,
                   name);
    if (access(path, R_OK) != 0) {
        printf("SKIPPED: no ../shared/cases/log_vectors/%s\n", name);
        return NULL;
    }
    msh_buf_init(&file, 8 << 20);
    REQUIRE(msh_file_read(path, &file, NULL) == MSH_OK);
    REQUIRE(msh_json_read(a, msh_buf_view(&file), 0, &j, NULL) == MSH_OK);
    msh_buf_dispose(&file);
    return j;
}

/* Hex of any case into out; returns the number of bytes. */
static inline size_t vectors_hex(msh_view v, uint8_t *out, size_t cap)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    for (size_t i = 0; i + 1 < v.len && n < cap; i += 2, n++) {
        const char *high = strchr(digits, v.data[i] | 32),
                   *low = strchr(digits, v.data[i + 1] | 32);
        REQUIRE(high && low);
        out[n] = (uint8_t)((high - digits) << 4 | (low - digits));
    }
    return n;
}

static inline msh_view vectors_text(const msh_json *j, const char *key)
{
    return msh_json_text(msh_json_get(j, key));
}

#endif
