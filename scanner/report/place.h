/* place.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_REPORT_PLACE_H
#define MSH_REPORT_PLACE_H

#include <mishen/unstable/place.h>

#endif
