/* clock.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_CLOCK_H
#define MSH_BASE_CLOCK_H

#include <mishen/unstable/clock.h>

#endif
