/* err.c: the error table and the filling of msh_error. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct err_row {
    msh_err code;
    const char *name, *zh, *en;
} err_row;

static const err_row rows[] = {
    {MSH_OK, "ok", "正常", "ok"},
#define MSH_ERROR(id, number, name, zh, en) {MSH_E_##id, name, zh, en},
#include <mishen/errors.def>
#undef MSH_ERROR
};

static const err_row *find_row(msh_err e)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].code == e)
            return &rows[i];
    return NULL;
}

const char *msh_err_name(msh_err e)
{
    const err_row *row = find_row(e);
    return row ? row->name : "?";
}

const char *msh_err_text(msh_err e, msh_lang lang)
{
    const err_row *row = find_row(e);
    if (!row)
        return "?";
    return lang == MSH_LANG_EN ? row->en : row->zh;
}

int msh_err_class(msh_err e)
{
    return -(int)e / 100;
}

static void fill(msh_error *why, msh_err code, uint64_t offset, int sys, const char *format,
                 va_list args)
{
    if (!why)
        return;
    why->code = code;
    why->offset = offset;
    why->sys_errno = sys;
    int n = vsnprintf(why->text, sizeof why->text, format, args);
    if (n < 0)
        why->text[0] = '\0';
    size_t used = strlen(why->text);
    if (sys != 0 && used + 3 < sizeof why->text)
        (void)snprintf(why->text + used, sizeof why->text - used, ": %s", strerror(sys));
}

msh_err msh_fail(msh_error *why, msh_err code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(why, code, UINT64_MAX, 0, format, args);
    va_end(args);
    return code;
}

msh_err msh_fail_errno(msh_error *why, msh_err code, const char *format, ...)
{
    int sys = errno;
    va_list args;
    va_start(args, format);
    fill(why, code, UINT64_MAX, sys, format, args);
    va_end(args);
    return code;
}

msh_err msh_fail_at(msh_error *why, msh_err code, uint64_t offset, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(why, code, offset, 0, format, args);
    va_end(args);
    return code;
}

msh_err msh_fail_kept(msh_error *why, msh_err code, const char *what)
{
    if (why && why->code == code && why->text[0] != '\0')
        return code;
    return msh_fail(why, code, "%s", what);
}
