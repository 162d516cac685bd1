/* session.c: who is logged in. An id is made at each login and never taken from a browser, so that
 * nobody can be made to use one that another knows (session fixation). */
#define _GNU_SOURCE
#include "console/console.h"

#include <stdio.h>
#include <sys/random.h>

static const uint64_t IDLE_NS = 30 * 60 * CONSOLE_SECOND_NS,
                      LONGEST_NS = 10 * 3600 * CONSOLE_SECOND_NS,
                      LOGIN_NS = 15 * 60 * CONSOLE_SECOND_NS;

bool sessions_init(console_sessions *s)
{
    s->n = SESSIONS;
    s->list = msh_calloc(SESSIONS, sizeof *s->list);
    return s->list != NULL;
}

void sessions_dispose(console_sessions *s)
{
    if (s->list)
        msh_wipe(s->list, s->n * sizeof *s->list);
    msh_free(s->list);
    s->list = NULL;
}

static bool random_hex(char *out, size_t digits)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t bytes[32];
    if (digits > 2 * sizeof bytes || getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < digits; i++)
        out[i] = hex[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
    out[digits] = '\0';
    return true;
}

static bool too_old(const console_session *s, uint64_t now_ns)
{
    if (s->anonymous)
        return now_ns - s->began_ns > LOGIN_NS;
    return now_ns - s->seen_ns > IDLE_NS || now_ns - s->began_ns > LONGEST_NS;
}

void session_end(console_session *s)
{
    msh_wipe(s, sizeof *s);
}

/* A free place, else that of the oldest who has not logged in, else of the longest unseen. */
static console_session *place(console_sessions *s, uint64_t now_ns)
{
    console_session *best = &s->list[0];
    for (size_t i = 0; i < s->n; i++) {
        console_session *one = &s->list[i];
        if (!one->id[0] || too_old(one, now_ns))
            return one;
        if (one->anonymous != best->anonymous ? one->anonymous : one->seen_ns < best->seen_ns)
            best = one;
    }
    return best;
}

console_session *session_new(console_sessions *s, const msh_account *account, uint64_t now_ns)
{
    console_session *one = place(s, now_ns);
    session_end(one);
    if (!random_hex(one->id, SESSION_ID - 1)) {
        session_end(one);
        return NULL;
    }
    one->anonymous = !account;
    if (account)
        one->account = *account;
    one->began_ns = one->seen_ns = now_ns;
    return one;
}

/* Looks at every byte, whatever is found. */
static bool same_secret(const char *a, msh_view b, size_t len)
{
    unsigned different = b.len != len;
    for (size_t i = 0; i < len; i++)
        different |= (unsigned)(uint8_t)a[i] ^ (i < b.len ? b.data[i] : 0u);
    return different == 0;
}

console_session *session_find(console_sessions *s, msh_view id, uint64_t now_ns)
{
    console_session *found = NULL;
    if (id.len != SESSION_ID - 1)
        return NULL;
    for (size_t i = 0; i < s->n; i++)
        if (s->list[i].id[0] && same_secret(s->list[i].id, id, SESSION_ID - 1))
            found = &s->list[i];
    if (found && too_old(found, now_ns)) {
        session_end(found);
        return NULL;
    }
    if (found)
        found->seen_ns = now_ns;
    return found;
}

void sessions_review(console_sessions *s, const msh_accounts *accounts)
{
    for (size_t i = 0; i < s->n; i++) {
        console_session *one = &s->list[i];
        bool good = !one->id[0] || one->anonymous;
        for (size_t k = 0; k < msh_accounts_count(accounts) && !good; k++) {
            const msh_account *a = msh_accounts_get(accounts, k);
            good = strcmp(a->name, one->account.name) == 0 && a->role == one->account.role;
        }
        if (!good)
            session_end(one);
    }
}

const char *session_token(console_session *s)
{
    char *token = s->tokens[s->next_token++ % SESSION_TOKENS];
    if (!random_hex(token, 32))
        token[0] = '\0';
    return token;
}

bool session_use_token(console_session *s, msh_view token)
{
    for (size_t i = 0; token.len == 32 && i < SESSION_TOKENS; i++)
        if (s->tokens[i][0] && same_secret(s->tokens[i], token, 32)) {
            s->tokens[i][0] = '\0';
            return true;
        }
    return false;
}
