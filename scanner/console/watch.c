/* watch.c: `mishen watch DIR`: who works with a shared folder puts a file, or a folder with a body
 * and its attachments, into 待审, and finds it in 通过, 待复核 or 退回 with a sheet beside it.
 *
 * inotify only wakes: each time all of 待审 is looked through, so that nothing is lost when events
 * overflow, the program was stopped, or the file system sends none. What is still being written is
 * left alone until it rests. Names are opened beneath the folder, no link is followed. */
#define _GNU_SOURCE
#include <mishen/service.h>
#include <mishen/unstable/buf.h>
#include <mishen/unstable/clock.h>
#include <mishen/unstable/console.h>
#include <mishen/unstable/file.h>
#include <mishen/unstable/mem.h>
#include <mishen/unstable/view.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_SIZE = 256,
    ENTRIES = 4096,
    JOBS = 8, /* at once */
    LOOK_MS = 1000,
    IDLE_LOOK_MS = 10000, /* where no events come */
    DEPTH = 8,
    POLLED = 128,
    SHEET_PATH = 8192
};
static const uint64_t SECOND_NS = 1000000000, AGAIN_NS = 60 * SECOND_NS;

typedef struct watch_file {
    char rel[1024]; /* beneath 待审 */
    int fd;
    struct stat st;
} watch_file;

/* An entry of 待审 that was seen. */
typedef struct watch_entry {
    char name[NAME_SIZE];
    uint64_t print;     /* of names, sizes and times of all its files */
    uint64_t since_ns;  /* unchanged since */
    uint64_t after_ns;  /* not tried before */
    bool present, open; /* in this pass; being examined */
    uint64_t job;
    watch_file *files;
    size_t n_files;
    bool done;
    msh_verdict verdict;
    char run[40];
} watch_entry;

typedef struct watch {
    const msh_options *options;
    const msh_watch_job *job;
    msh_service *service;
    int dir, in, inotify;
    char path[4096];
    watch_entry *entries;
    size_t n, n_open;
    bool waiting; /* something is there that does not rest yet */
} watch;

static msh_err failed(msh_error *why, msh_err code, const char *text)
{
    if (why) {
        *why = (msh_error){.code = code, .sys_errno = errno, .offset = UINT64_MAX};
        (void)snprintf(why->text, sizeof why->text, "%.380s", text);
    }
    return code;
}

static const char *tr(const watch *w, const char *zh, const char *en)
{
    return w->options->lang == MSH_LANG_EN ? en : zh;
}

/* Names of folders, and what a sheet is called, in the language of the reader. */
static const char *in_folder(const watch *w)
{
    return tr(w, "待审", "waiting");
}

static const char *back_folder(const watch *w)
{
    return tr(w, "退回", "returned");
}

static const char *folder_of(const watch *w, msh_verdict v)
{
    return v == MSH_VERDICT_PASS     ? tr(w, "通过", "passed")
           : v == MSH_VERDICT_REVIEW ? tr(w, "待复核", "to-review")
                                     : back_folder(w);
}

static const char *sheet_words(const watch *w)
{
    return tr(w, "审查结果", "result");
}

/* What happened, for the caller to print: name and what. */
static void tell(const watch *w, const char *name, const char *what)
{
    if (w->job->told)
        w->job->told(w->job->ctx, name, what);
}

/* --- looking ---------------------------------------------------------------------------------- */

/* What programs write beside a document while it is open, and what systems leave in folders. */
static bool is_passing(const char *name)
{
    static const char *const names[] = {"Thumbs.db", "desktop.ini"};
    size_t n = strlen(name);
    if (name[0] == '.' || strncmp(name, "~$", 2) == 0 || strncmp(name, "~WRL", 4) == 0)
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return n > 4 &&
           (strcasecmp(name + n - 4, ".tmp") == 0 || strcasecmp(name + n - 4, ".crdownload") == 0 ||
            strcasecmp(name + n - 4, ".part") == 0);
}

typedef struct gathering {
    watch *w;
    watch_entry *e;
    bool open; /* open the files, for the workers */
    uint64_t print;
    size_t n;
    const char *wrong; /* why it cannot be examined, NULL = it can */
} gathering;

static void mix(gathering *g, const void *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g->print = (g->print ^ ((const uint8_t *)data)[i]) * 1099511628211ull;
}

static void mix_stat(gathering *g, const char *rel, const struct stat *st)
{
    mix(g, rel, strlen(rel) + 1);
    mix(g, &st->st_size, sizeof st->st_size);
    mix(g, &st->st_ino, sizeof st->st_ino);
    mix(g, &st->st_mtim, sizeof st->st_mtim);
    mix(g, &st->st_ctim, sizeof st->st_ctim);
}

static void gather_file(gathering *g, const char *rel, const struct stat *st)
{
    g->n++;
    mix_stat(g, rel, st);
    if (g->n > MSH_SERVICE_FILES)
        g->wrong = tr(g->w, "文件太多，一条信息最多 100 个，请分成几个文件夹",
                      "too many files, 100 at most: use several folders");
    if (!S_ISREG(st->st_mode))
        g->wrong = tr(g->w, "其中有链接、管道等特殊文件，请换成普通文件",
                      "links, pipes or other special files: put plain files in their place");
    if (!g->open || g->wrong)
        return;
    watch_file *f = &g->e->files[g->e->n_files];
    (void)snprintf(f->rel, sizeof f->rel, "%s", rel);
    f->fd = msh_file_open_beneath(g->w->in, rel, O_RDONLY);
    if (f->fd < 0 || fstat(f->fd, &f->st) != 0 || !S_ISREG(f->st.st_mode)) {
        if (f->fd >= 0)
            close(f->fd);
        f->fd = -1;
        g->wrong = tr(g->w, "打不开，请检查权限", "cannot be opened, see its permissions");
        return;
    }
    g->e->n_files++;
}

static void gather(gathering *g, const char *rel, unsigned depth);

static void gather_folder(gathering *g, const char *rel, unsigned depth)
{
    char inner[1024];
    int fd = msh_file_open_beneath(g->w->in, rel, O_RDONLY | O_DIRECTORY);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (!d || depth == 0) {
        if (d)
            (void)closedir(d);
        else if (fd >= 0)
            close(fd);
        g->wrong =
            tr(g->w, "文件夹打不开或层数太多", "a folder that cannot be opened, or too deep");
        return;
    }
    for (struct dirent *e; (e = readdir(d)) != NULL && g->n <= MSH_SERVICE_FILES;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        int n = snprintf(inner, sizeof inner, "%s/%s", rel, e->d_name);
        if (n < 0 || (size_t)n >= sizeof inner)
            g->wrong = tr(g->w, "名称太长", "name too long");
        else
            gather(g, inner, depth - 1);
    }
    (void)closedir(d);
}

/* Inside a folder nothing is left out: what moves with it is examined. */
static void gather(gathering *g, const char *rel, unsigned depth)
{
    struct stat st;
    if (fstatat(g->w->in, rel, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        g->print++; /* it went just now: not at rest */
        return;
    }
    if (S_ISDIR(st.st_mode)) {
        mix(g, rel, strlen(rel) + 1);
        gather_folder(g, rel, depth);
    } else {
        gather_file(g, rel, &st);
    }
}

static uint64_t print_of(watch *w, watch_entry *e, size_t *n, const char **wrong)
{
    gathering g = {.w = w, .e = e, .print = 1469598103934665603ull};
    gather(&g, e->name, DEPTH);
    *n = g.n;
    *wrong = g.wrong;
    return g.print;
}

/* --- moving ----------------------------------------------------------------------------------- */

/* A name that is free in the folder: "通知(2).docx". */
static bool free_name(int dir, const char *name, char out[NAME_SIZE + 16])
{
    struct stat st;
    const char *dot = strrchr(name, '.');
    size_t stem = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    (void)snprintf(out, NAME_SIZE + 16, "%s", name);
    for (unsigned k = 2; k < 10000 && fstatat(dir, out, &st, AT_SYMLINK_NOFOLLOW) == 0; k++)
        (void)snprintf(out, NAME_SIZE + 16, "%.*s(%u)%s", (int)stem, name, k, name + stem);
    return fstatat(dir, out, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

/* Moved without replacing anything: what came there meanwhile stays. */
static bool move(watch *w, const char *folder, const char *name, char to[NAME_SIZE + 16])
{
    int dir = openat(w->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    bool moved = false;
    for (int i = 0; dir >= 0 && i < 10 && !moved && free_name(dir, name, to); i++) {
        moved = renameat2(w->in, name, dir, to, RENAME_NOREPLACE) == 0;
        if (!moved && errno == EINVAL) /* a file system that cannot promise it */
            moved = renameat(w->in, name, dir, to) == 0;
        else if (!moved && errno != EEXIST)
            break;
    }
    if (dir >= 0)
        close(dir);
    return moved;
}

/* The sheet may be read by whom the file may be read by. */
static void open_up(const watch *w, const char *path, mode_t mode)
{
    (void)w;
    (void)chmod(path, (mode & 0666) | 0600);
}

static void put_sheet(watch *w, const watch_entry *e, const char *folder, const char *name)
{
    char path[SHEET_PATH];
    const char *runs[] = {e->run};
    msh_error why = {0};
    (void)snprintf(path, sizeof path, "%s/%s/%s.%s.html", w->path, folder, name, sheet_words(w));
    (void)unlink(path);
    const msh_report_job job = {.form = "html", .runs = runs, .n_runs = 1, .output = path};
    if (msh_report_saved(w->options, &job, &why) != MSH_OK)
        tell(w, name, tr(w, "结果单写不下来", "the sheet cannot be written"));
    else
        open_up(w, path, e->n_files ? e->files[0].st.st_mode : 0644);
}

static void put_refusal(watch *w, const char *name, const char *what)
{
    char path[SHEET_PATH];
    msh_buf b;
    msh_buf_init(&b, 4096);
    (void)snprintf(path, sizeof path, "%s/%s/%s.%s.txt", w->path, back_folder(w), name,
                   sheet_words(w));
    msh_buf_printf(&b, "%s%s\r\n", tr(w, "没有检查：", "not examined: "), what);
    if (msh_file_replace(path, msh_buf_view(&b), NULL) == MSH_OK)
        open_up(w, path, 0644);
    msh_buf_dispose(&b);
}

static void close_files(watch_entry *e)
{
    for (size_t i = 0; i < e->n_files; i++)
        close(e->files[i].fd);
    msh_free(e->files);
    e->files = NULL;
    e->n_files = 0;
}

/* Whether each file that was examined is still the one of its name, unchanged. */
static bool unchanged(const watch *w, const watch_entry *e)
{
    for (size_t i = 0; i < e->n_files; i++) {
        const watch_file *f = &e->files[i];
        struct stat st, now;
        if (fstatat(w->in, f->rel, &st, AT_SYMLINK_NOFOLLOW) != 0 || fstat(f->fd, &now) != 0 ||
            st.st_ino != f->st.st_ino || st.st_dev != f->st.st_dev ||
            now.st_size != f->st.st_size || now.st_mtim.tv_sec != f->st.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != f->st.st_mtim.tv_nsec)
            return false;
    }
    return true;
}

static void finish(watch *w, watch_entry *e)
{
    char to[NAME_SIZE + 16];
    size_t n;
    const char *wrong, *folder = folder_of(w, e->verdict);
    uint64_t print = print_of(w, e, &n, &wrong);
    e->done = e->open = false;
    w->n_open--;
    if (print != e->print || wrong || !unchanged(w, e)) {
        e->since_ns = msh_clock_ns(); /* changed meanwhile: examined again when it rests */
        e->print = 0;
        w->waiting = true;
    } else if (move(w, folder, e->name, to)) {
        put_sheet(w, e, folder, to);
        tell(w, to, msh_verdict_text(e->verdict, w->options->lang));
    } else {
        e->after_ns = msh_clock_ns() + AGAIN_NS;
        tell(w, e->name,
             tr(w, "移不走，请检查文件夹的权限", "cannot be moved, see the folder's permissions"));
    }
    close_files(e);
}

/* What cannot be examined at all goes back at once. */
static void send_back(watch *w, watch_entry *e, const char *what)
{
    char to[NAME_SIZE + 16];
    close_files(e);
    if (move(w, back_folder(w), e->name, to)) {
        put_refusal(w, to, what);
        tell(w, to, what);
    } else {
        e->after_ns = msh_clock_ns() + AGAIN_NS;
        tell(w, e->name,
             tr(w, "移不走，请检查文件夹的权限", "cannot be moved, see the folder's permissions"));
    }
}

/* --- examining -------------------------------------------------------------------------------- */

static void on_done(void *ctx, const msh_service_result *r)
{
    watch_entry *e = ctx;
    e->done = true;
    e->verdict = r->verdict;
    (void)snprintf(e->run, sizeof e->run, "%s", r->run);
}

/* Names as they are shown: those of a folder with it before them. */
static msh_err give(watch *w, watch_entry *e, msh_error *why)
{
    msh_service_file files[MSH_SERVICE_FILES];
    for (size_t i = 0; i < e->n_files; i++)
        files[i] = (msh_service_file){.name = msh_view_str(e->files[i].rel),
                                      .fd = e->files[i].fd,
                                      .size = (uint64_t)e->files[i].st.st_size};
    const msh_service_job job = {.files = files,
                                 .n_files = e->n_files,
                                 .root = "watch",
                                 .save = true,
                                 .done = on_done,
                                 .ctx = e};
    msh_err err = msh_service_give(w->service, &job, &e->job, why);
    if (err != MSH_OK)
        return err;
    e->open = true;
    w->n_open++;
    return MSH_OK;
}

static msh_err examine(watch *w, watch_entry *e, msh_error *why)
{
    gathering g = {.w = w, .e = e, .open = true, .print = 1469598103934665603ull};
    e->files = msh_calloc(MSH_SERVICE_FILES, sizeof *e->files);
    if (!e->files)
        return failed(why, MSH_E_MEMORY, "watch");
    gather(&g, e->name, DEPTH);
    if (g.print != e->print) { /* just now */
        close_files(e);
        e->since_ns = msh_clock_ns();
        e->print = g.print;
        w->waiting = true;
        return MSH_OK;
    }
    if (!g.wrong && e->n_files == 0)
        g.wrong = tr(w, "文件夹是空的", "an empty folder");
    if (g.wrong) {
        send_back(w, e, g.wrong);
        return MSH_OK;
    }
    return give(w, e, why);
}

/* NULL: too many at once; its turn comes when others are gone. */
static watch_entry *entry_named(watch *w, const char *name)
{
    watch_entry *free_one = NULL;
    for (size_t i = 0; i < w->n; i++) {
        watch_entry *e = &w->entries[i];
        if (strcmp(e->name, name) == 0)
            return e;
        if (!e->name[0] && !e->open && !free_one)
            free_one = e;
    }
    if (strlen(name) >= NAME_SIZE || (!free_one && w->n == ENTRIES))
        return NULL;
    watch_entry *e = free_one ? free_one : &w->entries[w->n++];
    *e = (watch_entry){.print = 0};
    (void)snprintf(e->name, sizeof e->name, "%s", name);
    return e;
}

static msh_err look_at(watch *w, watch_entry *e, uint64_t now, msh_error *why)
{
    size_t n;
    const char *wrong;
    e->present = true;
    if (e->open || now < e->after_ns)
        return MSH_OK;
    uint64_t print = print_of(w, e, &n, &wrong);
    if (print != e->print) {
        e->print = print;
        e->since_ns = now;
    }
    if (now - e->since_ns < (uint64_t)w->job->settle_s * SECOND_NS || w->n_open >= JOBS) {
        w->waiting = true;
        return MSH_OK;
    }
    return examine(w, e, why);
}

/* Entries that are gone are forgotten; open ones stay where they are, since the service knows their
 * address. */
static void forget_gone(watch *w)
{
    for (size_t i = 0; i < w->n; i++)
        if (!w->entries[i].present && !w->entries[i].open)
            w->entries[i].name[0] = '\0';
    while (w->n && !w->entries[w->n - 1].name[0] && !w->entries[w->n - 1].open)
        w->n--;
}

static msh_err pass(watch *w, msh_error *why)
{
    int fd = openat(w->dir, in_folder(w), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    uint64_t now = msh_clock_ns();
    msh_err err = MSH_OK;
    if (!d) {
        if (fd >= 0)
            close(fd);
        return failed(why, MSH_E_NAMED, in_folder(w));
    }
    w->waiting = false;
    for (size_t i = 0; i < w->n; i++)
        w->entries[i].present = false;
    for (struct dirent *e; err == MSH_OK && (e = readdir(d)) != NULL;) {
        watch_entry *one = is_passing(e->d_name) ? NULL : entry_named(w, e->d_name);
        if (one)
            err = look_at(w, one, now, why);
    }
    (void)closedir(d);
    forget_gone(w);
    return err;
}

/* --- the loop --------------------------------------------------------------------------------- */

static void drain(int fd)
{
    char room[8192];
    while (read(fd, room, sizeof room) > 0)
        continue;
}

/* Waits; true when a signal asks to end. */
static bool wait_for_work(watch *w, int signals, bool *look)
{
    struct pollfd p[POLLED];
    int fds[POLLED], timeout = w->waiting || *look ? LOOK_MS / 2 : IDLE_LOOK_MS;
    uint64_t began = msh_clock_ns();
    size_t n = 0, more;
    p[n++] = (struct pollfd){signals, POLLIN, 0};
    p[n++] = (struct pollfd){w->inotify, POLLIN, 0};
    more = msh_service_descriptors(w->service, fds, POLLED - n, &timeout);
    for (size_t i = 0; i < more; i++)
        p[n++] = (struct pollfd){fds[i], POLLIN, 0};
    (void)poll(p, (nfds_t)n, timeout);
    if (p[1].revents)
        drain(w->inotify);
    if (p[1].revents || msh_clock_ns() - began > (uint64_t)LOOK_MS * 400000 || w->waiting)
        *look = true;
    struct signalfd_siginfo taken;
    return p[0].revents && read(signals, &taken, sizeof taken) == (ssize_t)sizeof taken;
}

/* true: some were, and others may have their turn. */
static bool finish_done(watch *w)
{
    bool any = false;
    for (size_t i = 0; i < w->n; i++) {
        if (!w->entries[i].done)
            continue;
        finish(w, &w->entries[i]);
        any = true;
    }
    return any;
}

static msh_err loop(watch *w, int signals, msh_error *why)
{
    bool end = false, look = true;
    uint64_t looked = 0;
    msh_err err = MSH_OK;
    while (err == MSH_OK && (!end || w->n_open)) {
        uint64_t now = msh_clock_ns();
        if (!end && look && now - looked > SECOND_NS / 5) {
            err = pass(w, why);
            looked = now;
            look = false;
            if (err == MSH_OK && w->job->once && !w->waiting && !w->n_open)
                return MSH_OK;
        }
        if (err == MSH_OK)
            err = msh_service_step(w->service, why);
        look = finish_done(w) || look;
        if (err == MSH_OK && (!end || w->n_open))
            end = wait_for_work(w, signals, &look) || end;
    }
    return err;
}

static msh_err run(watch *w, msh_error *why)
{
    sigset_t set, before;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, &before);
    int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    msh_err err = signals < 0 ? failed(why, MSH_E_IO, "signalfd") : loop(w, signals, why);
    if (signals >= 0)
        close(signals);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return err;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static msh_err open_folders(watch *w, msh_error *why)
{
    const char *const names[] = {in_folder(w), folder_of(w, MSH_VERDICT_PASS),
                                 folder_of(w, MSH_VERDICT_REVIEW), back_folder(w)};
    if (!realpath(w->job->folder, w->path))
        return failed(why, MSH_E_NAMED, w->job->folder);
    w->dir = open(w->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->dir < 0)
        return failed(why, MSH_E_NAMED, w->job->folder);
    if (flock(w->dir, LOCK_EX | LOCK_NB) != 0)
        return failed(why, MSH_E_STATE_BUSY, w->job->folder);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (mkdirat(w->dir, names[i], 0770) != 0 && errno != EEXIST)
            return failed(why, MSH_E_NAMED, names[i]);
    w->in = openat(w->dir, in_folder(w), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (w->in < 0)
        return failed(why, MSH_E_NAMED, in_folder(w));
    return MSH_OK;
}

/* Where there are no events, the folder is looked through every ten seconds all the same. */
static void open_events(watch *w)
{
    char path[4200];
    w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    (void)snprintf(path, sizeof path, "%s/%s", w->path, in_folder(w));
    if (w->inotify >= 0)
        (void)inotify_add_watch(w->inotify, path,
                                IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | IN_ONLYDIR);
}

static void close_watch(watch *w)
{
    const int fds[] = {w->inotify, w->in, w->dir};
    for (size_t i = 0; w->entries && i < w->n; i++)
        close_files(&w->entries[i]);
    msh_service_close(w->service);
    msh_free(w->entries);
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    msh_free(w);
}

msh_err msh_console_watch(const msh_options *options, const msh_watch_job *job, int *exit_code,
                          msh_error *why)
{
    watch *w = msh_calloc(1, sizeof *w);
    msh_err err = w ? MSH_OK : failed(why, MSH_E_MEMORY, "watch");
    if (err == MSH_OK) {
        w->options = options;
        w->job = job;
        w->dir = w->in = w->inotify = -1;
        w->entries = msh_calloc(ENTRIES, sizeof *w->entries);
        err = w->entries ? open_folders(w, why) : failed(why, MSH_E_MEMORY, "watch");
    }
    if (err == MSH_OK)
        err = msh_service_open(options, &w->service, why);
    if (err == MSH_OK) {
        open_events(w);
        if (job->told)
            job->told(job->ctx, NULL, w->path);
        err = run(w, why);
    }
    *exit_code = err == MSH_OK             ? MSH_EXIT_CLEAN
                 : err == MSH_E_SANDBOX    ? MSH_EXIT_SANDBOX
                 : err == MSH_E_STATE_BUSY ? MSH_EXIT_BUSY
                 : msh_err_class(err) == 6 ? MSH_EXIT_EVIDENCE
                 : msh_err_class(err) == 1 ? MSH_EXIT_USAGE
                                           : MSH_EXIT_STATE;
    if (w)
        close_watch(w);
    return err;
}
