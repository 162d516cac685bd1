/* console.h: pages for people and sockets for programs: `mishen serve`; folders that are watched:
 * `mishen watch`. */
#ifndef MISHEN_UNSTABLE_CONSOLE_H
#define MISHEN_UNSTABLE_CONSOLE_H

#include <mishen/scan.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct msh_serve_job {
    /* "127.0.0.1:8733", "[::1]:8733", "unix:/run/mishen/serve"; NULL = the first of these, or the
     * socket that systemd passed. Beyond loopback only with TLS. */
    const char *listen;
    const char *const *hosts; /* further names by which it may be called */
    size_t n_hosts;
    const char *tls_cert, *tls_key; /* PEM files; both or none */
    const char *clamd;              /* "/run/mishen/clamd.sock" or "127.0.0.1:3310"; NULL = none */
    const char *clamd_root;         /* folder whose files SCAN may name; NULL = none */
    uint64_t upload_max;            /* bytes of one release; 0 = 200 MiB */
    uint64_t memory_max;            /* bytes of all releases in memory; 0 = 512 MiB */
    /* Once it serves: where, as text. */
    void (*ready)(void *ctx, const char *address);
    void *ctx;
} msh_serve_job;
/* Serves until SIGTERM or SIGINT. MSH_E_NO_LIBRARY in a build without libmicrohttpd. */
MSH_MUST_CHECK msh_err msh_console_serve(const msh_options *options, const msh_serve_job *job,
                                         int *exit_code, msh_error *why);

typedef struct msh_watch_job {
    const char *folder; /* in it 待审, 通过, 待复核, 退回 are made */
    unsigned settle_s;  /* a file is examined when it has not changed for so long */
    bool once;          /* ends when 待审 is empty */
    /* Once it watches (name NULL, what: the folder), and for each that was moved or could not be.
     */
    void (*told)(void *ctx, const char *name, const char *what);
    void *ctx;
} msh_watch_job;
/* Watches until SIGTERM or SIGINT. MSH_E_STATE_BUSY: somebody watches it already. */
MSH_MUST_CHECK msh_err msh_console_watch(const msh_options *options, const msh_watch_job *job,
                                         int *exit_code, msh_error *why);

#ifdef __cplusplus
}
#endif
#endif
