// SPDX-License-Identifier: GPL-3.0-or-later

/// Tango's score test of a paired difference, for counts that need not be whole.
struct PairedScore {
  var baseOnly: Double
  var headOnly: Double
  var total: Double

  /// The same table seen with base and head exchanged.
  private var mirrored: PairedScore {
    PairedScore(baseOnly: headOnly, headOnly: baseOnly, total: total)
  }

  /// The same rates in another number of examples.
  func scaled(by factor: Double) -> PairedScore {
    PairedScore(baseOnly: baseOnly * factor, headOnly: headOnly * factor, total: total * factor)
  }

  /// The smallest difference that the score test does not reject at `z` standard errors.
  func lowerBound(z: Double) -> Double {
    let estimate = (headOnly - baseOnly) / total
    // Below the estimate the score falls as the difference rises, so there is one boundary. With
    // base alone right everywhere the estimate is -1 and there is nothing below it.
    guard estimate > -1 else { return -1 }
    return boundary(from: -1, to: estimate) { difference in
      excess(over: difference) > z * variance(at: difference).squareRoot()
    }
  }

  /// The largest difference that the score test does not reject at `z` standard errors.
  func upperBound(z: Double) -> Double {
    -mirrored.lowerBound(z: z)
  }

  /// How far the observed count of wins lies over what the difference lets expect.
  private func excess(over difference: Double) -> Double {
    headOnly - baseOnly - total * difference
  }

  /// The variance of that count, at the most likely table which has the difference.
  private func variance(at difference: Double) -> Double {
    let rest = difference * (1 - difference)
    let linear = (2 * total - headOnly + baseOnly) * difference - headOnly - baseOnly
    let constant = -baseOnly * rest
    let root = max(0, linear * linear - 8 * total * constant).squareRoot()
    let baseOnlyRate = max(0, (root - linear) / (4 * total))
    return max(0, total * (2 * baseOnlyRate + rest))
  }
}

extension PairedCounts {
  /// Computes the two-sided score interval of the difference, head minus base.
  ///
  /// It covers within a point of its level from about twenty discordant examples on, is never empty and
  /// never leaves -1...1, also where the two never differ.
  ///
  /// > Source: Tango. "Equivalence test and confidence interval for the difference in proportions for
  /// > the paired-sample design." Statistics in Medicine 17 (1998) 891-908, equations (13) to (17).
  public func differenceInterval(level: Double = 0.95) -> ConfidenceInterval {
    checkLevel(level)
    let z = GSL.normalUpperQuantile((1 - level) / 2)
    return ConfidenceInterval(
      low: score.lowerBound(z: z), high: score.upperBound(z: z), level: level)
  }

  /// Returns the difference that the true one exceeds with the given confidence.
  public func differenceLowerBound(level: Double = 0.95) -> Double {
    checkLevel(level)
    return score.lowerBound(z: GSL.normalUpperQuantile(1 - level))
  }

  /// Returns the difference that the true one stays below with the given confidence.
  public func differenceUpperBound(level: Double = 0.95) -> Double {
    checkLevel(level)
    return score.upperBound(z: GSL.normalUpperQuantile(1 - level))
  }

  var score: PairedScore {
    PairedScore(
      baseOnly: Double(baseOnly), headOnly: Double(headOnly), total: Double(total))
  }
}
