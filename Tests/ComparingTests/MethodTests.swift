// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Reporting
import SyntheticReports
import Testing

@Suite("Comparison of methods over seeds", .timeLimit(.minutes(15)))
struct MethodTests {
  private func report(
    _ seeds: [UInt64], rate: Double = 0.5, spread: Double = 0.02, random: UInt64 = 1
  )
    -> Report
  {
    var recipe = SyntheticReport()
    recipe.compressions = 0
    recipe.seeds = seeds
    recipe.robustRate = rate
    recipe.seedSpread = spread
    recipe.examples = Array(0..<1000)
    recipe.random = random
    return recipe.report()
  }

  @Test("Different seeds of one method are compared as methods, and no model is listed as missing")
  func otherSeeds() throws {
    let comparison = try compare(report([1, 2, 3]), report([4, 5, 6, 7]))
    #expect(comparison.models.isEmpty)
    #expect(comparison.onlyBase.isEmpty && comparison.onlyHead.isEmpty)
    #expect(comparison.methods.map(\.quantity) == [.clean, .robust])
    let robust = try #require(comparison.methods.last)
    #expect(robust.baseSeeds == [1, 2, 3] && robust.headSeeds == [4, 5, 6, 7])
    #expect(robust.isPaired && !robust.isPairedBySeed && robust.examples == 1000)
    let estimate = try #require(robust.estimate)
    #expect(estimate.seedError > 0 && estimate.exampleError > 0)
    #expect(estimate.degreesOfFreedom < 20)
    #expect(abs(estimate.difference - (robust.headAccuracy - robust.baseAccuracy)) < 1e-12)
  }

  @Test("A method that is worse is found worse, also over other seeds")
  func worse() throws {
    let robust = try #require(
      try compare(report([1, 2, 3, 4]), report([5, 6, 7, 8], rate: 0.35)).methods.last)
    #expect(robust.answer == .worse)
  }

  @Test("The same seeds are paired, and each checkpoint has its row too")
  func sameSeeds() throws {
    let comparison = try compare(report([1, 2, 3]), report([1, 2, 3], random: 9))
    #expect(comparison.models.count == 6)
    #expect(comparison.methods.allSatisfy { $0.isPairedBySeed })
  }

  @Test("Fewer than three seeds carry no claim about a method", arguments: [1, 2])
  func fewSeeds(count: Int) throws {
    let seeds = Array((1...UInt64(count)).map { $0 + 10 })
    let robust = try #require(
      try compare(report([1, 2, 3]), report(seeds, rate: 0.2)).methods.last)
    #expect(robust.answer == .cannotTell && robust.seedsNeeded == 3)
    #expect(robust.note == "fewer than 3 seeds say nothing about a method")
  }

  @Test("Without verdicts there is no answer on a method")
  func noVerdicts() throws {
    var head = report([4, 5, 6], rate: 0.2)
    head.evaluations[0].verdicts = nil
    let robust = try #require(try compare(report([1, 2, 3]), head).methods.last)
    #expect(robust.answer == .cannotTell && robust.estimate == nil)
    #expect(robust.note == "the reports do not say which examples are right")
  }

  @Test("The noise of seeds alone is called a difference in no more than one of twenty cases")
  func falseClaims() throws {
    var claims = 0
    for run in 0..<200 {
      let base = report([1, 2, 3], spread: 0.06, random: UInt64(2 * run + 100))
      let head = report([4, 5, 6], spread: 0.06, random: UInt64(2 * run + 101))
      let robust = try #require(try compare(base, head).methods.last)
      if [.better, .worse].contains(robust.answer) { claims += 1 }
    }
    // Holm over two rows halves the 5 %; three standard deviations of 200 coins of 0.05 are 9.
    #expect(claims <= 19)
  }
}
