// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ComparisonRecord {
  /// The paired difference with its interval and sample size, signed.
  var differenceText: String {
    "\(difference.fixed(3, signed: true)) "
      + "[\(low.fixed(3, signed: true)), \(high.fixed(3, signed: true))] (n = \(n))"
  }

  /// The size of the difference in points with its interval, such as `2.1 points [0.9, 3.4]
  /// (n = 1000)`; the direction is said in words beside it.
  var pointsText: String {
    let sign: Double = difference < 0 ? -1 : 1
    let ends = [low * sign * 100, high * sign * 100].sorted().map { $0.fixed(1) }
    return "\((difference.magnitude * 100).fixed(1)) points "
      + "[\(ends.joined(separator: ", "))] (n = \(n))"
  }
}
