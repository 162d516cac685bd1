/* test_source.c: folders, lists and standard input as items. */
#define _GNU_SOURCE
#include "base/buf.h"
#include "check.h"
#include "source/source.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static char home[200]; /* of one test; made fresh */

/* Run a shell line with $H the home of the test. */
static void sh(const char *line)
{
    REQUIRE(setenv("H", home, 1) == 0);
    REQUIRE(system(line) == 0);
}

static void fresh(void)
{
    (void)snprintf(home, sizeof home, "/tmp/mishen-test-source-%ld", (long)getpid());
    sh("rm -rf \"$H\"; mkdir \"$H\"");
}

/* "path=reason;" or "path:size;" for all items, in order. */
static void list_all(msh_source *s, msh_buf *out, size_t *n)
{
    msh_source_item item;
    msh_error why;
    bool more = true;
    *n = 0;
    while (more) {
        REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK);
        if (!more)
            break;
        (*n)++;
        msh_buf_put_view(out, item.rel);
        if (item.has_reason)
            msh_buf_printf(out, "=%s", msh_reason_name(item.reason));
        else
            msh_buf_printf(out, ":%u", (unsigned)item.size);
        if (item.link.len) {
            msh_buf_put_str(out, ">");
            msh_buf_put_view(out, item.link);
        }
        msh_buf_put_str(out, ";");
        CHECK(item.has_reason == (item.fd < 0));
        CHECK(msh_view_ends(item.path, item.rel));
        if (item.fd >= 0)
            close(item.fd);
    }
    msh_source_free(s);
}

static void check_dir(const char *path, const char *want)
{
    msh_source *s;
    msh_error why;
    msh_buf out;
    size_t n;
    msh_buf_init(&out, 1 << 20);
    REQUIRE(msh_source_dir(path, &s, &why) == MSH_OK);
    list_all(s, &out, &n);
    CHECK_VIEW(msh_buf_view(&out), msh_view_str(want));
    msh_buf_dispose(&out);
}

static void test_kinds(void)
{
    fresh();
    sh("cd \"$H\" && mkdir b b/c empty && printf 12345 >b/c/f && printf 1 >a && : >z && mkfifo p "
       "&& "
       "ln -s a in && ln -s b/c indir && ln -s /etc/passwd out && ln -s nowhere gone && "
       "ln -s loop loop && ln -s . here && ln -s \"$PWD/a\" abs && ln a hard");
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    (void)snprintf(sun.sun_path, sizeof sun.sun_path, "%.90s/sock", home);
    int sock = socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(bind(sock, (struct sockaddr *)&sun, sizeof sun) == 0);
    char want[1000];
    (void)snprintf(want, sizeof want,
                   "a:1;abs=file.link>%s/a;b/c/f:5;gone=file.link-outside>nowhere;hard:1;"
                   "here=file.link>.;in=file.link>a;indir=file.link>b/c;"
                   "loop=file.link-outside>loop;out=file.link-outside>/etc/passwd;p=file.fifo;"
                   "sock=file.socket;z:0;",
                   home);
    check_dir(home, want);
    close(sock);
}

static void test_order_and_names(void)
{
    fresh();
    sh("cd \"$H\" && mkdir B && : >B/x && : >a && : >\"$(printf '\\344\\270\\255')\" && "
       ": >\"$(printf '\\377\\001\\nb')\" && : >' ' && : >B.x");
    check_dir(home, " :0;B/x:0;B.x:0;a:0;\xe4\xb8\xad:0;\xff\x01\nb:0;");
}

static void test_single_and_slash(void)
{
    fresh();
    sh("printf 123 >\"$H/f\"; ln -s f \"$H/l\"; mkfifo \"$H/p\"; mkdir \"$H/d\"");
    char path[300];
    (void)snprintf(path, sizeof path, "%s/f", home);
    check_dir(path, "f:3;");
    (void)snprintf(path, sizeof path, "%s/l", home);
    check_dir(path, "l:3;");
    (void)snprintf(path, sizeof path, "%s/p", home);
    check_dir(path, "p=file.fifo;");
    (void)snprintf(path, sizeof path, "%s//", home);
    msh_source *s;
    msh_source_item item;
    msh_error why;
    bool more;
    REQUIRE(msh_source_dir(path, &s, &why) == MSH_OK);
    REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK && more);
    path[strlen(path) - 1] = 'f';
    CHECK_VIEW(item.path, msh_view_str(path));
    CHECK_VIEW(item.rel, MSH_VIEW("f"));
    CHECK(item.mtime_ns > 0 && item.ino != 0);
    close(item.fd);
    msh_source_free(s);
    (void)snprintf(path, sizeof path, "%s/none", home);
    CHECK_INT(msh_source_dir(path, &s, &why), MSH_E_OPEN);
    CHECK_INT(msh_source_dir("", &s, &why), MSH_E_OPEN);
}

static void test_unreadable(void)
{
    fresh();
    sh("cd \"$H\" && mkdir d && : >d/f && : >g && chmod 0 d g");
    if (geteuid() == 0) {
        /* as nobody, in a child: root may read everything */
        sh("chmod 755 \"$H\"");
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            int failed = check_failed;
            if (setgid(65534) != 0 || setuid(65534) != 0)
                _exit(1);
            check_dir(home, "d=dir.unreadable;g=file.no-access;");
            fflush(stdout);
            _exit(check_failed != failed);
        }
        int status = 1;
        (void)waitpid(pid, &status, 0);
        CHECK_INT(status, 0);
    } else {
        check_dir(home, "d=dir.unreadable;g=file.no-access;");
    }
    sh("chmod 755 \"$H/d\"");
}

static void test_vanished_and_swapped(void)
{
    fresh();
    sh("cd \"$H\" && : >a && mkdir d && : >d/f && : >e && mkdir x && : >x/f && : >y");
    msh_source *s;
    msh_source_item item;
    msh_error why;
    bool more;
    REQUIRE(msh_source_dir(home, &s, &why) == MSH_OK);
    REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK && more);
    close(item.fd);
    sh("cd \"$H\" && rm -r d e x && mkfifo e && ln -s /etc x && mkdir y.d && rm y && mv y.d y && "
       ": >y/in");
    msh_buf out;
    size_t n;
    msh_buf_init(&out, 4096);
    list_all(s, &out, &n);
    CHECK_VIEW(msh_buf_view(&out), MSH_VIEW("d=file.vanished;e=file.fifo;"
                                            "x=file.link-outside>/etc;y/in:0;"));
    msh_buf_dispose(&out);
}

/* Deeper than any path can be, with siblings on the way back up. */
static void test_deep(void)
{
    enum { LEVELS = 5000 };
    fresh();
    int dir = open(home, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < LEVELS; i++) {
        REQUIRE(mkdirat(dir, "d", 0755) == 0);
        int fd = openat(dir, "z", O_WRONLY | O_CREAT, 0644);
        REQUIRE(fd >= 0);
        close(fd);
        int next = openat(dir, "d", O_RDONLY | O_DIRECTORY);
        REQUIRE(next >= 0);
        close(dir);
        dir = next;
    }
    close(dir);
    msh_source *s;
    msh_source_item item;
    msh_error why;
    bool more = true;
    size_t n = 0, longest = 0, refused = 0;
    REQUIRE(msh_source_dir(home, &s, &why) == MSH_OK);
    for (;;) {
        REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK);
        if (!more)
            break;
        n++;
        refused += item.has_reason;
        longest = item.rel.len > longest ? item.rel.len : longest;
        if (item.fd >= 0) {
            CHECK(item.fd < 200);
            close(item.fd);
        }
    }
    msh_source_free(s);
    CHECK_INT(n, LEVELS);
    CHECK_INT(refused, 0);
    CHECK_INT(longest, (LEVELS - 1) * 2 + 1);
    sh("rm -rf \"$H\"");
}

/* A folder on the way is replaced while the walk is far below it: what is left of it counts as
 * vanished, and nothing of the new one is taken for the old. */
static void test_moved_under_the_walk(void)
{
    fresh();
    msh_buf script;
    msh_buf_init(&script, 1 << 16);
    int dir = open(home, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 100; i++) {
        REQUIRE(mkdirat(dir, "d", 0755) == 0);
        close(openat(dir, "z", O_WRONLY | O_CREAT, 0644));
        int next = openat(dir, "d", O_RDONLY | O_DIRECTORY);
        close(dir);
        dir = next;
    }
    close(dir);
    msh_source *s;
    msh_source_item item;
    msh_error why;
    bool more = true;
    size_t fine = 0, gone = 0;
    REQUIRE(msh_source_dir(home, &s, &why) == MSH_OK);
    REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK && more);
    close(item.fd);
    sh("cd \"$H/d/d/d\" && mv d old && mkdir d && : >d/z");
    while (msh_source_next(s, &item, &more, &why) == MSH_OK && more) {
        fine += item.fd >= 0;
        gone += item.has_reason && item.reason == MSH_REASON_FILE_VANISHED;
        if (item.fd >= 0)
            close(item.fd);
    }
    msh_source_free(s);
    msh_buf_dispose(&script);
    CHECK_INT(fine + gone, 99);
    CHECK(gone >= 20 && fine >= 60);
}

static void test_attributes(void)
{
    fresh();
    char path[300];
    (void)snprintf(path, sizeof path, "%s/f", home);
    close(open(path, O_WRONLY | O_CREAT, 0644));
    if (setxattr(path, "user.note", "a\0b", 3, 0) != 0) {
        printf("     (no extended attributes on this file system)\n");
        return;
    }
    msh_source *s;
    msh_source_item item;
    msh_error why;
    bool more;
    REQUIRE(msh_source_dir(home, &s, &why) == MSH_OK);
    REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK && more);
    CHECK_VIEW(item.xattrs, MSH_VIEW("user.note\0a\nb\0"));
    close(item.fd);
    msh_source_free(s);
}

static void check_list(const char *bytes, size_t len, const char *want)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/.list", home);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    REQUIRE(write(fd, bytes, len) == (ssize_t)len);
    close(fd);
    REQUIRE(chdir(home) == 0);
    msh_source *s;
    msh_error why;
    msh_buf out;
    size_t n;
    msh_buf_init(&out, 1 << 20);
    REQUIRE(msh_source_list(path, &s, &why) == MSH_OK);
    list_all(s, &out, &n);
    CHECK_VIEW(msh_buf_view(&out), msh_view_str(want));
    msh_buf_dispose(&out);
    REQUIRE(chdir("/") == 0);
}

static void test_list(void)
{
    fresh();
    sh("cd \"$H\" && printf 1 >a && mkdir d && : >d/x && : >\"$(printf 'n\\nl')\"");
#define LIST(bytes, want) check_list(bytes, sizeof(bytes) - 1, want)
    LIST("a\nd\n\nnone\n", "a:1;x:0;none=file.missing;");
    LIST("\xef\xbb\xbf"
         "a\r\nd/x\r\n",
         "a:1;x:0;");
    LIST("a", "a:1;");
    LIST("n\nl\0a\0", "n\nl:0;a:1;");
    LIST("", "");
    LIST("\n\n", "");
    msh_source *s;
    msh_error why;
    CHECK_INT(msh_source_list("/nowhere/at/all", &s, &why), MSH_E_NAMED);
}

static void feed_stdin(const char *bytes, size_t len)
{
    int ends[2];
    REQUIRE(pipe(ends) == 0 && write(ends[1], bytes, len) == (ssize_t)len);
    close(ends[1]);
    REQUIRE(dup2(ends[0], 0) == 0);
    close(ends[0]);
}

static void test_stdin(void)
{
    msh_source *s;
    msh_source_item item;
    msh_error why;
    bool more;
    char got[16];
    feed_stdin("hello", 5);
    REQUIRE(msh_source_stdin(5, &s, &why) == MSH_OK);
    REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK && more);
    CHECK_VIEW(item.path, MSH_VIEW("-"));
    CHECK_INT(item.size, 5);
    CHECK_INT(pread(item.fd, got, sizeof got, 0), 5);
    CHECK(write(item.fd, "x", 1) == -1);
    close(item.fd);
    REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK && !more);
    msh_source_free(s);
    feed_stdin("hello", 5);
    REQUIRE(msh_source_stdin(4, &s, &why) == MSH_OK);
    REQUIRE(msh_source_next(s, &item, &more, &why) == MSH_OK && more);
    CHECK(item.fd == -1 && item.has_reason && item.reason == MSH_REASON_LIMIT_SIZE);
    msh_source_free(s);
}

/* Memory grows with the names of the largest folder and nothing else. */
static void test_large_folder(void)
{
    enum { FILES = 20000 };
    fresh();
    char name[64];
    int dir = open(home, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "%05d", (i * 7919) % FILES);
        int fd = openat(dir, name, O_WRONLY | O_CREAT, 0644);
        REQUIRE(fd >= 0);
        close(fd);
    }
    close(dir);
    msh_source *s;
    msh_source_item item;
    msh_error why;
    bool more = true;
    int n = 0, in_order = 0;
    REQUIRE(msh_source_dir(home, &s, &why) == MSH_OK);
    while (msh_source_next(s, &item, &more, &why) == MSH_OK && more) {
        (void)snprintf(name, sizeof name, "%05d", n++);
        in_order += msh_view_eq(item.rel, msh_view_str(name));
        close(item.fd);
    }
    msh_source_free(s);
    CHECK_INT(n, FILES);
    CHECK_INT(in_order, FILES);
}

int main(void)
{
    RUN(test_kinds);
    RUN(test_order_and_names);
    RUN(test_single_and_slash);
    RUN(test_unreadable);
    RUN(test_vanished_and_swapped);
    RUN(test_deep);
    RUN(test_moved_under_the_walk);
    RUN(test_attributes);
    RUN(test_list);
    RUN(test_stdin);
    RUN(test_large_folder);
    sh("rm -rf \"$H\"");
    return check_result();
}
