/* How fast the log is appended to, verified and proved from: bench_log DIR [RECORDS]
 *
 * Makes DIR/intl, DIR/gm and DIR/both with records of about 376 bytes (1,000 a group), and prints
 * seconds of CPU; compare verify intl with `sha256sum DIR/intl/seg/...`. DIR should be on the disk
 * that logs will be on. */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/parallel.h"
#include "base/view.h"
#include "ledger/log.h"
#include "ledger/proof.h"
#include "ledger/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool append(const char *dir, uint64_t records, int group)
{
    char body[400];
    msh_log *l;
    msh_error why = {0};
    if (msh_log_open(dir, "bench/host", &l, &why) != MSH_OK) {
        printf("%s: %s\n", dir, why.text);
        return false;
    }
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
    uint64_t done = 0;
    while (done < records) {
        for (int i = 0; i < group; i++) {
            int n =
                snprintf(body, sizeof body,
                         "{\"config\":1,\"findings\":0,\"findings_sha256\":"
                         "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
                         "\"format\":\"docx\",\"item\":%d,\"outcome\":\"read\","
                         "\"path\":\"通知/%08" PRIu64 ".docx\",\"size\":12345,\"verdict\":\"PASS\","
                         "\"z\":\"%064d\"}",
                         i, done, 7);
            if (msh_log_add(l, "item", msh_view_of(body, (size_t)n), &why) != MSH_OK)
                return false;
            done++;
        }
        if (msh_log_commit(l, NULL, &why) != MSH_OK) {
            printf("commit: %s\n", why.text);
            return false;
        }
    }
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = now(CLOCK_MONOTONIC) - wall;
    printf("append   %-5s groups of %4d: %8.0f records/s durable, %.2f s CPU a million\n",
           strrchr(dir, '/') + 1, group, (double)done / wall, cpu * 1e6 / (double)done);
    msh_log_close(l);
    return true;
}

static void verify(const char *dir)
{
    msh_log_verdict v;
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
    if (msh_verify_log(dir, MSH_LANG_EN, &v, NULL) != MSH_OK)
        return;
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = now(CLOCK_MONOTONIC) - wall;
    printf("verify   %-5s %" PRIu64 " records, %" PRIu64 " signatures, %" PRIu64
           " keys: %.2f s CPU, %.2f s wall on %u processors, exit %d %s\n",
           strrchr(dir, '/') + 1, v.size, v.checkpoints, v.epochs, cpu, wall, msh_parallel_width(),
           v.exit_code, v.what);
}

static void prove(const char *dir, size_t profile, uint64_t records)
{
    enum { TIMES = 200 };
    msh_buf b;
    size_t len = 0;
    msh_buf_init(&b, 1 << 16);
    double wall = now(CLOCK_MONOTONIC);
    for (int i = 0; i < TIMES; i++) {
        msh_buf_reset(&b);
        if (msh_proof_inclusion(dir, profile, (uint64_t)i * (records / TIMES), &b, NULL) != MSH_OK)
            printf("no proof\n");
        len = b.len > len ? b.len : len;
    }
    wall = now(CLOCK_MONOTONIC) - wall;
    printf("prove    %-5s %.2f ms each, at most %zu bytes\n", strrchr(dir, '/') + 1,
           wall * 1000 / TIMES, len);
    msh_buf_dispose(&b);
}

/* Proofs at ten million records: tile files of hashes that stand for records, and a checkpoint. */
static void prove_big(const char *dir)
{
    enum { STEP = 1024, MILLIONS = 10 };
    static uint8_t leaves[STEP][MSH_HASH];
    const uint64_t size = MILLIONS * 1000000ull / STEP * STEP;
    char path[MSH_LOG_PATH + 200];
    uint8_t root[MSH_HASH];
    msh_tiles t;
    msh_tree tree;
    msh_note_key key;
    msh_key *made;
    msh_buf text, note;
    msh_buf_init(&text, 4096);
    msh_buf_init(&note, 4096);
    if (msh_file_make_dirs(dir, NULL) != MSH_OK || msh_tiles_open(&t, dir, 0, NULL) != MSH_OK)
        return;
    for (uint64_t at = 0; at < size; at += STEP) {
        for (uint64_t i = 0; i < STEP; i++) {
            uint64_t n = (at + i) * 0x9e3779b97f4a7c15ull;
            memcpy(leaves[i], &n, sizeof n);
        }
        if (msh_tiles_append(&t, at, (const uint8_t(*)[MSH_HASH])leaves, STEP) != MSH_OK)
            return;
    }
    if (msh_tiles_tree(&t, size, &tree) == MSH_OK &&
        msh_tree_root(&tree, &t.hasher, root) == MSH_OK &&
        msh_key_generate(MSH_KEY_ED25519, &made) == MSH_OK &&
        msh_note_key_init(&key, "scan.dept.gov.cn/host1", made) == MSH_OK) {
        msh_checkpoint_text(&text, key.name, size, root);
        (void)!msh_note_sign(&note, msh_buf_view(&text), &key);
        msh_buf_put_byte(&note, '\n');
        msh_note_key_dispose(&key);
        (void)snprintf(path, sizeof path, "%s/checkpoints", dir);
        (void)!msh_file_replace(path, msh_buf_view(&note), NULL);
        (void)snprintf(path, sizeof path, "%s/origin", dir);
        (void)!msh_file_replace(path, MSH_VIEW("scan.dept.gov.cn/host1\n"), NULL);
        prove(dir, 0, size);
    }
    msh_tiles_close(&t);
    msh_buf_dispose(&text);
    msh_buf_dispose(&note);
}

int main(int argc, char **argv)
{
    static const char *const profiles[] = {"intl", "gm", "both"};
    char dir[4096], path[4200], line[16];
    uint64_t records = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    if (argc < 2)
        return 64;
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(dir, sizeof dir, "%s/%s", argv[1], profiles[i]);
        (void)snprintf(path, sizeof path, "%s/profile", dir);
        int n = snprintf(line, sizeof line, "%s\n", profiles[i]);
        if (msh_file_make_dirs(dir, NULL) != MSH_OK ||
            msh_file_replace(path, msh_view_of(line, (size_t)n), NULL) != MSH_OK)
            return 74;
        if (!append(dir, records / 50, 100) || !append(dir, records - records / 50, 1000))
            return 74;
        verify(dir);
        prove(dir, i == 1, records);
    }
    (void)snprintf(dir, sizeof dir, "%s/10M", argv[1]);
    prove_big(dir);
    return 0;
}
