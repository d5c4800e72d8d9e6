// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Statistics

@Suite("Verdicts that stand at any time", .timeLimit(.minutes(15)))
struct SequentialVerdictTests {
  private func rate(_ successes: Int, _ trials: Int) -> RateCounts {
    RateCounts(successes: successes, trials: trials)
  }

  private func pairs(_ lost: Int, _ won: Int, of total: Int) -> PairedCounts {
    PairedCounts(baseOnly: lost, headOnly: won, both: total - lost - won, neither: 0)
  }

  @Test(
    "A floor: pass, fail, or neither",
    arguments: [
      (900, 1_000, 0.5, "pass"), (100, 1_000, 0.5, "fail"), (500, 1_000, 0.5, "open"),
      (0, 10, 0, "pass"), (10, 10, 1, "open"), (999, 1_000, 1, "fail"), (0, 50, 1, "fail"),
    ])
  func floor(successes: Int, trials: Int, floor: Double, answer: String) {
    let test = SequentialTest.floor([rate(successes, trials)], floor: floor)
    switch test.verdict {
    case .pass: #expect(answer == "pass" && test.lowerBound >= floor)
    case .fail: #expect(answer == "fail" && test.upperBound < floor)
    case .inconclusive: #expect(answer == "open" && test.decidedAfter == nil)
    }
    #expect(test.value == Double(successes) / Double(trials))
    #expect(test.lowerBound <= test.value && test.value <= test.upperBound)
  }

  @Test(
    "A loss: pass, fail, or neither",
    arguments: [
      (0, 0, 500, "pass"), (20, 20, 4_000, "pass"), (200, 20, 1_000, "fail"),
      (10, 5, 200, "open"), (0, 90, 300, "pass"),
    ])
  func loss(lost: Int, won: Int, total: Int, answer: String) {
    let test = SequentialTest.loss([pairs(lost, won, of: total)], margin: 0.02)
    switch test.verdict {
    case .pass: #expect(answer == "pass" && test.lowerBound > -0.02)
    case .fail: #expect(answer == "fail" && test.upperBound < -0.02)
    case .inconclusive:
      #expect(answer == "open" && test.lowerBound <= -0.02 && test.upperBound >= -0.02)
    }
    #expect(abs(test.value - Double(won - lost) / Double(total)) <= 1e-12)
  }

  @Test("The verdict and its bounds agree for all counts and margins")
  func boundsAgree() {
    for lost in stride(from: 0, through: 60, by: 6) {
      for won in stride(from: 0, through: 40, by: 10) {
        for margin in [0.0, 0.01, 0.1, 0.5] {
          let test = SequentialTest.loss([pairs(lost, won, of: 400)], margin: margin)
          let passes = test.lowerBound > -margin + 1e-12
          let fails = test.upperBound < -margin - 1e-12
          #expect((test.verdict == .pass) == passes && (test.verdict == .fail) == fails)
        }
      }
    }
  }

  @Test("The first look that tells settles it, whatever comes later")
  func firstLook() {
    let looks = [rate(3, 8), rate(95, 128), rate(100, 256), rate(100, 900)]
    let test = SequentialTest.floor(looks, floor: 0.5)
    #expect(test.verdict == .pass && test.decidedAfter == 128)
    #expect(test.value == 100.0 / 900, "the value is that of all examples")
    #expect(test.lowerBound == SequentialTest.floor([looks[1]], floor: 0.5).lowerBound)
    #expect(SequentialTest.floor([looks[3]], floor: 0.5).verdict == .fail)
  }

  @Test("The number that would tell tells, and one less does not")
  func needed() throws {
    for (successes, floor) in [(55, 0.5), (45, 0.5), (97, 0.95)] {
      let test = SequentialTest.floor([rate(successes, 100)], floor: floor)
      guard case .inconclusive(let found) = test.verdict else {
        Issue.record("\(successes) of 100 tell already")
        continue
      }
      let needed = try #require(found)
      func decides(_ total: Int) -> Bool {
        let counts = BettingCounts(rate(successes, 100)).scaled(by: Double(total) / 100)
        return BettingOdds(against: floor).reaches(0.95, counts)
          || BettingOdds(against: 1 - floor).reaches(0.95, counts.mirrored)
      }
      #expect(decides(needed) && !decides(needed - 1))
    }
    let even = SequentialTest.floor([rate(50, 100)], floor: 0.5)
    #expect(even.verdict == .inconclusive(examplesNeeded: nil), "no number tells which")
  }

  @Test("A failure may take more confidence than a pass")
  func levels() {
    let counts = [rate(38, 100)]
    #expect(SequentialTest.floor(counts, floor: 0.5, level: 0.5).verdict == .fail)
    let strict = SequentialTest.floor(counts, floor: 0.5, level: 0.5, failureLevel: 0.999)
    #expect(strict.verdict != .fail && strict.verdict != .pass)
  }

  @Test(
    "Two separate samples: pass, fail, or neither",
    arguments: [(800, 950, "pass"), (950, 800, "fail"), (900, 895, "open")])
  func separate(base: Int, head: Int, answer: String) {
    let counts = IndependentCounts(
      baseSuccesses: base, baseTrials: 1_000, headSuccesses: head, headTrials: 1_000)
    let test = SequentialTest.loss(counts, margin: 0.01)
    switch test.verdict {
    case .pass: #expect(answer == "pass" && test.lowerBound > -0.01)
    case .fail: #expect(answer == "fail" && test.upperBound < -0.01)
    case .inconclusive(let needed): #expect(answer == "open" && needed == nil)
    }
    let once = NonInferiority.test(counts, margin: 0.01)
    #expect(test.lowerBound < once.lowerBound && once.upperBound < test.upperBound)
  }

  @Test("The order of the examples is that of the seed, and holds each once")
  func order() {
    let order = ExampleOrder.indices(seed: 1, count: 500)
    #expect(order.sorted() == Array(0..<500) && order != Array(0..<500))
    #expect(order == ExampleOrder.indices(seed: 1, count: 500))
    #expect(order != ExampleOrder.indices(seed: 2, count: 500))
    // Of a sorted data set the first hundred are a fair sample: about half from the first half.
    let early = order.prefix(100).count { $0 < 250 }
    #expect((35...65).contains(early), "three standard deviations of a hundred coins")
  }
}
