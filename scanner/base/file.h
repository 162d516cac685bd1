/* file.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_FILE_H
#define MSH_BASE_FILE_H

#include <mishen/unstable/file.h>

#endif
