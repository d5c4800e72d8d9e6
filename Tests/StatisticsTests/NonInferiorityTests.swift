// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Statistics

@Suite("Non-inferiority", .timeLimit(.minutes(15)))
struct NonInferiorityTests {
  private func counts(_ total: Int, _ baseOnly: Int, _ headOnly: Int) -> PairedCounts {
    PairedCounts(
      baseOnly: baseOnly, headOnly: headOnly, both: total - baseOnly - headOnly, neither: 0)
  }

  @Test("A version that is clearly as good passes, one that is clearly worse fails")
  func clearCases() {
    #expect(NonInferiority.test(counts(2_000, 20, 22), margin: 0.02).verdict == .pass)
    #expect(NonInferiority.test(counts(2_000, 150, 22), margin: 0.02).verdict == .fail)
    // Significantly worse, yet by less than the margin.
    #expect(NonInferiority.test(counts(10_000, 150, 80), margin: 0.02).verdict == .pass)
  }

  @Test("Without any disagreement the number needed follows from the closed form")
  func closedForm() {
    // The lower bound is -z² / (n + z²); with z = 1.644854 + 0.841621 a margin of one point takes
    // more than z² · 0.99 / 0.01 = 612.07 examples.
    let result = NonInferiority.test(counts(100, 0, 0), margin: 0.01)
    #expect(result.verdict == .inconclusive(examplesNeeded: 613))
    #expect(abs(result.lowerBound - -2.705543 / 102.705543) <= 1e-8)
    #expect(NonInferiority.test(counts(268, 0, 0), margin: 0.01).verdict == .pass)
    #expect(NonInferiority.test(counts(267, 0, 0), margin: 0.01).verdict != .pass)
  }

  @Test("A loss of exactly the margin is never decided")
  func neverDecided() {
    let verdict = NonInferiority.test(counts(1_000, 40, 20), margin: 0.02).verdict
    #expect(verdict == .inconclusive(examplesNeeded: nil))
  }

  @Test(
    "The number of examples named decides four times in five",
    arguments: [(1_000, 40, 30, NonInferiority.Verdict.pass), (500, 30, 12, .fail)])
  func numberNeededDecides(
    total: Int, baseOnly: Int, headOnly: Int, expected: NonInferiority.Verdict
  ) throws {
    let small = NonInferiority.test(counts(total, baseOnly, headOnly), margin: 0.02)
    guard case .inconclusive(let named) = small.verdict else {
      Issue.record("\(small.verdict)")
      return
    }
    let needed = try #require(named)
    #expect(needed > total)
    let stream = RandomKey(seed: 90).split(total).stream()
    let discordance = Double(baseOnly + headOnly) / Double(total)
    let headShare = Double(headOnly) / Double(baseOnly + headOnly)
    var decided = 0
    for _ in 0..<2_000 {
      let discordant = stream.binomial(trials: needed, probability: discordance)
      let head = stream.binomial(trials: discordant, probability: headShare)
      let result = NonInferiority.test(counts(needed, discordant - head, head), margin: 0.02)
      if result.verdict == expected { decided += 1 }
    }
    // Four standard deviations of two thousand coins of 0.8 are 0.036.
    #expect(abs(Double(decided) / 2_000 - 0.8) <= 0.036)
  }

  @Test(
    "With a true loss of exactly the margin one in twenty passes and one in twenty fails",
    arguments: [(1_000, 0.05), (3_000, 0.1)])
  func errorRates(total: Int, discordance: Double) {
    let margin = 0.02
    let stream = RandomKey(seed: 91).split(total).stream()
    let headShare = (discordance - margin) / (2 * discordance)
    var known: [PairedCounts: NonInferiority.Verdict] = [:]
    var (passed, failed) = (0, 0)
    for _ in 0..<10_000 {
      let discordant = stream.binomial(trials: total, probability: discordance)
      let head = stream.binomial(trials: discordant, probability: headShare)
      let table = counts(total, discordant - head, head)
      let verdict = known[table] ?? NonInferiority.test(table, margin: margin).verdict
      known[table] = verdict
      if verdict == .pass { passed += 1 }
      if verdict == .fail { failed += 1 }
    }
    #expect(abs(Double(passed) / 10_000 - 0.05) <= 0.01)
    #expect(abs(Double(failed) / 10_000 - 0.05) <= 0.01)
  }
}
