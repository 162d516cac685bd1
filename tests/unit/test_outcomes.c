/* test_outcomes.c: what is said about each seed of the fuzz targets: the outcomes with their
 * places, as tests/golden/outcomes.txt has them. An outcome that is no longer said is a silent
 * pass; one that is new is looked at before it goes into the golden file.
 *
 *     test_outcomes            compares
 *     test_outcomes --write    after a wanted change, with a look at the difference
 *     test_outcomes FILE…      prints what is said about these
 */
#define _GNU_SOURCE
#include "check.h"

#include "base/file.h"
#include "extract/extract.h"

#include <dirent.h>

#define GOLDEN MSH_TEST_SOURCE_DIR "/tests/golden/outcomes.txt"
#define CORPUS MSH_TEST_SOURCE_DIR "/tests/fuzz/corpus/"

static msh_buf said;

static msh_err on_text(void *ctx, const msh_text *t)
{
    (void)ctx;
    (void)t;
    return MSH_OK;
}

static msh_err on_outcome(void *ctx, msh_reason reason, const msh_place *place, uint64_t reached)
{
    (void)ctx;
    (void)reached;
    msh_buf_put_byte(&said, ' ');
    msh_buf_put_str(&said, msh_reason_name(reason));
    /* the way to it by its steps: names of members may be any bytes */
    for (size_t i = 0; i < place->vpath.len; i++)
        if (place->vpath.data[i] == '!' && place->vpath.data[i - 1] != '\\')
            msh_buf_put_byte(&said, '!');
    return MSH_OK;
}

/* tight: limits that most documents pass, so that each of them is said somewhere. */
static void say(msh_view bytes, const char *shown, bool tight)
{
    msh_limits limits;
    msh_arena arena;
    msh_input in;
    const msh_sink sink = {.text = on_text, .outcome = on_outcome};
    msh_limits_default(&limits);
    limits.decoded = 16 << 20;
    limits.member_size = tight ? 48 : 4 << 20;
    limits.members = tight ? 2 : 200;
    limits.depth = tight ? 1 : 6;
    limits.time_ms = 600000; /* the limit that depends on the machine */
    msh_arena_init(&arena, 0);
    msh_extract x = {.arena = &arena, .limits = &limits, .sink = &sink};
    msh_input_memory(&in, bytes);
    msh_buf_printf(&said, "%s%s:", shown, tight ? " (tight)" : "");
    CHECK_INT(msh_extract_item(&x, &in, MSH_VIEW("a")), MSH_OK);
    msh_buf_put_byte(&said, '\n');
    msh_input_dispose(&in);
    msh_arena_dispose(&arena);
}

static void document(const char *folder, const char *name)
{
    char path[5000];
    msh_buf bytes;
    (void)snprintf(path, sizeof path, "%s%s%s", folder, folder[0] ? "/" : "", name);
    msh_buf_init(&bytes, 1 << 20);
    if (msh_file_read(path, &bytes, NULL) != MSH_OK || bytes.len == 0) {
        msh_buf_dispose(&bytes);
        return;
    }
    const char *shown = strncmp(path, CORPUS, strlen(CORPUS)) == 0 ? path + strlen(CORPUS) : path;
    say(msh_buf_view(&bytes), shown, false);
    say(msh_buf_view(&bytes), shown, true);
    msh_buf_dispose(&bytes);
}

/* Any order of a file system, one order here. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void every_seed(void)
{
    static const char *const folders[] = {"archive", "cfb", "embedded", "extract", "html",
                                          "mail",    "ole", "pdf",      "tnef",    "zip"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char folder[4096];
        struct dirent **names;
        (void)snprintf(folder, sizeof folder, CORPUS "%s", folders[i]);
        int n = scandir(folder, &names, NULL, by_bytes);
        CHECK(n > 2);
        for (int k = 0; k < n; k++) {
            if (names[k]->d_name[0] != '.')
                document(folder, names[k]->d_name);
            free(names[k]);
        }
        free(names);
    }
}

static msh_view next_line(msh_view *v)
{
    size_t end = msh_view_find(*v, MSH_VIEW("\n"), 0);
    msh_view line = msh_view_cut(*v, 0, end == SIZE_MAX ? v->len : end);
    *v = msh_view_cut(*v, line.len + 1, v->len);
    return line;
}

static void as_the_golden_file_has_them(void)
{
    msh_buf golden;
    msh_buf_init(&golden, 16 << 20);
    REQUIRE(msh_file_read(GOLDEN, &golden, NULL) == MSH_OK);
    msh_view want = msh_buf_view(&golden), got = msh_buf_view(&said);
    while (want.len || got.len) {
        msh_view a = next_line(&want), b = next_line(&got);
        CHECK_VIEW(b, a);
    }
    msh_buf_dispose(&golden);
}

int main(int argc, char **argv)
{
    msh_buf_init(&said, 16 << 20);
    bool write = argc > 1 && strcmp(argv[1], "--write") == 0;
    for (int i = 1; i < argc && !write; i++)
        document("", argv[i]);
    if (argc == 1 || write)
        every_seed();
    if (write)
        REQUIRE(msh_file_replace(GOLDEN, msh_buf_view(&said), NULL) == MSH_OK);
    else if (argc == 1)
        RUN(as_the_golden_file_has_them);
    else
        (void)fwrite(said.data, 1, said.len, stdout);
    msh_buf_dispose(&said);
    return check_result();
}
