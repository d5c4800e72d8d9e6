// SPDX-License-Identifier: GPL-3.0-or-later

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_version.h>
#include <gsl/gsl_sf.h>

/// Allocates the combined Tausworthe generator, or answers null without memory; free it with
/// `gsl_rng_free`. Swift cannot name GSL's generator types, which are mutable globals.
static inline gsl_rng *cgsl_taus2_alloc(void) { return gsl_rng_alloc(gsl_rng_taus2); }
