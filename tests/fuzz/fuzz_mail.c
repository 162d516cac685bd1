/* fuzz_mail.c: any bytes as a mail and as a mailbox. Besides crashes: the call never fails, nothing
 * is passed over in silence, the budget holds; words and parameters decode to bounded text. */
#include <stdio.h>

#include "extract/mime.h"
#include "extract_dump.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void letter(msh_view v)
{
    static msh_mime_params p;
    msh_buf out;
    msh_charset cs;
    msh_buf_init(&out, v.len * 4 + 64);
    if (msh_mime_decode_words(v, &out, NULL, NULL) != MSH_OK)
        __builtin_trap();
    msh_mime_parse_params(v, &p);
    for (size_t n = 0; n <= MSH_MIME_PARAMS; n++) {
        msh_buf_reset(&out);
        if (!msh_mime_param_value(&p, "name", n, &out, &cs))
            break;
        if (out.len > v.len || msh_buf_err(&out) != MSH_OK)
            __builtin_trap();
    }
    for (int coding = MSH_MIME_PLAIN; coding <= MSH_MIME_UU; coding++) {
        msh_buf_reset(&out);
        (void)msh_mime_decode((msh_mime_coding)coding, v, &out);
        if (out.len > v.len + 64 || msh_buf_err(&out) != MSH_OK)
            __builtin_trap();
    }
    msh_buf_dispose(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a.eml", "a.mbox", "a", "a.mht"};
    dump d;
    if (size == 0)
        return 0;
    letter(msh_view_of(data, size));
    dump_begin(&d);
    d.limits.decoded = 64 << 20;
    d.limits.members = 1000;
    d.limits.time_ms = 20000;
    msh_err err = dump_run(&d, msh_view_of(data, size), names[size % 4]);
    if (err != MSH_OK || (d.texts == 0 && d.outcomes == 0 && size > 64))
        __builtin_trap();
    dump_end(&d);
    return 0;
}

MUTATE_BY(mutate_line, NULL);
