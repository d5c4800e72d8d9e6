// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Turned off on first use, because GSL's own handler ends the process.
private let errorHandlerIsOff: Void = {
  gsl_set_error_handler_off()
}()

/// The one door to GSL's distribution and special functions.
///
/// Every function here silences GSL's error handler first, so no caller can forget to.
enum GSL {
  /// Keeps GSL from ending the process on an error.
  static func silence() {
    errorHandlerIsOff
  }

  /// The probability that a beta variable is at most `x`.
  static func betaLower(_ x: Double, _ a: Double, _ b: Double) -> Double {
    silence()
    return gsl_cdf_beta_P(x, a, b)
  }

  /// The probability that a beta variable exceeds `x`.
  static func betaUpper(_ x: Double, _ a: Double, _ b: Double) -> Double {
    silence()
    return gsl_cdf_beta_Q(x, a, b)
  }

  /// The probability of at most `successes` in `trials` of a fair coin.
  static func fairCoinLower(_ successes: Int, of trials: Int) -> Double {
    silence()
    guard successes >= 0 else { return 0 }
    return gsl_cdf_binomial_P(UInt32(successes), 0.5, UInt32(trials))
  }

  /// The probability of exactly `successes` in `trials` of a fair coin.
  static func fairCoinMass(_ successes: Int, of trials: Int) -> Double {
    silence()
    return gsl_ran_binomial_pdf(UInt32(successes), 0.5, UInt32(trials))
  }

  /// The point that a standard normal variable exceeds with probability `tail`.
  static func normalUpperQuantile(_ tail: Double) -> Double {
    silence()
    return gsl_cdf_ugaussian_Qinv(tail)
  }

  /// The probability that a standard normal variable exceeds a point.
  static func normalUpper(_ x: Double) -> Double {
    silence()
    return gsl_cdf_ugaussian_Q(x)
  }

  /// The probability that Student's t with the given degrees of freedom exceeds a point.
  static func studentUpper(_ x: Double, freedom: Double) -> Double {
    silence()
    return gsl_cdf_tdist_Q(x, freedom)
  }

  /// The point that Student's t with the given degrees of freedom exceeds with probability `tail`.
  static func studentUpperQuantile(_ tail: Double, freedom: Double) -> Double {
    silence()
    return gsl_cdf_tdist_Qinv(tail, freedom)
  }

  /// The logarithm of the beta function.
  static func logBeta(_ a: Double, _ b: Double) -> Double {
    silence()
    return gsl_sf_lnbeta(a, b)
  }

  /// The natural logarithm, minus infinity at zero.
  static func log(_ x: Double) -> Double {
    silence()
    return x == 0 ? -.infinity : gsl_sf_log(x)
  }

  /// The exponential function, zero where the result is too small.
  static func exp(_ x: Double) -> Double {
    silence()
    return gsl_sf_exp(x)
  }

  /// An urn with two kinds of items from which some are drawn without replacement.
  struct Urn {
    var marked: UInt32
    var unmarked: UInt32
    var drawn: UInt32

    /// The probability of exactly `count` marked items.
    func mass(_ count: Int) -> Double {
      silence()
      return gsl_ran_hypergeometric_pdf(UInt32(count), marked, unmarked, drawn)
    }

    /// The probability of at most `count` marked items.
    func lower(_ count: Int) -> Double {
      silence()
      guard count >= 0 else { return 0 }
      return gsl_cdf_hypergeometric_P(UInt32(count), marked, unmarked, drawn)
    }

    /// The probability of more than `count` marked items.
    func upper(_ count: Int) -> Double {
      silence()
      guard count >= 0 else { return 1 }
      return gsl_cdf_hypergeometric_Q(UInt32(count), marked, unmarked, drawn)
    }
  }
}
