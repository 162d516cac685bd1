/* form.c: fields and files of a form, as the library hands them over piece by piece.
 *
 * Files go to memory only (memfd). Refused: more fields, files or bytes than a form has, a part
 * that goes on after another one began, fields that are not UTF-8. */
#define _GNU_SOURCE
#include "console/console.h"

#include <mishen/unstable/file.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

void form_init(console_form *f)
{
    *f = (console_form){.n_fields = 0};
    msh_buf_init(&f->text, FORM_TEXT);
}

void form_dispose(console_form *f)
{
    for (size_t i = 0; i < f->n_files; i++)
        if (f->files[i].fd >= 0)
            close(f->files[i].fd);
    msh_free(f->files);
    if (f->text.data)
        msh_wipe(f->text.data, f->text.cap); /* passwords came this way */
    msh_buf_dispose(&f->text);
    if (f->in_memory)
        *f->in_memory -= f->bytes;
    form_init(f);
}

static void refuse(console_form *f, unsigned status, console_msg what, console_msg todo)
{
    if (f->refused)
        return;
    f->refused = status;
    f->refused_msg = what;
    f->refused_do = todo;
}

static void malformed(console_form *f)
{
    refuse(f, 400, SAY_E_FORM, SAY_E_FORM_DO);
}

/* --- names ------------------------------------------------------------------------------------ */

/* Controls, DEL, quotes of paths: what no file name needs. */
static bool is_harmless(uint8_t c)
{
    return c >= 0x20 && c != 0x7f && c != '/' && c != '\\' && c != '"';
}

void form_clean_name(char out[FORM_FILE_NAME + 1], msh_view sent)
{
    size_t start = 0, n = 0;
    for (size_t i = 0; i < sent.len; i++)
        if (sent.data[i] == '/' || sent.data[i] == '\\')
            start = i + 1;
    for (size_t i = start; i < sent.len && n < FORM_FILE_NAME; i++)
        out[n++] = is_harmless(sent.data[i]) ? (char)sent.data[i] : '_';
    n = msh_view_utf8_prefix(msh_view_of(out, n)) == n || n < FORM_FILE_NAME
            ? n
            : msh_view_utf8_prefix(msh_view_of(out, n));
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '.'))
        n--;
    size_t lead = 0;
    while (lead < n && (out[lead] == ' ' || out[lead] == '.'))
        out[lead++] = '_';
    if (n == 0)
        n = (size_t)snprintf(out, FORM_FILE_NAME, "file");
    out[n] = '\0';
}

bool form_clean_folder(char *out, size_t cap, msh_view typed)
{
    char part[FORM_FILE_NAME + 1];
    size_t n = 0;
    out[0] = '\0';
    if (!msh_view_is_utf8(typed))
        return false;
    for (size_t at = 0; at < typed.len;) {
        size_t end = at;
        while (end < typed.len && typed.data[end] != '/' && typed.data[end] != '\\')
            end++;
        msh_view v = msh_view_cut(typed, at, end - at);
        at = end + 1;
        if (v.len == 0)
            continue;
        if (v.len > 100)
            return false;
        form_clean_name(part, v);
        int m = snprintf(out + n, cap - n, "%s%s", n ? "/" : "", part);
        if (m < 0 || (size_t)m >= cap - n)
            return false;
        n += (size_t)m;
    }
    return true;
}

/* Two files of one name would be one file once they are stored. */
static void make_unique(const console_form *f, form_file *file)
{
    char base[FORM_FILE_NAME + 1];
    (void)snprintf(base, sizeof base, "%s", file->name);
    for (unsigned k = 2; k < 1000; k++) {
        bool taken = false;
        for (size_t i = 0; i < f->n_files && !taken; i++)
            taken = &f->files[i] != file && strcmp(f->files[i].name, file->name) == 0;
        if (!taken)
            return;
        size_t keep = msh_view_utf8_prefix(msh_view_cut(msh_view_str(base), 0, 240));
        const char *dot = strrchr(base, '.');
        if (dot && dot > base && strlen(dot) < 12) {
            size_t stem = (size_t)(dot - base) < keep ? (size_t)(dot - base) : keep;
            (void)snprintf(file->name, sizeof file->name, "%.*s(%u)%.11s", (int)stem, base, k, dot);
        } else {
            (void)snprintf(file->name, sizeof file->name, "%.*s(%u)", (int)keep, base, k);
        }
    }
}

/* --- parts ------------------------------------------------------------------------------------ */

static bool same_part(const console_form *f, const char *key, const char *file)
{
    char open[FORM_FILE_NAME + 1];
    (void)snprintf(open, sizeof open, "%s%s%s", key, file ? "/" : "", file ? file : "");
    return strcmp(open, f->open) == 0;
}

static void begin_field(console_form *f, const char *key)
{
    if (f->n_fields == FORM_FIELDS || strlen(key) >= FORM_NAME) {
        malformed(f);
        return;
    }
    form_field *field = &f->fields[f->n_fields++];
    (void)snprintf(field->name, sizeof field->name, "%s", key);
    field->at = f->text.len;
    field->len = 0;
}

static void take_field(console_form *f, msh_view data)
{
    if (f->n_fields == 0)
        return;
    form_field *field = &f->fields[f->n_fields - 1];
    msh_buf_put_view(&f->text, data);
    if (msh_buf_err(&f->text) != MSH_OK) {
        malformed(f);
        return;
    }
    field->len += data.len;
}

static bool grow(console_form *f)
{
    if (f->n_files < f->cap_files)
        return true;
    size_t cap = f->cap_files ? f->cap_files * 2 : 4;
    form_file *files = msh_realloc(f->files, cap * sizeof *files);
    if (!files)
        return false;
    f->files = files;
    f->cap_files = cap;
    return true;
}

static void begin_file(console_form *f, const char *name)
{
    if (!f->files_allowed) {
        malformed(f);
        return;
    }
    if (f->n_files == MSH_SERVICE_FILES) {
        refuse(f, 413, SAY_E_MANY, SAY_E_MANY_DO);
        return;
    }
    int fd = grow(f) ? memfd_create("mishen-upload", MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1;
    if (fd < 0) {
        refuse(f, 503, SAY_E_BUSY, SAY_E_BUSY_DO);
        return;
    }
    form_file *file = &f->files[f->n_files++];
    *file = (form_file){.fd = fd};
    form_clean_name(file->name, msh_view_str(name));
    make_unique(f, file);
}

static void take_file(console_form *f, msh_view data)
{
    if (f->n_files == 0 || data.len == 0)
        return;
    form_file *file = &f->files[f->n_files - 1];
    if (data.len > f->bytes_max - f->bytes) {
        refuse(f, 413, SAY_E_LARGE, SAY_E_LARGE_DO);
        return;
    }
    if ((f->in_memory && data.len > f->in_memory_max - *f->in_memory) ||
        msh_file_write_all(file->fd, data, NULL) != MSH_OK) {
        refuse(f, 503, SAY_E_BUSY, SAY_E_BUSY_DO);
        return;
    }
    file->size += data.len;
    f->bytes += data.len;
    if (f->in_memory)
        *f->in_memory += data.len;
}

void form_take(console_form *f, const char *key, const char *file, msh_view data, uint64_t off)
{
    if (f->refused || !key)
        return;
    /* an empty <input type=file> comes as a file without a name */
    if (file && !file[0] && off == 0 && data.len == 0)
        return;
    if (strlen(key) >= FORM_NAME) {
        malformed(f);
        return;
    }
    if (off == 0) {
        if (file)
            begin_file(f, file);
        else
            begin_field(f, key);
        (void)snprintf(f->open, sizeof f->open, "%s%s%s", key, file ? "/" : "", file ? file : "");
    } else if (!same_part(f, key, file)) {
        malformed(f);
    }
    if (f->refused)
        return;
    if (file)
        take_file(f, data);
    else
        take_field(f, data);
}

void form_take_raw(console_form *f, const char *name, msh_view data)
{
    if (f->refused)
        return;
    if (f->n_files == 0)
        begin_file(f, name);
    if (!f->refused)
        take_file(f, data);
}

void form_end(console_form *f)
{
    for (size_t i = 0; i < f->n_fields && !f->refused; i++)
        if (!msh_view_is_utf8(form_get(f, f->fields[i].name)))
            malformed(f);
    for (size_t i = 0; i < f->n_files; i++)
        (void)fcntl(f->files[i].fd, F_ADD_SEALS,
                    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

msh_view form_get(const console_form *f, const char *name)
{
    for (size_t i = 0; i < f->n_fields; i++)
        if (strcmp(f->fields[i].name, name) == 0)
            return msh_view_cut(msh_buf_view(&f->text), f->fields[i].at, f->fields[i].len);
    return (msh_view){NULL, 0};
}
