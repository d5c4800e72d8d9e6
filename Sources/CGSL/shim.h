// SPDX-License-Identifier: GPL-3.0-or-later

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_interp.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_version.h>
#include <gsl/gsl_sf.h>

/// Allocates the combined Tausworthe generator, or answers null without memory; free it with
/// `gsl_rng_free`. Swift cannot name GSL's generator types, which are mutable globals.
static inline gsl_rng *cgsl_taus2_alloc(void) { return gsl_rng_alloc(gsl_rng_taus2); }

/// The integral of the broken line through some points; not a number without memory.
static inline double cgsl_linear_integral(const double *x, const double *y, size_t count, double from,
                                          double to) {
  gsl_interp *interpolation = gsl_interp_alloc(gsl_interp_linear, count);
  if (interpolation == NULL) return GSL_NAN;
  gsl_interp_init(interpolation, x, y, count);
  double integral = gsl_interp_eval_integ(interpolation, x, y, from, to, NULL);
  gsl_interp_free(interpolation);
  return integral;
}

/// The height of the broken line through some points; not a number without memory.
static inline double cgsl_linear_value(const double *x, const double *y, size_t count, double at) {
  gsl_interp *interpolation = gsl_interp_alloc(gsl_interp_linear, count);
  if (interpolation == NULL) return GSL_NAN;
  gsl_interp_init(interpolation, x, y, count);
  double value = gsl_interp_eval(interpolation, x, y, at, NULL);
  gsl_interp_free(interpolation);
  return value;
}
