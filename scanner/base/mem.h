/* mem.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_MEM_H
#define MSH_BASE_MEM_H

#include <mishen/unstable/mem.h>

#endif
