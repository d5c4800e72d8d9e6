// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Slow, independent computations that the module is held against; nothing here uses GSL.
enum Reference {
  /// The probability of a count of successes, from factorials.
  static func binomialMass(_ successes: Int, _ trials: Int, _ rate: Double) -> Double {
    guard rate > 0, rate < 1 else {
      return successes == (rate == 0 ? 0 : trials) ? 1 : 0
    }
    let ways =
      lgamma(Double(trials + 1)) - lgamma(Double(successes + 1))
      - lgamma(Double(trials - successes + 1))
    return exp(ways + Double(successes) * log(rate) + Double(trials - successes) * log1p(-rate))
  }

  /// The largest gap between a sample's distribution and a given one, scaled by the root of its size.
  ///
  /// Kolmogorov: above 1.95 in one sample of a thousand, above 2.23 in one of ten thousand.
  static func kolmogorovSmirnov(_ samples: [Double], _ distribution: (Double) -> Double) -> Double {
    let sorted = samples.sorted()
    let count = Double(sorted.count)
    var gap = 0.0
    for (index, sample) in sorted.enumerated() {
      let expected = distribution(sample)
      gap = max(gap, expected - Double(index) / count, Double(index + 1) / count - expected)
    }
    return gap * count.squareRoot()
  }

  /// Pearson's statistic of equally likely cells, as a standard normal score.
  ///
  /// The cube root of Wilson and Hilferty makes it nearly normal, also for two cells.
  static func chiSquareScore(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    let sum = counts.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected }
    let freedom = Double(counts.count - 1)
    let spread = 2 / (9 * freedom)
    return (cbrt(sum / freedom) - (1 - spread)) / spread.squareRoot()
  }

  /// The standard normal distribution function.
  static func normal(_ x: Double) -> Double {
    erfc(-x / 2.0.squareRoot()) / 2
  }
}
