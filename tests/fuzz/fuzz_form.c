/* fuzz_form.c: any bytes as the parts of a form, as the parser of the requests hands them over.
 * Input: records of kind (1 byte), length of key, of file name (1 each), of data (2), then these.
 * Oracles: bytes are counted right, names are plain and within bounds, no two files share one. */
#include "console/console.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES_MAX = 10000, MEMORY_MAX = 15000 };

static void check(console_form *f, uint64_t memory)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < f->n_files; i++) {
        msh_view name = msh_view_str(f->files[i].name);
        sum += f->files[i].size;
        if (name.len == 0 || name.len > FORM_FILE_NAME || name.data[0] == '.' ||
            memchr(name.data, '/', name.len) || memchr(name.data, '\n', name.len))
            __builtin_trap();
        for (size_t k = 0; k < i; k++)
            if (strcmp(f->files[k].name, f->files[i].name) == 0)
                __builtin_trap();
    }
    if (sum != f->bytes || f->bytes > BYTES_MAX || memory > MEMORY_MAX ||
        f->n_files > MSH_SERVICE_FILES || f->n_fields > FORM_FIELDS)
        __builtin_trap();
    for (size_t i = 0; i < f->n_fields && !f->refused; i++)
        if (!msh_view_is_utf8(form_get(f, f->fields[i].name)))
            __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    console_form f;
    uint64_t memory = 5000, off = 0;
    char key[256], file[256];
    form_init(&f);
    f.files_allowed = size && data[0] & 1;
    f.bytes_max = BYTES_MAX;
    f.in_memory = &memory;
    f.in_memory_max = MEMORY_MAX;
    for (size_t at = 1; at + 5 <= size;) {
        uint8_t kind = data[at];
        msh_view k = msh_view_cut(msh_view_of(data, size), at + 5, data[at + 1]);
        msh_view n = msh_view_cut(msh_view_of(data, size), at + 5 + k.len, data[at + 2]);
        size_t len = (size_t)data[at + 3] << 8 | data[at + 4];
        msh_view d = msh_view_cut(msh_view_of(data, size), at + 5 + k.len + n.len, len);
        (void)snprintf(key, sizeof key, "%.*s", (int)k.len, (const char *)k.data);
        (void)snprintf(file, sizeof file, "%.*s", (int)n.len, (const char *)n.data);
        off = kind & 2 ? off + d.len : 0;
        if (kind & 4)
            form_take_raw(&f, file, d);
        else
            form_take(&f, key, kind & 1 ? file : NULL, d, off);
        at += 5 + k.len + n.len + d.len;
    }
    form_end(&f);
    check(&f, memory);
    form_dispose(&f);
    if (memory != 5000)
        __builtin_trap();
    return 0;
}
