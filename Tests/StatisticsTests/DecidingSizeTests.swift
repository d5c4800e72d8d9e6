// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Statistics

@Suite("How many examples decide", .timeLimit(.minutes(15)))
struct DecidingSizeTests {
  private func counts(_ total: Int, _ baseOnly: Int, _ headOnly: Int) -> PairedCounts {
    PairedCounts(
      baseOnly: baseOnly, headOnly: headOnly, both: total - baseOnly - headOnly, neither: 0)
  }

  @Test("Of two that never differ, the closed form of the score interval")
  func neverDiffer() {
    // The bound is z² / (n + z²) with z = 1.959964 + 0.841621; below 0.02 from 7.84887 · 49 = 384.6.
    #expect(SampleSize.deciding(counts(100, 0, 0), margin: 0.02) == 385)
    #expect(SampleSize.deciding(counts(1000, 0, 0), margin: 0.02) == 1001)
  }

  @Test("A difference beyond the margin takes as many as Connor's formula says")
  func beyondTheMargin() {
    let needed = SampleSize.paired(difference: 0.03, discordance: 0.07)
    #expect(SampleSize.deciding(counts(100, 5, 2), margin: 0.02) == needed)
    // A difference of exactly the margin can be shown, never excluded.
    #expect(SampleSize.deciding(counts(100, 5, 3), margin: 0.02) != nil)
  }

  @Test("Separate samples take more than paired ones, and so many decide four times in five")
  func separate() throws {
    let separate = IndependentCounts(
      baseSuccesses: 250, baseTrials: 500, headSuccesses: 270, headTrials: 500)
    let needed = try #require(SampleSize.deciding(separate, margin: 0.02))
    let paired = try #require(SampleSize.deciding(counts(500, 20, 40), margin: 0.02))
    #expect(needed > 3 * paired)
    let stream = RandomKey(seed: 74).stream()
    var decided = 0
    for _ in 0..<1_000 {
      let interval = IndependentCounts(
        baseSuccesses: stream.binomial(trials: needed, probability: 0.5), baseTrials: needed,
        headSuccesses: stream.binomial(trials: needed, probability: 0.54), headTrials: needed
      ).differenceInterval()
      if interval.low > 0 { decided += 1 }
    }
    // Three standard deviations of a thousand coins of 0.8 are 0.038.
    #expect(abs(Double(decided) / 1_000 - 0.8) <= 0.04)
  }

  @Test("Separate samples: at a true loss of the margin one in twenty passes and one fails")
  func separateGate() {
    let stream = RandomKey(seed: 75).stream()
    var (passed, failed) = (0, 0)
    for _ in 0..<5_000 {
      let counts = IndependentCounts(
        baseSuccesses: stream.binomial(trials: 800, probability: 0.6), baseTrials: 800,
        headSuccesses: stream.binomial(trials: 800, probability: 0.55), headTrials: 800)
      switch NonInferiority.test(counts, margin: 0.05).verdict {
      case .pass: passed += 1
      case .fail: failed += 1
      case .inconclusive: break
      }
    }
    #expect(abs(Double(passed) / 5_000 - 0.05) <= 0.01)
    #expect(abs(Double(failed) / 5_000 - 0.05) <= 0.01)
  }

  @Test("A failure that is held to more confidence fails less often, and passes as before")
  func failureLevel() {
    // Lost 60, won 20 of 1,000: the upper bound at 95 % is -0.0254 and at 99.9 % above -0.02.
    let table = counts(1_000, 60, 20)
    #expect(NonInferiority.test(table, margin: 0.02).verdict == .fail)
    #expect(NonInferiority.test(table, margin: 0.02, failureLevel: 0.999).verdict != .fail)
    let good = counts(2_000, 20, 22)
    #expect(NonInferiority.test(good, margin: 0.02, failureLevel: 0.999).verdict == .pass)
  }
}
