// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Gate
import Records
import Reporting
import Statistics
import SyntheticReports
import Testing

/// Whole gates over thousands of simulated reports whose truth is known.
@Suite("Error rates of a gate", .timeLimit(.minutes(15)))
struct SimulationTests {
  private static let runs = 1_000

  /// A report to be given other verdicts.
  private func empty(examples: Int, classes: Int) -> Report {
    var recipe = SyntheticReport()
    recipe.examples = Array(0..<examples)
    recipe.classes = classes
    return recipe.report()
  }

  /// A report of a dense model and a compressed one: every example is right with its class's rate.
  private func report(
    _ stream: RandomStream, _ empty: Report, rate: (Int) -> (base: Double, head: Double)
  ) -> Report {
    var report = empty
    let (examples, classes) = (report.evaluations[0].examples, report.dataset.classes)
    let indices = Array(0..<examples)
    let clean = [Bool](repeating: true, count: examples)
    let rates = (0..<classes).map(rate)
    let pairs = (0..<examples).map { example in
      // One draw for both: the models differ only where the rates do.
      let draw = stream.uniform()
      return (draw < rates[example % classes].base, draw < rates[example % classes].head)
    }
    for (index, robust) in [pairs.map(\.0), pairs.map(\.1)].enumerated() {
      report.evaluations[index].verdicts = VerdictRecord(
        examples: indices, clean: clean, robust: robust)
      report.evaluations[index].cleanAccuracy.value = 1
      report.evaluations[index].robustAccuracy.value =
        Double(robust.count { $0 }) / Double(examples)
    }
    return report
  }

  private func shares(
    _ rule: String, seed: UInt64, examples: Int, classes: Int = 1,
    rate: (Int) -> (base: Double, head: Double)
  ) throws -> (pass: Double, fail: Double) {
    let policy = try PolicyFile.policy(in: Array("rules: [{\(rule)}]".utf8), path: "p")
    let stream = RandomKey(seed: seed).stream()
    let empty = empty(examples: examples, classes: classes)
    var (passed, failed) = (0, 0)
    for _ in 0..<Self.runs {
      let index = try ReportIndex(
        report(stream, empty, rate: rate), name: "r")
      switch try Gate(policy: policy, report: index).result().verdict {
      case .pass: passed += 1
      case .fail: failed += 1
      case .inconclusive, .refused: break
      }
    }
    return (Double(passed) / Double(Self.runs), Double(failed) / Double(Self.runs))
  }

  // Three standard deviations of a thousand coins of 0.05 are 0.021.

  @Test("A true loss of exactly the margin passes in one of twenty cases, and fails as often")
  func atTheMargin() throws {
    let rule = "check: robust_accuracy, max_drop: 0.05, against: parent"
    let found = try shares(rule, seed: 80, examples: 400) { _ in (0.65, 0.6) }
    #expect(abs(found.pass - 0.05) <= 0.025 && abs(found.fail - 0.05) <= 0.025)
  }

  @Test("A clear non-inferior passes and a clear inferior fails")
  func clear() throws {
    let rule = "check: robust_accuracy, max_drop: 0.05, against: parent"
    let good = try shares(rule, seed: 81, examples: 400) { _ in (0.6, 0.6) }
    let bad = try shares(rule, seed: 82, examples: 400) { _ in (0.7, 0.55) }
    #expect(good.pass == 1 && bad.fail >= 0.95 && bad.pass == 0)
  }

  @Test("A worst class just below the floor passes in no more than one of twenty cases")
  func worstClassBelow() throws {
    let rule = "check: robust_accuracy, at_least: 0.5, classes: each, where: {compressed: true}"
    // One class at the floor, the others far above: the least favourable case for a false pass.
    let found = try shares(rule, seed: 83, examples: 1000, classes: 10) {
      let rate = $0 == 3 ? 0.4999 : 0.9
      return (rate, rate)
    }
    #expect(found.pass <= 0.071)
    #expect(found.pass >= 0.01, "not needlessly strict")
  }

  @Test("Ten classes right at the floor are failed in no more than one of twenty cases")
  func allClassesAtTheFloor() throws {
    let rule = "check: robust_accuracy, at_least: 0.5, classes: each, where: {compressed: true}"
    let found = try shares(rule, seed: 84, examples: 1000, classes: 10) { _ in (0.5, 0.5) }
    #expect(found.fail <= 0.071, "without correction it would be four in ten")
    #expect(found.pass <= 0.01)
  }

  @Test("Twenty rules on models that meet them all fail in no more than one of twenty gates")
  func manyRules() throws {
    let rules = (0..<20).map { _ in
      "check: robust_accuracy, at_least: 0.6, where: {compressed: true}"
    }
    let text = "rules: [{\(rules.joined(separator: "}, {"))}]"
    let policy = try PolicyFile.policy(in: Array(text.utf8), path: "p")
    #expect(policy.rules.count == 20 && Set(policy.rules.map(\.id)).count == 20)
    let stream = RandomKey(seed: 85).stream()
    let empty = empty(examples: 300, classes: 1)
    var failed = 0
    for _ in 0..<200 {
      let index = try ReportIndex(
        report(stream, empty) { _ in (0.6, 0.6) }, name: "r")
      if try Gate(policy: policy, report: index).result().verdict == .fail { failed += 1 }
    }
    #expect(failed <= 19)
  }
}
