/* options.c: defaults. */
#include <mishen/scan.h>

void msh_options_default(msh_options *options)
{
    *options = (msh_options){.version = MSH_OPTIONS_VERSION};
    msh_limits_default(&options->limits);
}
