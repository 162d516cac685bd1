/* buf.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_BUF_H
#define MSH_BASE_BUF_H

#include <mishen/unstable/buf.h>

#endif
