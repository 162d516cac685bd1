/* report.c: the table of report forms. */
#include "report/report.h"

#include <string.h>

#define MSH_REPORT(name) extern const msh_report_form msh_report_##name;
#include "report/reports.def"
#undef MSH_REPORT

static const msh_report_form *const forms[] = {
#define MSH_REPORT(name) &msh_report_##name,
#include "report/reports.def"
#undef MSH_REPORT
};

const msh_report_form *msh_report_form_named(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i]->name, name) == 0)
            return forms[i];
    return NULL;
}
