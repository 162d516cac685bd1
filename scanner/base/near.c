/* near.c: see near.h. */
#include "base/near.h"

#include "base/view.h"

enum { MOST = 2 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Letters to add, drop, change or swap (Damerau) between two short words. */
static unsigned distance(msh_view a, msh_view b)
{
    unsigned d[MSH_NEAR_LONGEST + 1][MSH_NEAR_LONGEST + 1];
    for (size_t i = 0; i <= a.len; i++)
        for (size_t k = 0; k <= b.len; k++) {
            if (i == 0 || k == 0) {
                d[i][k] = (unsigned)(i + k);
                continue;
            }
            bool same = a.data[i - 1] == b.data[k - 1];
            unsigned best = least(d[i - 1][k], d[i][k - 1]) + 1;
            best = least(best, d[i - 1][k - 1] + !same);
            if (i > 1 && k > 1 && a.data[i - 1] == b.data[k - 2] && a.data[i - 2] == b.data[k - 1])
                best = least(best, d[i - 2][k - 2] + 1);
            d[i][k] = best;
        }
    return d[a.len][b.len];
}

const char *msh_near_word(msh_view word, const char *(*get)(const void *ctx, size_t i),
                          const void *ctx, size_t n)
{
    const char *like = NULL;
    unsigned best = MOST + 1;
    for (size_t i = 0; i < n && word.len <= MSH_NEAR_LONGEST; i++) {
        msh_view known = msh_view_str(get(ctx, i));
        if (known.len > MSH_NEAR_LONGEST)
            continue;
        unsigned d = distance(word, known);
        if (d < best && d < word.len) {
            best = d;
            like = (const char *)known.data;
        }
    }
    return like;
}
