/* version.h: the version, once. */
#ifndef MISHEN_VERSION_H
#define MISHEN_VERSION_H

#define MISHEN_VERSION "0.1.0"

#endif
