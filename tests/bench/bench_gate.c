/* Makes a state folder in which every file of a folder is approved: bench_gate STATE DIR < NAMES
 *
 * NAMES: paths below DIR, a line each; releases of 100 files, all by one person. For the time of
 * `mishen gate --state STATE DIR` over many files, beside `sha256sum -c` over the same ones
 * (tests/bench/gate). What the files say is not looked at. */
#define _GNU_SOURCE
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/view.h"
#include "ledger/decision.h"
#include "ledger/log.h"
#include "scan/spot.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EACH = MSH_DECISION_FILES };

static bool decide(msh_log *l, const msh_reviewer *by, msh_decision_file *files, size_t n,
                   unsigned number, msh_error *why)
{
    char id[32], ts[MSH_UTC_SIZE];
    msh_buf note, body;
    (void)snprintf(id, sizeof id, "R-%u", number);
    msh_clock_format(msh_clock_utc_us(), ts);
    const msh_decision d = {.act = "approve",
                            .release = id,
                            .reviewer = "bench",
                            .title = "bench",
                            .log = msh_log_origin(l),
                            .ts = ts,
                            .files = files,
                            .n_files = n};
    msh_buf_init(&note, 1 << 20);
    msh_buf_init(&body, 1 << 20);
    bool good = msh_decision_write(&note, &d, by, why) == MSH_OK;
    msh_buf_put_str(&body, "{\"note\":");
    msh_json_canonical_str(&body, msh_buf_view(&note));
    msh_buf_put_byte(&body, '}');
    good = good && msh_log_add(l, "decision", msh_buf_view(&body), why) == MSH_OK &&
           msh_log_commit(l, NULL, why) == MSH_OK;
    msh_buf_dispose(&note);
    msh_buf_dispose(&body);
    return good;
}

static bool take(msh_decision_file *f, const char *folder, char *name, msh_error *why)
{
    char path[8192];
    msh_spot_hash hash;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || msh_spot_read(fd, &hash, why) != MSH_OK)
        return false;
    close(fd);
    *f = (msh_decision_file){.path = msh_view_str(strdup(name)), .size = hash.size};
    memcpy(f->sha256, hash.sha256, 32);
    memcpy(f->sm3, hash.sm3, 32);
    return true;
}

int main(int argc, char **argv)
{
    char line[4096], log[4096];
    msh_log *l;
    msh_error why = {0};
    msh_reviewer by;
    msh_decision_file files[EACH];
    size_t n = 0;
    unsigned releases = 0;
    if (argc != 3)
        return 64;
    (void)snprintf(log, sizeof log, "%s/log", argv[1]);
    bool good = msh_log_open(log, "bench/host", &l, &why) == MSH_OK &&
                msh_reviewer_open(argv[1], "bench", NULL, &by, &why) == MSH_OK;
    while (good && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        good = take(&files[n++], argv[2], line, &why);
        if (n == EACH)
            good = good && decide(l, &by, files, n, releases++, &why);
        n %= EACH;
    }
    if (good && n)
        good = decide(l, &by, files, n, releases++, &why);
    if (!good) {
        printf("%s\n", why.text);
        return 1;
    }
    printf("%u releases, %llu records\n", releases, (unsigned long long)msh_log_size(l));
    msh_log_close(l);
    msh_reviewer_dispose(&by);
    return 0;
}
