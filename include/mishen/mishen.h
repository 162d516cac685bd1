/* mishen.h: everything other programs get. */
#ifndef MISHEN_MISHEN_H
#define MISHEN_MISHEN_H

#include <mishen/buffer.h>
#include <mishen/config.h>
#include <mishen/error.h>
#include <mishen/finding.h>
#include <mishen/findings.h>
#include <mishen/ledger.h>
#include <mishen/options.h>
#include <mishen/report.h>
#include <mishen/review.h>
#include <mishen/rules.h>
#include <mishen/scan.h>
#include <mishen/types.h>
#include <mishen/version.h>

#endif
