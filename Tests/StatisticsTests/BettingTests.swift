// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Statistics

/// One bet after the other on differences −1, 0, 1, as the papers write it.
private func slowCapital(_ differences: [Int], margin: Double, isMirrored: Bool = false) -> Double {
  let stakes = BettingCounts.stakes
  let capitals = stakes.map { stake in
    let sign = isMirrored ? -1.0 : 1.0
    let bet = stake / (1 - sign * margin)
    return differences.reduce(1.0) { $0 * (1 + bet * sign * (Double($1) + margin)) }
  }
  return capitals.reduce(0, +) / Double(stakes.count)
}

private func counts(_ differences: [Int]) -> PairedCounts {
  PairedCounts(
    baseOnly: differences.count { $0 < 0 }, headOnly: differences.count { $0 > 0 },
    both: differences.count { $0 == 0 }, neither: 0)
}

@Suite("Capital from bets", .timeLimit(.minutes(15)))
struct BettingTests {
  // The stakes 1/64, 1/32, 1/16, 1/8, 1/4, 1/2 and 7/8 have the mean 119/448, their squares 4501/28672.
  private static let mean = 119.0 / 448
  private static let square = 4501.0 / 28672

  @Test(
    "Few pairs by hand",
    arguments: [
      // Against no loss a win multiplies by 1 + u, a defeat by 1 − u, a tie by one.
      ([1], 0.0, 1 + mean), ([-1], 0, 1 - mean), ([0], 0, 1), ([1, 1], 0, 1 + 2 * mean + square),
      ([1, -1], 0, 1 - square), ([-1, 1, 0], 0, 1 - square),
      // Against a loss of one half a tie multiplies by 1 + u, a win by 1 + 3u, a defeat by 1 − u.
      ([0], 0.5, 1 + mean), ([1], 0.5, 1 + 3 * mean), ([-1], 0.5, 1 - mean),
      ([0, -1], 0.5, 1 - square),
    ] as [([Int], Double, Double)])
  func byHand(differences: [Int], margin: Double, capital: Double) {
    let odds = BettingOdds(against: (1 - margin) / 2)
    #expect(abs(exp(odds.logCapital(BettingCounts(counts(differences)))) - capital) <= 1e-12)
  }

  @Test("Counts give what betting one by one gives, in both directions", arguments: 0..<20)
  func agreesWithSlow(seed: Int) {
    let stream = RandomKey(seed: 900).split(seed).stream()
    let margin = stream.uniform() * 0.3
    let differences = (0..<200).map { _ in
      let draw = stream.uniform()
      return draw < 0.1 ? -1 : draw < 0.25 ? 1 : 0
    }
    let all = BettingCounts(counts(differences))
    let forward = BettingOdds(against: (1 - margin) / 2).logCapital(all)
    let backward = BettingOdds(against: (1 + margin) / 2).logCapital(all.mirrored)
    #expect(abs(forward - log(slowCapital(differences, margin: margin))) <= 1e-9)
    #expect(
      abs(backward - log(slowCapital(differences, margin: margin, isMirrored: true))) <= 1e-9)
  }

  @Test("The mean capital at the stated mean is one", arguments: [0.02, 0.3, 0.5, 0.97])
  func meanIsOne(rate: Double) {
    let odds = BettingOdds(against: rate)
    let mean = (0...60).reduce(0.0) {
      let counts = BettingCounts(RateCounts(successes: $1, trials: 60))
      return $0 + exp(odds.logCapital(counts)) * Reference.binomialMass($1, 60, rate)
    }
    #expect(abs(mean - 1) <= 1e-9)
  }

  @Test("The exact chance of ever excluding the true rate is at most alpha", arguments: [0.1, 0.5])
  func exactFalseExclusions(rate: Double) {
    let odds = BettingOdds(against: rate)
    var excluded = 0.0
    var running = [1.0]
    for trials in 1...300 {
      var next = [Double](repeating: 0, count: trials + 1)
      for (successes, mass) in running.enumerated() {
        next[successes] += mass * (1 - rate)
        next[successes + 1] += mass * rate
      }
      for successes in next.indices where next[successes] > 0 {
        let counts = BettingCounts(RateCounts(successes: successes, trials: trials))
        if odds.reaches(0.95, counts) {
          excluded += next[successes]
          next[successes] = 0
        }
      }
      running = next
    }
    #expect(excluded <= 0.05)
    #expect(excluded >= 0.01, "a test that never tells would be safe and useless")
  }

  @Test("A bound is where exclusion begins, on its side of the mean")
  func bounds() {
    for (none, one) in [(0, 40), (3, 37), (20, 20), (400, 600), (9_000, 1_000)] {
      let counts = BettingCounts(RateCounts(successes: one, trials: none + one))
      let low = counts.lowerBound(level: 0.95)
      #expect(BettingOdds(against: low).reaches(0.95, counts))
      #expect(!BettingOdds(against: low + 1e-9).reaches(0.95, counts))
      #expect(low < counts.mean && counts.upperBound(level: 0.95) > counts.mean - 1e-12)
      let more = counts.scaled(by: 4).lowerBound(level: 0.95)
      #expect(more > low, "more of the same says more")
    }
    let nothing = BettingCounts(RateCounts(successes: 0, trials: 50))
    #expect(nothing.lowerBound(level: 0.95) == 0)
    #expect(nothing.upperBound(level: 0.95) < 0.11)
  }

  @Test("One bound is nearer than the two-sided sequence's, and farther than that for one look")
  func width() {
    let rate = RateCounts(successes: 600, trials: 1_000)
    let low = BettingCounts(rate).lowerBound(level: 0.95)
    let once = ProportionInterval.lowerBound(successes: 600, trials: 1_000, level: 0.95)
    let sequence = ConfidenceSequence.interval(successes: 600, trials: 1_000)
    #expect(sequence.low < low && low < once)
  }

  @Test("A mean of zero is excluded by any other value, and by no zero")
  func zeroMean() {
    let odds = BettingOdds(against: 0)
    #expect(odds.reaches(0.999, BettingCounts(RateCounts(successes: 1, trials: 9))))
    #expect(!odds.reaches(0.5, BettingCounts(RateCounts(successes: 0, trials: 9))))
  }

  @Test("An interval and a p-value for any time contain those for one look")
  func pairs() {
    let counts = PairedCounts(baseOnly: 60, headOnly: 25, both: 500, neither: 415)
    let interval = counts.anyTimeInterval()
    let once = counts.differenceInterval(level: 0.95)
    #expect(interval.low < once.low && once.high < interval.high)
    #expect(interval.high - interval.low < 2 * (once.high - once.low))
    let evidence = SequentialPairedTest.logEvidence(baseOnly: 60, headOnly: 25)
    #expect(abs(counts.anyTimeP - exp(-evidence)) <= 1e-12 && counts.anyTimeP > counts.exactP)
    let even = PairedCounts(baseOnly: 5, headOnly: 5, both: 5, neither: 5)
    #expect(even.anyTimeP == 1 && even.anyTimeInterval().contains(0))
  }
}
