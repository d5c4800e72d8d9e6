// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Gate
import Records
import Reporting
import SyntheticReports
import Testing

@Suite("Answers of a gate", .timeLimit(.minutes(15)))
struct TruthTableTests {
  private let even = lettered("r" * 500 + "b" * 500, "r" * 500 + "b" * 500)

  private func verdicts(_ result: GateResult) -> [GateVerdict] {
    result.rules.flatMap { $0.cases.map(\.verdict) }
  }

  @Test(
    "A floor: the bound decides, not the estimate",
    // 500 of 1,000: Clopper-Pearson one-sided bounds are 0.4735 and 0.5265 at 95 %; two cases are two
    // tests, so a failure takes 97.5 %, where the upper bound is 0.5315.
    arguments: [
      (0.47, GateVerdict.pass), (0.48, .inconclusive), (0.52, .inconclusive), (0.53, .inconclusive),
      (0.54, .fail),
    ])
  func floor(floor: Double, verdict: GateVerdict) throws {
    let result = try judge(even, rule: "check: robust_accuracy, at_least: \(floor)")
    #expect(verdicts(result) == [verdict, verdict])
    #expect(result.verdict == verdict && result.tests == 2)
    let needed = result.rules[0].cases.map(\.examplesNeeded)
    #expect(needed.allSatisfy { ($0 != nil) == (verdict == .inconclusive) })
    #expect(result.rules[0].cases.allSatisfy { $0.value == 0.5 })
  }

  @Test(
    "A loss against the dense parent: pass, fail or inconclusive",
    arguments: [
      ("r" * 1000, "r" * 1000, GateVerdict.pass), ("r" * 1000, "b" * 60 + "r" * 940, .fail),
      ("r" * 1000, "b" * 20 + "r" * 980, .inconclusive), ("r" * 50, "r" * 50, .inconclusive),
      ("b" * 900 + "r" * 100, "r" * 1000, .pass),
    ])
  func parent(dense: String, pruned: String, verdict: GateVerdict) throws {
    let result = try judge(
      lettered(dense, pruned), rule: "check: robust_accuracy, max_drop: 0.02, against: parent")
    #expect(verdicts(result) == [verdict], "the dense model is no case")
  }

  @Test("Where more examples would tell, it says of which report they are missing")
  func missing() throws {
    let lost = lettered("r" * 1000, "b" * 15 + "r" * 985)
    for (baseline, reference) in [(lettered("r" * 1000, "r" * 1000), "baseline"), (nil, "parent")] {
      let rule = "check: robust_accuracy, max_drop: 0.02, against: \(reference)"
      let evidence = try #require(
        try judge(lost, rule: rule, baseline: baseline).rules[0].cases.last?.evidence)
      #expect(evidence.contains("examples would tell"))
      #expect(evidence.contains("and the baseline has judged 1000") == (baseline != nil))
    }
  }

  @Test("A loss against a baseline is paired where the examples are the same")
  func baseline() throws {
    let base = lettered("r" * 1000, "r" * 1000)
    let head = lettered("r" * 1000, "b" * 60 + "r" * 940)
    let rule = "check: robust_accuracy, max_drop: 0.02"
    let result = try judge(head, rule: rule, baseline: base)
    #expect(verdicts(result) == [.pass, .fail])
    #expect(result.verdict == .fail)
    #expect(result.rules[0].cases[1].evidence.contains("paired: 60 lost, 0 won"))
    #expect(result.rules[0].cases[1].value == -0.06)

    var older = base
    for index in 0..<2 { older.evaluations[index].verdicts = nil }
    older.labels = nil
    let unpaired = try judge(head, rule: rule, baseline: older)
    #expect(unpaired.rules[0].cases[0].evidence.contains("not paired"))
    #expect(verdicts(unpaired)[1] == .fail)
  }

  @Test("A model that the baseline has not is inconclusive, never passed over")
  func unmatched() throws {
    var base = even
    base.variants[1].seed = 7
    let result = try judge(even, rule: "check: robust_accuracy, max_drop: 0.5", baseline: base)
    #expect(verdicts(result) == [.pass, .inconclusive])
    #expect(result.verdict == .inconclusive)
  }

  @Test(
    "Without a baseline a rule that needs one is an error",
    arguments: [
      "check: robust_accuracy, max_drop: 0.1", "check: macs, max_increase: 0.1",
      "check: robust_accuracy, max_drop: 0.1, seeds: together",
    ])
  func needsBaseline(rule: String) throws {
    let error = #expect(throws: GateError.self) { try judge(even, rule: rule) }
    #expect(error?.code == .needsBaseline)
  }

  @Test("A flag refuses a robust number, and a blocking one does so without any rule on flags")
  func flags() throws {
    let warned = lettered("r" * 100, "r" * 100, flags: [.up(.warning)])
    #expect(try judge(warned, rule: "check: flags, severity: warning").verdict == .refused)
    #expect(try judge(warned, rule: "check: flags, severity: note").verdict == .refused)
    #expect(try judge(warned, rule: "check: flags, severity: blocking").verdict == .pass)
    #expect(try judge(warned, rule: "check: robust_accuracy, at_least: 0.5").verdict == .pass)
    var silent = lettered("r" * 100, "r" * 100)
    #expect(try judge(silent, rule: "check: flags, severity: note").verdict == .inconclusive)
    for (sample, verdict) in [(0, GateVerdict.inconclusive), (12, .pass)] {
      for place in silent.evaluations.indices {
        silent.evaluations[place].checks = [
          CheckRecord(
            check: "noise", value: 0, threshold: 0.05, sample: sample, severity: nil,
            message: "Nothing more was broken.")
        ]
      }
      #expect(try judge(silent, rule: "check: flags, severity: note").verdict == verdict)
    }
    let blocked = lettered("r" * 100, "r" * 100, flags: [.up(.blocking)])
    #expect(try judge(blocked, rule: "check: robust_accuracy, at_least: 0.5").verdict == .refused)
    #expect(try judge(blocked, rule: "check: clean_accuracy, at_least: 0.5").verdict == .pass)
    #expect(
      try judge(blocked, rule: "check: robust_accuracy, max_drop: 0.5, against: parent").verdict
        == .refused)
    let other = try judge(
      even, rule: "check: robust_accuracy, max_drop: 0.5",
      baseline: lettered("r" * 1000, "r" * 1000, flags: [.up(.blocking)]))
    #expect(other.verdict == .refused, "the baseline's flag counts too")
  }

  @Test(
    "Footprints are exact, or have an interval",
    arguments: [
      ("check: packed_bytes, at_most: 4000", GateVerdict.pass),
      ("check: packed_bytes, at_most: 3999", .fail),
      ("check: packed_bytes, at_most: 2200, where: {compressed: true}", .pass),
      ("check: macs, at_most: 5000, where: {compressed: true}", .pass),
      ("check: nonzero_parameters, at_most: 489, where: {compressed: true}", .fail),
      ("check: sparsity, at_least: 0.51", .pass), ("check: sparsity, at_least: 0.52", .fail),
      ("check: latency_ms, at_most: 1.1", .pass), ("check: latency_ms, at_most: 0.8", .fail),
      ("check: latency_ms, at_most: 1.0", .inconclusive),
      ("check: latency_batch64_ms, at_most: 9", .inconclusive),
    ])
  func footprint(rule: String, verdict: GateVerdict) throws {
    #expect(try judge(even, rule: rule).verdict == verdict)
  }

  @Test("An increase over the baseline; a time only on the same machine")
  func increase() throws {
    var base = even
    base.variants[1].packedBytes = 2000
    let bytes = { (share: Double) in
      try judge(
        even, rule: "check: packed_bytes, max_increase: \(share), where: {compressed: true}",
        baseline: base
      ).verdict
    }
    #expect(try bytes(0.1) == .pass && bytes(0.09) == .fail)
    let time = { (share: Double, baseline: Report) in
      try judge(even, rule: "check: latency_ms, max_increase: \(share)", baseline: baseline).verdict
    }
    // Intervals 0.9 to 1.1 on both sides: 1.1 <= 0.9 · 1.25, and 0.9 lies above 1.1 · 0.8 never here.
    #expect(try time(0.25, even) == .pass && time(0.1, even) == .inconclusive)
    base.variants[0].latency = MedianRecord(median: 0.5, low: 0.4, high: 0.6)
    #expect(try time(0.1, base) == .fail)
    base.environment.cpu = "Another"
    #expect(try time(0.1, base) == .inconclusive)
  }

  @Test("Who holds the dense parent is no attacker of it, so that no rule waits for that")
  func parentRung() throws {
    var report = lettered("r" * 1000, "r" * 1000)
    var rung = report.evaluations[1]
    rung.id = "rung"
    rung.isolation = "parent:search=20"
    report.evaluations.append(rung)
    let result = try judge(report, rule: "check: robust_accuracy, max_drop: 0.02, against: parent")
    #expect(result.rules[0].cases.map(\.subject) == [report.evaluations[1].id])
    #expect(result.verdict == .pass)
  }

  @Test("What the baseline alone has judged is named, and what needs a baseline can be left out")
  func omissions() throws {
    let base = lettered("r" * 1000, "r" * 1000)
    var head = base
    head.variants.removeLast()
    head.evaluations.removeLast()
    let result = try judge(head, rule: "check: robust_accuracy, max_drop: 0.02", baseline: base)
    #expect(result.onlyInBaseline == [base.evaluations[1].id] && result.leftOut == nil)
    #expect(try GateFormat.text.text(for: result).contains("Judged in the baseline alone: "))
    #expect(try GateFormat.markdown.text(for: result).contains("Judged in the baseline alone: "))
    let whole = try judge(base, rule: "check: robust_accuracy, max_drop: 0.02", baseline: base)
    #expect(whole.omissions.isEmpty)
  }

  @Test("Isolation is no worse than none")
  func isolation() throws {
    var report = lettered("r" * 1000, "b" * 60 + "r" * 940)
    var hidden = report.evaluations[0]
    hidden.id = "hidden"
    hidden.isolation = "scores"
    hidden.threat.knowledge = .scores
    report.evaluations.append(hidden)
    let rule = "check: isolation, isolation: scores, max_drop: 0.02"
    #expect(verdicts(try judge(report, rule: rule)) == [.pass])
    report.evaluations[2].verdicts = report.evaluations[1].verdicts
    report.evaluations[2].robustAccuracy.value = 0.94
    #expect(verdicts(try judge(report, rule: rule)) == [.fail])
    let error = #expect(throws: GateError.self) {
      try judge(report, rule: "check: isolation, isolation: enclave")
    }
    #expect(error?.code == .selectsNothing)
    #expect(
      verdicts(try judge(report, rule: "check: isolation, isolation: scores, than: enclave"))
        == [.inconclusive])
  }

  @Test("One failure fails; a refusal, then doubt, counts before a pass")
  func joint() {
    #expect(GateVerdict.joint([]) == .pass)
    #expect(GateVerdict.joint([.pass, .pass]) == .pass)
    #expect(GateVerdict.joint([.pass, .inconclusive]) == .inconclusive)
    #expect(GateVerdict.joint([.inconclusive, .refused, .pass]) == .refused)
    #expect(GateVerdict.joint([.refused, .fail, .inconclusive]) == .fail)
  }

  @Test("A largest drop alone holds clean and robust accuracy")
  func largestDrop() throws {
    let base = try ReportIndex(lettered("r" * 1000, "r" * 1000), name: "b")
    func verdicts(_ dense: String, _ pruned: String) throws -> [GateVerdict] {
      try Gate(
        policy: .largestDrop(0.02), report: try ReportIndex(lettered(dense, pruned), name: "h"),
        baseline: base
      ).result().rules.map(\.verdict)
    }
    #expect(try verdicts("r" * 1000, "r" * 1000) == [.pass, .pass])
    #expect(try verdicts("r" * 1000, "b" * 70 + "r" * 930) == [.fail, .pass])
    #expect(try verdicts("r" * 1000, "x" * 70 + "r" * 930) == [.fail, .fail])
  }

  @Test("Seeds together are judged as a method, and too few of them are inconclusive")
  func seeds() throws {
    func report(_ seeds: [UInt64], rate: Double = 0.5) -> Report {
      var recipe = SyntheticReport()
      recipe.compressions = 0
      recipe.seeds = seeds
      recipe.robustRate = rate
      recipe.examples = Array(0..<2000)
      return recipe.report()
    }
    let rule = "check: robust_accuracy, max_drop: 0.05, seeds: together"
    let base = report([1, 2, 3])
    #expect(try judge(report([4, 5, 6]), rule: rule, baseline: base).verdict == .pass)
    #expect(try judge(report([4, 5, 6], rate: 0.3), rule: rule, baseline: base).verdict == .fail)
    #expect(try judge(report([4, 5]), rule: rule, baseline: base).verdict == .inconclusive)
  }

  @Test("Reports on different data are refused as input")
  func otherData() throws {
    var base = even
    base.dataset.sha256 = "11"
    let error = #expect(throws: ReportError.self) {
      try judge(even, rule: "check: macs, at_most: 1", baseline: base)
    }
    #expect(error?.code == .otherData)
  }
}
