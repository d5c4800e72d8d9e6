// SPDX-License-Identifier: GPL-3.0-or-later

/// Newcombe's bounds of the difference of two independent rates, for counts that need not be whole.
struct IndependentScore {
  var baseRate: Double
  var baseTrials: Double
  var headRate: Double
  var headTrials: Double

  private var difference: Double { headRate - baseRate }

  /// The lower end of the interval that reaches `z` standard errors to each side.
  func lowerBound(z: Double) -> Double {
    let base = WilsonScore(rate: baseRate, trials: baseTrials, z: z)
    let head = WilsonScore(rate: headRate, trials: headTrials, z: z)
    return max(-1, difference - length(head.rate - head.low, base.high - base.rate))
  }

  /// The upper end of the interval that reaches `z` standard errors to each side.
  func upperBound(z: Double) -> Double {
    let base = WilsonScore(rate: baseRate, trials: baseTrials, z: z)
    let head = WilsonScore(rate: headRate, trials: headTrials, z: z)
    return min(1, difference + length(head.high - head.rate, base.rate - base.low))
  }

  /// The same rates in other numbers of trials.
  func scaled(by factor: Double) -> IndependentScore {
    var result = self
    result.baseTrials *= factor
    result.headTrials *= factor
    return result
  }

  private func length(_ first: Double, _ second: Double) -> Double {
    (first * first + second * second).squareRoot()
  }
}

/// Wilson's score interval of one rate.
private struct WilsonScore {
  let rate: Double
  let low: Double
  let high: Double

  init(rate: Double, trials: Double, z: Double) {
    let center = 2 * rate * trials + z * z
    let spread = z * (z * z + 4 * rate * trials * (1 - rate)).squareRoot()
    self.rate = rate
    low = max(0, (center - spread) / (2 * (trials + z * z)))
    high = min(1, (center + spread) / (2 * (trials + z * z)))
  }
}
