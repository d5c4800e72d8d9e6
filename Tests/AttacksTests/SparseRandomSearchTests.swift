// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import TestSupport
import Testing
import Torch

@testable import Attacks

@Suite("Sparse random search", .timeLimit(.minutes(15)))
struct SparseRandomSearchTests {
  @Test("It finds the best few values of a linear model and their ends", arguments: [1, 2, 4])
  func bestValues(count: Int) throws {
    let problem = SmallProblem(shape: [1, 4, 5])
    let run = try problem.run("sparse-rs:queries=1500", .l0, "\(count)", inputRange: 0...1)
    let rows = zip(problem.batch.inputs.exampleValues, problem.drops(run))
    for (row, (input, drop)) in rows.enumerated() {
      let gains = zip(input, problem.weights).map { max($0 * $1, ($0 - 1) * $1) }
      let best = gains.sorted(by: >).prefix(count).reduce(0, +)
      #expect(abs(drop - best) <= 1e-5 * best, "row \(row)")
      let changed = zip(input, run.inputs.exampleValues[row]).filter { $0 != $1 }
      #expect(changed.count == count)
      #expect(changed.allSatisfy { $0.1 == 0 || $0.1 == 1 })
    }
  }

  @Test("No example changes more values than epsilon allows", arguments: [1, 3, 10, 191, 192, 500])
  func countHolds(count: Int) throws {
    let problem = SmallProblem(shape: Images.shape, count: 5)
    let run = try problem.run("sparse-rs:queries=30", .l0, "\(count)", inputRange: 0...1)
    let pairs = zip(problem.batch.inputs.exampleValues, run.inputs.exampleValues)
    for (input, output) in pairs {
      #expect(zip(input, output).count { $0 != $1 } == min(count, Images.size))
    }
  }

  @Test("Part of a value is no value")
  func fraction() throws {
    let problem = SmallProblem(shape: Images.shape)
    let run = try problem.run("sparse-rs:queries=5", .l0, "0.9", inputRange: 0...1)
    #expect(run.inputs.bytes == problem.batch.inputs.bytes)
  }

  /// The table of the authors' code for ten thousand queries, as shares of the initial one.
  @Test(
    "The share falls as published", .tags(.paper),
    arguments: zip(
      [0, 1, 50, 51, 201, 501, 1001, 2001, 4001, 6001, 8001, 9999],
      [1, 2, 2, 4, 5, 6, 8, 10, 12, 15, 20, 20.0]))
  func schedule(step: Int, divisor: Double) {
    #expect(SparseRandomSearch.share(step: step, of: 10_000, initial: 0.3) == 0.3 / divisor)
  }
}
