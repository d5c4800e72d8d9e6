// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ComparisonRecord {
  /// The paired difference with its interval and sample size, signed.
  var differenceText: String {
    "\(difference.fixed(3, signed: true)) "
      + "[\(low.fixed(3, signed: true)), \(high.fixed(3, signed: true))] (n = \(n))"
  }
}
