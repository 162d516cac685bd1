/* page_decide.c: acts that are signed: submitting an upload, and each step of a review. Keys are
 * opened with the password that was typed, in a process that ends with the answer. */
#define _GNU_SOURCE
#include "console/review_pages.h"

#include <mishen/unstable/file.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 256 << 10, PATH_SIZE = 4096 };

/* --- keys ------------------------------------------------------------------------------------- */

typedef struct key_look {
    const char *name;
    bool found, protected;
} key_look;

static void on_key(void *ctx, const char *name, const char *how)
{
    key_look *k = ctx;
    if (strcmp(name, k->name) != 0)
        return;
    k->found = true;
    k->protected = strcmp(how, "password") == 0 || strcmp(how, "exec") == 0;
}

/* Who decides has keys of their own with a password; a clerk's are made at first use. */
bool review_may_sign(console_request *q)
{
    key_look k = {.name = q->account.name};
    msh_error why = {0};
    msh_err err = msh_keys_list(q->c->options, on_key, &k, &why);
    if (err != MSH_OK) {
        review_failed(q, err, &why);
        return false;
    }
    if (!k.found || !k.protected)
        request_refuse(q, 409, k.found ? SAY_E_KEY_OPEN : SAY_E_NO_KEY, SAY_E_KEY_DO);
    return k.found && k.protected;
}

/* --- decisions -------------------------------------------------------------------------------- */

/* A field of the form as a C string; NULL when it is empty. */
const char *review_text(const console_request *q, const char *name, char out[REVIEW_TEXT_SIZE])
{
    msh_view v = form_get(&q->form, name);
    size_t n = msh_view_utf8_prefix(msh_view_cut(v, 0, REVIEW_TEXT_SIZE - 1));
    if (n)
        memcpy(out, v.data, n);
    out[n] = '\0';
    return n ? out : NULL;
}

static void tell_refused(console_request *q, msh_err err, const msh_error *why,
                         const msh_review_done *done)
{
    q->status = 409;
    html_begin(q, say(q, SAY_NOT_SIGNED));
    html(q, "<div class=\"verdict bad\" role=\"alert\"><p class=\"words\">✕ ");
    html(q, msh_err_text(err, q->lang));
    html(q, "</p><p>");
    html_str(q, why->text);
    html(q, "</p>");
    for (const char *p = done->what; *p;) {
        size_t n = strcspn(p, "\n");
        html(q, "<p>");
        html_text(q, msh_view_of(p, n));
        html(q, "</p>");
        p += n + (p[n] == '\n');
    }
    html(q, "</div>\n<p><a href=\"/\">");
    html(q, say(q, SAY_E_BACK));
    html(q, "</a></p>\n");
    html_end(q);
}

void review_answer(console_request *q, msh_err err, const msh_error *why,
                   const msh_review_done *done)
{
    char path[200];
    if (err == MSH_E_REFUSED || (err != MSH_OK && msh_err_class(err) == 1)) {
        tell_refused(q, err, why, done);
    } else if (err != MSH_OK) {
        review_failed(q, err, why);
    } else {
        (void)snprintf(path, sizeof path, "/releases/%s", done->id);
        request_see(q, path);
    }
}

void page_decide_post(console_request *q)
{
    char id[REVIEW_TEXT_SIZE], act[REVIEW_TEXT_SIZE], not_after[REVIEW_TEXT_SIZE],
        password[REVIEW_TEXT_SIZE];
    char opinion[REVIEW_TEXT_SIZE], reason[REVIEW_TEXT_SIZE], code[REVIEW_TEXT_SIZE],
        basis[REVIEW_TEXT_SIZE];
    char authority[REVIEW_TEXT_SIZE], letter[REVIEW_TEXT_SIZE], reply[REVIEW_TEXT_SIZE];
    char paper_act[REVIEW_TEXT_SIZE], paper_by[REVIEW_TEXT_SIZE], paper_date[REVIEW_TEXT_SIZE],
        sheet[40];
    msh_review_done done = {.record = 0};
    msh_error why = {0};
    const char *named = review_text(q, "act", act), *release = review_text(q, "id", id);
    msh_act which = named ? msh_act_named(named) : MSH_ACT_COUNT;
    if (which == MSH_ACT_COUNT || !release) {
        request_refuse(q, 400, SAY_E_FORM, SAY_E_FORM_DO);
        return;
    }
    if (!review_may_sign(q))
        return;
    /* The sheet is in memory, only its hash is kept. Its name in /proc is root's alone while this
     * process is not dumpable. */
    (void)prctl(PR_SET_DUMPABLE, q->form.n_files ? 1 : 0);
    if (q->form.n_files)
        (void)snprintf(sheet, sizeof sheet, "/proc/self/fd/%d", q->form.files[0].fd);
    const msh_decide_job job = {
        .act = which,
        .id = release,
        .not_after = review_text(q, "not_after", not_after),
        .sheet = q->form.n_files ? sheet : NULL,
        .texts = {.opinion = review_text(q, "opinion", opinion),
                  .reason = review_text(q, "reason", reason),
                  .reason_code = review_text(q, "code", code),
                  .basis = review_text(q, "basis", basis),
                  .authority = review_text(q, "authority", authority),
                  .letter = review_text(q, "letter", letter),
                  .reply = review_text(q, "reply", reply),
                  .paper_act = review_text(q, "paper_act", paper_act),
                  .paper_by = review_text(q, "paper_by", paper_by),
                  .paper_date = review_text(q, "paper_date", paper_date)},
        .signer = {.name = q->account.name, .password = review_text(q, "password", password)}};
    msh_err err = msh_review_decide(q->c->options, &job, &done, &why);
    msh_wipe(password, sizeof password);
    review_answer(q, err, &why, &done);
}

/* --- submitting ------------------------------------------------------------------------------- */

static msh_err copy_file(const form_file *f, const char *to, msh_error *why)
{
    uint8_t *room = msh_alloc(STEP);
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    msh_err err = !room ? MSH_E_MEMORY : fd < 0 ? MSH_E_STATE : MSH_OK;
    for (uint64_t at = 0; err == MSH_OK && at < f->size;) {
        int64_t n = msh_file_pread(f->fd, room, STEP, at);
        if (n <= 0)
            err = MSH_E_IO;
        else
            err = msh_file_write_all(fd, msh_view_of(room, (size_t)n), why);
        at += n > 0 ? (uint64_t)n : 0;
    }
    if (err == MSH_OK && fsync(fd) != 0)
        err = MSH_E_IO;
    if (fd >= 0)
        close(fd);
    msh_free(room);
    return err;
}

typedef struct inbox {
    char root[PATH_SIZE], folder[PATH_SIZE + 320];
    char paths[MSH_SERVICE_FILES][PATH_SIZE + 640];
    const char *names[MSH_SERVICE_FILES];
    size_t n;
} inbox;

/* Stored only now, beneath the folder of this release, at the place where they shall stand on the
 * site: STATE/inbox/RUN/FOLDER/. */
static msh_err store(console_request *q, inbox *in, msh_error *why)
{
    const char *folder = q->upload.folder;
    int n = snprintf(in->root, sizeof in->root, "%s/inbox/%s", q->state, q->upload.run);
    if (n < 0 || n >= (int)(sizeof in->root - sizeof q->upload.folder) - FORM_FILE_NAME - 3)
        return MSH_E_STATE;
    (void)snprintf(in->folder, sizeof in->folder, "%s%s%s", in->root, folder[0] ? "/" : "", folder);
    msh_err err = msh_file_make_dirs(in->folder, why);
    for (size_t i = 0; i < q->form.n_files && err == MSH_OK; i++) {
        (void)snprintf(in->paths[i], sizeof in->paths[i], "%s/%s", in->folder,
                       q->form.files[i].name);
        in->names[i] = in->paths[i];
        err = copy_file(&q->form.files[i], in->paths[i], why);
        if (err == MSH_OK)
            in->n++;
    }
    return err == MSH_OK ? msh_file_sync_dir(in->folder, why) : err;
}

static void remove_stored(const inbox *in)
{
    for (size_t i = 0; i < in->n; i++)
        (void)unlink(in->paths[i]);
    for (size_t n = strlen(in->folder); n >= strlen(in->root) && n; n--) { /* innermost first */
        if (in->folder[n] == '/' || in->folder[n] == '\0') {
            char path[sizeof in->folder];
            (void)snprintf(path, sizeof path, "%.*s", (int)n, in->folder);
            (void)rmdir(path);
        }
    }
}

void page_submit_post(console_request *q)
{
    msh_review_done done = {.record = 0};
    msh_error why = {0};
    char password[REVIEW_TEXT_SIZE];
    inbox *in = msh_calloc(1, sizeof *in);
    msh_err err = in ? store(q, in, &why) : MSH_E_MEMORY;
    if (err == MSH_OK) {
        const console_upload *u = &q->upload;
        const msh_submit_job job = {
            .files = in->names,
            .n_files = in->n,
            .root = in->root,
            .id = u->run,
            .texts = {.title = u->title,
                      .docno = u->docno[0] ? u->docno : NULL,
                      .category = u->category[0] ? u->category : NULL,
                      .channel = u->channel[0] ? u->channel : NULL,
                      .unit = q->account.office[0] ? q->account.office : NULL},
            .signer = {.name = q->account.name, .password = review_text(q, "password", password)}};
        err = msh_review_submit(q->c->options, &job, &done, &why);
        msh_wipe(password, sizeof password);
    }
    q->submitted = err == MSH_OK;
    if (err != MSH_OK && in)
        remove_stored(in);
    review_answer(q, err, &why, &done);
    msh_free(in);
}
