/* arena.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_ARENA_H
#define MSH_BASE_ARENA_H

#include <mishen/unstable/arena.h>

#endif
