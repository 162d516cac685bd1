/* bench_room.c: what the room of processes costs over reading in this process: CPU of all processes
 * for each file, with and without digests. bench_room [files [bytes]] */
#define _GNU_SOURCE
#include "base/buf.h"
#include "base/clock.h"
#include "base/view.h"
#include "rule/pack.h"
#include "worker/room.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const char pack[] =
    "format: 1\n"
    "pack: {id: b, version: \"1\", publisher: b, effective: 2026-01-01}\n"
    "rules:\n"
    "  - id: b.word\n    name: 词\n    category: 工作秘密\n    tier: 阻断\n    basis: 无\n"
    "    explain: 词\n    advice: 停\n    find: {kind: words, any: [红松林计划, 绿柳湾方案]}\n"
    "    tests:\n      - {text: \"红松林计划\", expect: 阻断}\n      - {text: \"无\", expect: "
    "none}\n";

static unsigned long done_files;

static msh_err on_done(void *ctx, const msh_room_done *done)
{
    (void)ctx;
    (void)done;
    done_files++;
    return MSH_OK;
}

static double cpu(int who)
{
    struct rusage u;
    getrusage(who, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void check(msh_err err, const msh_error *why)
{
    if (err == MSH_OK)
        return;
    printf("%s: %s\n", msh_err_name(err), why->text);
    exit(1);
}

static void measure(const char *name, const msh_room_options *o, const char *path, unsigned files)
{
    const msh_room_events events = {.done = on_done};
    msh_room *room;
    msh_error why = {.text = ""};
    size_t left = 1;
    double self = cpu(RUSAGE_SELF), children = cpu(RUSAGE_CHILDREN);
    uint64_t opened = msh_clock_ns();
    check(msh_room_open(o, &room, &why), &why);
    uint64_t began = msh_clock_ns();
    for (unsigned i = 0; i < files; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        off_t size = lseek(fd, 0, SEEK_END);
        msh_job job = {
            .tag = i, .fd = fd, .size = (uint64_t)size, .path = MSH_VIEW("dir/文件.txt")};
        while (msh_room_free_slots(room) == 0)
            check(msh_room_take(room, &events, -1, &left, &why), &why);
        check(msh_room_give(room, &job, &why), &why);
        check(msh_room_take(room, &events, 0, &left, &why), &why);
    }
    while (left)
        check(msh_room_take(room, &events, -1, &left, &why), &why);
    double wall = (double)(msh_clock_ns() - began) / 1e9;
    const char *level = msh_room_lock_level(room);
    msh_room_close(room);
    self = cpu(RUSAGE_SELF) - self;
    children = cpu(RUSAGE_CHILDREN) - children;
    printf("%-24s %7.1f us/file CPU (supervisor %5.1f, others %6.1f), %7.1f us/file wall, "
           "opened in %.1f ms, lock %s\n",
           name, (self + children) / files * 1e6, self / files * 1e6, children / files * 1e6,
           wall / files * 1e6, (double)(began - opened) / 1e6, level);
}

int main(int argc, char **argv)
{
    unsigned files = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 20000;
    size_t bytes = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
    msh_rules *rules;
    msh_error why = {.text = ""};
    char path[64];
    msh_room_options o = {.sandbox = true};
    msh_limits_default(&o.limits);
    msh_pack_source source = {.name = "b.yaml", .bytes = MSH_VIEW(pack)};
    check(msh_rules_load(&source, 1, &o.limits, NULL, NULL, &rules, &why), &why);
    o.rules = rules;
    int fd = memfd_create("bench", 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    for (size_t n = 0; n < bytes;) {
        ssize_t w = write(fd, "各处室要按照方案做好本年度的工作，及时报送材料。\n", 73);
        n += w > 0 ? (size_t)w : bytes;
    }
    o.inproc = true;
    measure("in this process", &o, path, files);
    o.inproc = false;
    o.jobs = 1;
    measure("1 worker", &o, path, files);
    o.jobs = 2;
    measure("2 workers", &o, path, files);
    o.sandbox = false;
    measure("2 workers, no lock", &o, path, files);
    o.sandbox = true;
    o.digests = MSH_DIGEST_SHA256;
    o.inproc = true;
    measure("in this process, sha256", &o, path, files);
    o.inproc = false;
    measure("2 workers, sha256", &o, path, files);
    o.digests = MSH_DIGEST_SHA256 | MSH_DIGEST_SM3;
    o.inproc = true;
    measure("in this process, both", &o, path, files);
    o.inproc = false;
    measure("2 workers, both", &o, path, files);
    msh_rules_free(rules);
    return 0;
}
