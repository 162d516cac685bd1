/* escape.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_ESCAPE_H
#define MSH_BASE_ESCAPE_H

#include <mishen/unstable/escape.h>

#endif
