// SPDX-License-Identifier: GPL-3.0-or-later

/// How often two models were right, each on examples of its own.
///
/// Where both saw the same examples use ``PairedCounts``, which resolves far smaller differences.
public struct IndependentCounts: Sendable, Hashable {
  /// Successes of the base.
  public let baseSuccesses: Int
  /// Trials of the base, at least one.
  public let baseTrials: Int
  /// Successes of the head.
  public let headSuccesses: Int
  /// Trials of the head, at least one.
  public let headTrials: Int

  /// Creates the counts of two samples.
  public init(baseSuccesses: Int, baseTrials: Int, headSuccesses: Int, headTrials: Int) {
    precondition(baseTrials > 0 && headTrials > 0, "a comparison needs examples on both sides")
    precondition(
      (0...baseTrials).contains(baseSuccesses) && (0...headTrials).contains(headSuccesses),
      "there are no more successes than trials")
    self.baseSuccesses = baseSuccesses
    self.baseTrials = baseTrials
    self.headSuccesses = headSuccesses
    self.headTrials = headTrials
  }

  /// The head's rate minus the base's, in -1...1.
  public var difference: Double {
    Double(headSuccesses) / Double(headTrials) - Double(baseSuccesses) / Double(baseTrials)
  }

  /// Computes the two-sided interval of the difference from the two score intervals of the rates.
  ///
  /// > Source: Newcombe. "Interval estimation for the difference between independent proportions:
  /// > comparison of eleven methods." Statistics in Medicine 17 (1998) 873-890, method 10.
  public func differenceInterval(level: Double = 0.95) -> ConfidenceInterval {
    checkLevel(level)
    let z = GSL.normalUpperQuantile((1 - level) / 2)
    return ConfidenceInterval(
      low: score.lowerBound(z: z), high: score.upperBound(z: z), level: level)
  }

  var score: IndependentScore {
    IndependentScore(
      baseRate: Double(baseSuccesses) / Double(baseTrials), baseTrials: Double(baseTrials),
      headRate: Double(headSuccesses) / Double(headTrials), headTrials: Double(headTrials))
  }

  /// The two-sided p-value of Fisher's exact test that both rates are equal.
  ///
  /// It adds up all tables with the same margins that are no more probable than the observed one.
  ///
  /// > Source: Fisher. "The Design of Experiments", 1935; the two-sided rule is that of R's
  /// > `fisher.test`, with the same tolerance for ties.
  public var fisherExactP: Double {
    let successes = baseSuccesses + headSuccesses
    let trials = baseTrials + headTrials
    let urn = GSL.Urn(
      marked: UInt32(successes), unmarked: UInt32(trials - successes), drawn: UInt32(headTrials))
    let least = max(0, headTrials - (trials - successes))
    let most = min(headTrials, successes)
    let threshold = urn.mass(headSuccesses) * (1 + 1e-7)
    // The probabilities rise to one peak and fall again, so the improbable tables are two tails.
    let peak = min(most, max(least, (headTrials + 1) * (successes + 1) / (trials + 2)))
    guard urn.mass(peak) > threshold else { return 1 }
    let first = leastInteger(from: least, to: peak) { urn.mass($0) > threshold } ?? peak
    let past = leastInteger(from: peak, to: most) { urn.mass($0) <= threshold } ?? most + 1
    return min(1, urn.lower(first - 1) + urn.upper(past - 1))
  }
}
