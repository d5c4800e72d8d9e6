// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

extension RandomStream {
  /// Draws the number of events where `mean` are expected, by the Poisson distribution.
  ///
  /// - Parameter mean: Finite and not negative; a mean of zero always gives zero.
  /// - Returns: The number.
  public func poisson(mean: Double) -> Int {
    precondition(mean >= 0 && mean.isFinite, "a mean number of events is not negative")
    return withGenerator { Int(gsl_ran_poisson($0, mean)) }
  }
}
