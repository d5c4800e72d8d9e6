// SPDX-License-Identifier: GPL-3.0-or-later

/// Intervals of one rate that hold at all numbers of trials at once.
///
/// The chance that the true rate is ever outside, at any of the looks, is at most one minus the level.
/// The price is width: 1.6 times that of an interval for 100 trials fixed in advance, 2.0 times for
/// 10,000.
///
/// A rate is excluded once the likelihood of the trials under a rate drawn from the Beta(1/2, 1/2)
/// distribution exceeds that under the rate itself 1/(1 − level) times.
///
/// > Source: Robbins. "Statistical Methods Related to the Law of the Iterated Logarithm." Annals of
/// > Mathematical Statistics 41 (1970) 1397-1409, with the mixture of Krichevsky and Trofimov 1981.
public enum ConfidenceSequence {
  /// Returns the rates that are not excluded after so many trials; all of 0...1 before the first.
  public static func interval(
    successes: Int, trials: Int, level: Double = 0.95
  ) -> ConfidenceInterval {
    let sequence = Mixture(successes: successes, trials: trials, level: level)
    guard trials > 0 else { return ConfidenceInterval(low: 0, high: 1, level: level) }
    let share = Double(successes) / Double(trials)
    // The evidence against a rate grows from the observed share to both sides.
    let low = boundary(from: share, to: 0) { !sequence.excludes($0) }
    let high = boundary(from: share, to: 1) { !sequence.excludes($0) }
    return ConfidenceInterval(
      low: successes == 0 ? 0 : low, high: successes == trials ? 1 : high, level: level)
  }

  /// Whether a rate is excluded after so many trials.
  public static func excludes(
    _ rate: Double, successes: Int, trials: Int, level: Double = 0.95
  ) -> Bool {
    precondition((0...1).contains(rate), "a rate lies in 0...1")
    return Mixture(successes: successes, trials: trials, level: level).excludes(rate)
  }

  private struct Mixture {
    let successes: Double
    let failures: Double
    /// How far the logarithm of the likelihood of a rate may fall before it is excluded.
    let floor: Double

    init(successes: Int, trials: Int, level: Double) {
      precondition(trials >= 0 && (0...trials).contains(successes))
      checkLevel(level)
      self.successes = Double(successes)
      self.failures = Double(trials - successes)
      floor =
        GSL.logBeta(self.successes + 0.5, self.failures + 0.5) - GSL.log(Double.pi)
        + GSL.log(1 - level)
    }

    func excludes(_ rate: Double) -> Bool {
      // A count of zero contributes nothing, also where its logarithm is minus infinity.
      let won = successes == 0 ? 0 : successes * GSL.log(rate)
      let lost = failures == 0 ? 0 : failures * GSL.log(1 - rate)
      return won + lost <= floor
    }
  }
}
