/* throttle.c: how often something was tried: counters in a table of fixed size. A slot that is
 * needed for another key is the oldest of its neighbours. */
#include "console/console.h"

enum { NEIGHBOURS = 8 };

/* FNV-1a with a seed; never 0. */
static uint64_t hash(const console_throttle *t, const char *what, msh_view key)
{
    uint64_t h = 1469598103934665603ull ^ t->seed;
    for (const char *p = what; *p; p++)
        h = (h ^ (uint8_t)*p) * 1099511628211ull;
    for (size_t i = 0; i < key.len; i++)
        h = (h ^ key.data[i]) * 1099511628211ull;
    h ^= h >> 29;
    return h ? h : 1;
}

static throttle_slot *find(console_throttle *t, uint64_t key)
{
    throttle_slot *oldest = NULL;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        throttle_slot *s = &t->slots[(key + i) % THROTTLE_SLOTS];
        if (s->key == key)
            return s;
        if (!oldest || s->since_ns < oldest->since_ns)
            oldest = s;
    }
    *oldest = (throttle_slot){.key = key};
    return oldest;
}

bool throttle_count(console_throttle *t, const char *what, msh_view key, unsigned most,
                    uint64_t window_ns, uint64_t now_ns)
{
    throttle_slot *s = find(t, hash(t, what, key));
    if (s->count == 0 || now_ns - s->since_ns > window_ns) {
        s->since_ns = now_ns;
        s->count = 0;
    }
    if (s->count >= most)
        return false;
    s->count++;
    return true;
}

bool throttle_allows(const console_throttle *t, const char *what, msh_view key, unsigned most,
                     uint64_t window_ns, uint64_t now_ns)
{
    uint64_t h = hash(t, what, key);
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        const throttle_slot *s = &t->slots[(h + i) % THROTTLE_SLOTS];
        if (s->key == h)
            return s->count < most || now_ns - s->since_ns > window_ns;
    }
    return true;
}

void throttle_forget(console_throttle *t, const char *what, msh_view key)
{
    find(t, hash(t, what, key))->count = 0;
}
