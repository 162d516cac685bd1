/* view.h: stands in include/, since the console is built on it, too. */
#ifndef MSH_BASE_VIEW_H
#define MSH_BASE_VIEW_H

#include <mishen/unstable/view.h>

#endif
