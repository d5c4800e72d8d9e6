// SPDX-License-Identifier: GPL-3.0-or-later

/// A test that a new version is not worse than its base by more than a margin.
///
/// It has three answers, so that too few examples are not mistaken for a proof either way.
public struct NonInferiority: Sendable, Hashable {
  /// What the test says.
  public enum Verdict: Sendable, Hashable {
    /// The true loss is smaller than the margin.
    case pass
    /// The true loss is larger than the margin.
    case fail
    /// The data show neither; so many examples in all would, or no number where the value is nil.
    case inconclusive(examplesNeeded: Int?)
  }

  /// The observed difference, head minus base.
  public let difference: Double
  /// The one-sided lower score bound of the difference.
  public let lowerBound: Double
  /// The one-sided upper score bound of the difference.
  public let upperBound: Double
  /// The loss that is accepted, as a share in 0..<1.
  public let margin: Double
  /// The confidence of each bound.
  public let level: Double
  /// The answer.
  public let verdict: Verdict

  /// Holds the one-sided score bounds of the difference, head minus base, against the margin.
  ///
  /// Passes if the lower bound exceeds −margin and fails if the upper bound is below −margin. A false
  /// pass and a false failure each have a chance of at most about one minus the level.
  ///
  /// - Parameters:
  ///   - counts: Verdicts on the same examples.
  ///   - margin: The loss that is accepted, as a share in 0..<1; 0.01 is one point.
  ///   - level: The confidence of each bound.
  ///   - power: The chance that the number of examples named by an inconclusive answer decides, if
  ///     the true rates are the observed ones.
  /// - Returns: The verdict with the bounds that it rests on.
  ///
  /// > Source: bounds after Tango, Statistics in Medicine 17 (1998) 891-908.
  public static func test(
    _ counts: PairedCounts, margin: Double, level: Double = 0.95, power: Double = 0.8
  ) -> NonInferiority {
    precondition(margin >= 0 && margin < 1, "a margin lies in 0..<1")
    checkLevel(level)
    precondition(power >= 0.5 && power < 1, "a power lies from one half to below 1")
    let low = counts.differenceLowerBound(level: level)
    let high = counts.differenceUpperBound(level: level)
    let verdict: Verdict
    if low > -margin {
      verdict = .pass
    } else if high < -margin {
      verdict = .fail
    } else {
      let z = GSL.normalUpperQuantile(1 - level) + GSL.normalUpperQuantile(1 - power)
      verdict = .inconclusive(examplesNeeded: examplesNeeded(counts, margin: margin, z: z))
    }
    return NonInferiority(
      difference: counts.difference, lowerBound: low, upperBound: high, margin: margin,
      level: level, verdict: verdict)
  }

  /// The least number of examples whose bounds, with the observed rates and this many standard errors,
  /// leave the margin outside.
  private static func examplesNeeded(_ counts: PairedCounts, margin: Double, z: Double) -> Int? {
    let baseOnlyRate = Double(counts.baseOnly) / Double(counts.total)
    let headOnlyRate = Double(counts.headOnly) / Double(counts.total)
    return leastInteger(from: counts.total + 1, to: 1_000_000_000) { examples in
      let total = Double(examples)
      let scaled = PairedScore(
        baseOnly: baseOnlyRate * total, headOnly: headOnlyRate * total, total: total)
      return scaled.lowerBound(z: z) > -margin || scaled.upperBound(z: z) < -margin
    }
  }
}
