/* report.c: the table of report forms. */
#include "report/report.h"

#include <stdio.h>
#include <string.h>

#define MSH_REPORT(name) extern const msh_report_form msh_report_##name;
#include "report/reports.def"
#undef MSH_REPORT

static const msh_report_form *const forms[] = {
#define MSH_REPORT(name) &msh_report_##name,
#include "report/reports.def"
#undef MSH_REPORT
};

const msh_report_form *msh_report_form_at(size_t i)
{
    return i < sizeof forms / sizeof forms[0] ? forms[i] : NULL;
}

const char *msh_report_form_names(char out[200])
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        int k = snprintf(out + n, 200 - n, "%s%s", i ? ", " : "", forms[i]->name);
        n += k > 0 && (size_t)k < 200 - n ? (size_t)k : 0;
    }
    return out;
}

const msh_report_form *msh_report_form_named(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i]->name, name) == 0)
            return forms[i];
    return NULL;
}
