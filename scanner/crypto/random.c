/* random.c: getrandom(2) until everything is filled. */
#include "crypto/random.h"

#include <errno.h>
#include <sys/random.h>

msh_err msh_random_fill(void *to, size_t n)
{
    uint8_t *p = to;
    while (n > 0) {
        ssize_t r = getrandom(p, n, 0);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            return MSH_E_CRYPTO;
        p += r;
        n -= (size_t)r;
    }
    return MSH_OK;
}
