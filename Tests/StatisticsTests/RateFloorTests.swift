// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Statistics

@Suite("A rate held against a floor", .timeLimit(.minutes(15)))
struct RateFloorTests {
  @Test("Without a failure the bound has a closed form")
  func closedForm() {
    // All of n right: the lower bound is 0.05^(1/n), so 0.95 takes 59 examples (0.05^(1/59) = 0.9505).
    #expect(RateFloor.test(successes: 59, trials: 59, floor: 0.95).verdict == .pass)
    #expect(RateFloor.test(successes: 58, trials: 58, floor: 0.95).verdict != .pass)
    // None right: the upper bound is 1 - 0.05^(1/n).
    #expect(RateFloor.test(successes: 0, trials: 59, floor: 0.05).verdict == .fail)
    #expect(RateFloor.test(successes: 0, trials: 58, floor: 0.05).verdict != .fail)
    // A stricter failure leaves the pass as it is: 1 - 0.005^(1/104) = 0.0497.
    let strict = { (trials: Int) in
      RateFloor.test(successes: 0, trials: trials, floor: 0.05, failureLevel: 0.995).verdict
    }
    #expect(strict(104) == .fail && strict(103) != .fail)
    #expect(
      RateFloor.test(successes: 59, trials: 59, floor: 0.95, failureLevel: 0.995).verdict == .pass)
  }

  @Test("A floor of zero always passes, a floor of one passes never and fails with one mistake")
  func corners() {
    #expect(RateFloor.test(successes: 0, trials: 5, floor: 0).verdict == .pass)
    let all = RateFloor.test(successes: 5, trials: 5, floor: 1).verdict
    #expect(all == .inconclusive(examplesNeeded: nil))
    #expect(RateFloor.test(successes: 90, trials: 100, floor: 1).verdict == .fail)
    #expect(
      RateFloor.test(successes: 50, trials: 100, floor: 0.5).verdict
        == .inconclusive(examplesNeeded: nil))
  }

  @Test(
    "At the floor itself at most one in twenty passes, and as many fail", arguments: [0.1, 0.5])
  func errorRates(floor: Double) {
    let stream = RandomKey(seed: 70).split(Int(floor * 100)).stream()
    var (passed, failed) = (0, 0)
    for _ in 0..<10_000 {
      let right = stream.binomial(trials: 400, probability: floor)
      let verdict = RateFloor.test(successes: right, trials: 400, floor: floor).verdict
      if verdict == .pass { passed += 1 }
      if verdict == .fail { failed += 1 }
    }
    // Three standard deviations of ten thousand coins of 0.05 are 0.0065; exact bounds err below.
    #expect(passed <= 565 && failed <= 565)
    #expect(passed >= 200 && failed >= 200, "not needlessly strict")
  }

  @Test("The number of examples named decides about four times in five")
  func numberNeeded() throws {
    let test = RateFloor.test(successes: 215, trials: 500, floor: 0.4)
    guard case .inconclusive(let named) = test.verdict else {
      Issue.record("\(test.verdict)")
      return
    }
    let needed = try #require(named)
    let stream = RandomKey(seed: 71).stream()
    var decided = 0
    for _ in 0..<2_000 {
      let right = stream.binomial(trials: needed, probability: 0.43)
      if RateFloor.test(successes: right, trials: needed, floor: 0.4).verdict == .pass {
        decided += 1
      }
    }
    // Four standard deviations of two thousand coins of 0.8 are 0.036.
    #expect(abs(Double(decided) / 2_000 - 0.8) <= 0.036)
  }
}
