/* json.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_JSON_H
#define MSH_BASE_JSON_H

#include <mishen/unstable/json.h>

#endif
