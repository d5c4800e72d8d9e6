// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Statistics

@Suite("Two methods over seeds and examples", .timeLimit(.minutes(15)))
struct MethodDifferenceTests {
  @Test("Student's t has the quantiles of the tables")
  func student() {
    // Two-sided 5 % points for 1, 2, 4 and 30 degrees of freedom.
    for (freedom, point) in [(1.0, 12.7062), (2, 4.3027), (4, 2.7764), (30, 2.0423)] {
      #expect(abs(GSL.studentUpperQuantile(0.025, freedom: freedom) - point) <= 5e-5)
      #expect(
        abs(GSL.studentUpper(point, freedom: freedom) - 0.025) <= 5e-6, "points of four places")
    }
    #expect(abs(GSL.studentUpperQuantile(0.025, freedom: 2.5) - 3.5582) <= 0.02, "between 2 and 3")
  }

  @Test("Where seeds alone vary, the interval is that of a paired t-test on the seeds")
  func seedsAlone() throws {
    // Every example behaves alike: differences by seed are 0, 1 and 1; mean 2/3, deviation 0.57735,
    // standard error 1/3, two degrees of freedom.
    let base = [[Bool]](repeating: [Bool](repeating: false, count: 10_000), count: 3)
    let head = [false, true, true].map { [Bool](repeating: $0, count: 10_000) }
    let test = try #require(MethodDifference(pairedBase: base, head: head))
    #expect(abs(test.difference - 2.0 / 3) <= 1e-12)
    #expect(abs(test.standardError - 1.0 / 3) <= 1e-6)
    #expect(abs(test.degreesOfFreedom - 2) <= 1e-6)
    #expect(abs(test.interval().low - (2.0 / 3 - 4.3027 / 3)) <= 1e-4)
    #expect(test.interval().high == 1)
    // The p-value of t = 2 with two degrees of freedom.
    #expect(abs(test.pValue - 0.183503) <= 1e-5)
  }

  @Test("Where examples alone vary, the standard error is that of the mean of paired differences")
  func examplesAlone() throws {
    // Both seeds agree; of 100 examples the head wins 20 and loses 10.
    let base = (0..<100).map { $0 >= 20 }
    let head = (0..<100).map { $0 < 90 }
    let test = try #require(
      MethodDifference(base: [base, base], head: [head, head], onSameExamples: true))
    // The sum of squares is 30, the mean 0.1: variance (30 - 100 · 0.01) / 99.
    let error = ((30 - 1) / 99.0 / 100).squareRoot()
    #expect(abs(test.difference - 0.1) <= 1e-12)
    #expect(abs(test.standardError - error) <= 1e-12)
    #expect(abs(test.degreesOfFreedom - 99) <= 1e-9)
    #expect(test.seedVariance == 0)
  }

  @Test("One seed on a side says nothing of the noise of seeds")
  func oneSeed() {
    let row = [true, false]
    #expect(MethodDifference(base: [row], head: [row, row], onSameExamples: true) == nil)
    #expect(MethodDifference(pairedBase: [row], head: [row]) == nil)
  }

  @Test("Equal verdicts leave a difference of none, and more seeds are not what is missing")
  func equal() throws {
    let rows = [[Bool]](repeating: (0..<1000).map { $0 % 3 == 0 }, count: 3)
    let test = try #require(MethodDifference(pairedBase: rows, head: rows))
    #expect(test.difference == 0 && test.pValue == 1)
    #expect(test.interval().high > 0 && test.interval().high < 0.01)
    #expect(test.seedsNeeded(from: 3, margin: 0.02) == 4)
  }

  /// Verdicts of one method: examples of their own difficulty, seeds that move the rate, and chance.
  private func rows(
    _ key: RandomKey, _ difficulty: [Double], seeds: Int, spread: Double, rate: Double
  ) -> [[Bool]] {
    (0..<seeds).map { seed in
      let stream = key.split(seed).stream()
      let moved = rate + stream.normal(mean: 0, sigma: spread)
      return difficulty.map { hardness in
        (stream.uniform() < 0.15 ? stream.uniform() : hardness) < moved
      }
    }
  }

  @Test(
    "Methods that are equally good are told apart in no more than one of twenty cases",
    arguments: [(3, 0.03, false), (5, 0.03, false), (3, 0.0, false), (4, 0.03, true)])
  func falseClaims(seeds: Int, spread: Double, isPaired: Bool) throws {
    let runs = 1_000
    var covered = 0
    for run in 0..<runs {
      let key = RandomKey(seed: 72).split(seeds).split(run)
      let stream = key.split("examples").stream()
      let difficulty = (0..<150).map { _ in stream.uniform() }
      let base = rows(key.split("base"), difficulty, seeds: seeds, spread: spread, rate: 0.5)
      let head = rows(key.split("head"), difficulty, seeds: seeds, spread: spread, rate: 0.5)
      let test =
        isPaired
        ? MethodDifference(pairedBase: base, head: head)
        : MethodDifference(base: base, head: head, onSameExamples: true)
      if try #require(test).interval().contains(0) { covered += 1 }
    }
    // Three standard deviations of a thousand coins of 0.95 are 0.021.
    #expect(Double(covered) / Double(runs) >= 0.929)
    #expect(Double(covered) / Double(runs) <= 0.995, "not needlessly wide")
  }

  @Test("Taken for one set of paired examples, the same seeds would claim far too much")
  func whySeedsCount() throws {
    var (naive, honest) = (0, 0)
    for run in 0..<300 {
      let key = RandomKey(seed: 73).split(run)
      let stream = key.split("examples").stream()
      let difficulty = (0..<1000).map { _ in stream.uniform() }
      let base = rows(key.split("base"), difficulty, seeds: 3, spread: 0.03, rate: 0.5)
      let head = rows(key.split("head"), difficulty, seeds: 3, spread: 0.03, rate: 0.5)
      if PairedCounts(base: base[0], head: head[0]).exactP <= 0.05 { naive += 1 }
      let test = try #require(MethodDifference(base: base, head: head, onSameExamples: true))
      if test.pValue <= 0.05 { honest += 1 }
    }
    #expect(naive > 90, "a third of the comparisons of single seeds differ")
    #expect(honest <= 30)
  }
}
