// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Gate
import Records
import Reporting
import Statistics
import SyntheticReports
import Testing

/// A report of a run that stopped early, with verdicts in the order in which the examples came.
func stopped(
  _ dense: String, _ pruned: String, of available: Int = 4_000, perLook: Int = 128,
  seed: UInt64 = 3
) -> Report {
  let seen = dense.utf8.count
  let order = ExampleOrder.indices(seed: seed, count: available).prefix(seen)
  let places = order.indices.sorted { order[$0] < order[$1] }
  func sorted(_ letters: String) -> String {
    let letters = Array(letters)
    return String(places.map { letters[$0] })
  }
  var report = lettered(sorted(dense), sorted(pruned))
  let examples = places.map { order[$0] }
  for index in report.evaluations.indices {
    guard let verdicts = report.evaluations[index].verdicts else { continue }
    report.evaluations[index].verdicts = VerdictRecord(
      examples: examples, clean: verdicts.clean.values(count: seen),
      robust: verdicts.robust.values(count: seen))
  }
  report.labels = LabelRecord(
    examples: examples, labels: examples.map { $0 % report.dataset.classes })
  report.stopping = StoppingRecord(
    policySHA256: "00", baselineSHA256: nil, examplesSeen: seen, examplesAvailable: available,
    examplesPerLook: perLook, orderSeed: seed)
  return report
}

private let lossRule = "check: robust_accuracy, max_drop: 0.02, against: parent"
private let floorRule = "check: robust_accuracy, at_least: 0.5, where: {compressed: true}"

/// Verdicts of which some are broken, evenly spread.
private func spread(_ broken: Int, of total: Int) -> String {
  String((0..<total).map { ($0 + 1) * broken / total > $0 * broken / total ? "b" : "r" })
}

@Suite("A gate on a run that stopped early", .timeLimit(.minutes(15)))
struct StoppedReportTests {

  private func gate(_ report: Report, _ rules: String, baseline: Report? = nil) throws -> Gate {
    try Gate(
      policy: try PolicyFile.policy(in: Array("rules: [\(rules)]".utf8), path: "p"),
      report: try ReportIndex(report, name: "r"),
      baseline: try baseline.map { try ReportIndex($0, name: "b") })
  }

  @Test(
    "A loss against the dense parent: pass, fail or inconclusive",
    arguments: [
      (0, 512, GateVerdict.pass), (90, 512, .fail), (12, 512, .inconclusive),
      (0, 50, .inconclusive),
    ])
  func parent(lost: Int, seen: Int, verdict: GateVerdict) throws {
    let result = try judge(stopped("r" * seen, spread(lost, of: seen)), rule: lossRule)
    #expect(result.verdict == verdict)
    let item = result.rules[0].cases[0]
    #expect(item.evidence.contains("anytime-valid betting test"))
    #expect(item.evidence.contains("decided after") == (verdict != .inconclusive))
    #expect((item.examplesNeeded != nil) == (verdict == .inconclusive))
  }

  @Test(
    "A floor: pass, fail or inconclusive",
    arguments: [
      ("r" * 200 + "b" * 56, GateVerdict.pass), ("b" * 200 + "r" * 56, .fail),
      ("rb" * 128, .inconclusive),
    ])
  func floor(pruned: String, verdict: GateVerdict) throws {
    let result = try judge(stopped("r" * 256, pruned), rule: floorRule)
    #expect(result.verdict == verdict && result.tests == 1)
    #expect(result.rules[0].cases[0].evidence.contains("anytime-valid betting test"))
  }

  @Test("What a test for a fixed number of examples would pass is not passed")
  func stricter() throws {
    let report = stopped("r" * 640, "rrrbrrbb" * 80)
    var fixed = report
    fixed.stopping = nil
    let rule = "check: robust_accuracy, at_least: 0.585, where: {compressed: true}"
    #expect(try judge(fixed, rule: rule).verdict == .pass)
    #expect(try judge(report, rule: rule).verdict == .inconclusive)
  }

  @Test("A rule that was decided at an early look stays so, though later ones say otherwise")
  func earlyLook() throws {
    let letters = "r" * 120 + "b" * 400
    let result = try judge(stopped("r" * 520, letters), rule: floorRule)
    #expect(result.verdict == .pass)
    #expect(result.rules[0].cases[0].evidence.contains("decided after 128"))
    let oneLook = stopped("r" * 520, letters, perLook: 1_000)
    #expect(try judge(oneLook, rule: floorRule).verdict == .fail)
  }

  @Test("Each class has its own course")
  func classes() throws {
    // Class 3 is broken in all of its examples, the others in none.
    let order = ExampleOrder.indices(seed: 3, count: 4_000).prefix(640)
    let letters = order.map { $0 % 10 == 3 ? "b" : "r" }.joined()
    let report = stopped("r" * 640, letters)
    let rule = "check: robust_accuracy, at_least: 0.5, classes: each, where: {compressed: true}"
    let result = try judge(report, rule: rule)
    #expect(result.verdict == .fail && result.tests == 10)
    #expect(result.rules[0].cases[0].evidence.contains("class 'class 3' 0.0000"))
    let loss = try judge(
      report, rule: "check: robust_accuracy, max_drop: 0.3, against: parent, classes: each")
    #expect(loss.verdict == .fail)
    #expect(loss.rules[0].cases[0].evidence.contains("anytime-valid betting test"))
  }

  @Test("A whole baseline is paired on the examples that were seen")
  func wholeBaseline() throws {
    let head = stopped("r" * 512, "r" * 512)
    let base = lettered("r" * 4_000, "r" * 4_000)
    let result = try judge(head, rule: "check: robust_accuracy, max_drop: 0.02", baseline: base)
    #expect(result.verdict == .pass)
    #expect(result.rules[0].cases[1].evidence.contains("n = 512, paired: 0 lost, 0 won; anytime"))
  }

  @Test("A baseline that stopped early makes the tests of a whole report hold at any time too")
  func stoppedBaseline() throws {
    let base = stopped("r" * 512, "r" * 512)
    let head = lettered("r" * 4_000, "r" * 4_000)
    let rules =
      "rules: [{check: robust_accuracy, max_drop: 0.02}, {check: robust_accuracy, at_least: 0.5}]"
    let result = try judge(head, rules, baseline: base)
    #expect(result.verdict == .pass)
    #expect(result.rules[0].cases[0].evidence.contains("anytime-valid betting test"))
    #expect(!result.rules[1].cases[0].evidence.contains("anytime-valid"), "all were judged")
  }

  @Test("Two runs that stopped early are compared in one order only")
  func orders() throws {
    let head = stopped("r" * 512, "r" * 512)
    let rule = "check: robust_accuracy, max_drop: 0.02"
    let same = stopped("r" * 384, "r" * 384)
    #expect(try judge(head, rule: rule, baseline: same).verdict == .pass)
    for other in [stopped("r" * 512, "r" * 512, seed: 4), stopped("r" * 512, "r" * 512, of: 3_999)]
    {
      let error = #expect(throws: GateError.self) {
        try judge(head, rule: rule, baseline: other)
      }
      #expect(error?.code == .otherOrder && error?.subject == "base/report.json")
    }
  }

  @Test("Examples that differ are held apart, with half of the error on each side")
  func unpaired() throws {
    var base = lettered("r" * 900 + "b" * 100, "r" * 900 + "b" * 100)
    for index in 0..<2 { base.evaluations[index].verdicts = nil }
    base.labels = nil
    let rule = "check: robust_accuracy, max_drop: 0.02"
    let result = try judge(stopped("r" * 512, "r" * 512), rule: rule, baseline: base)
    #expect(result.verdict == .pass)
    #expect(result.rules[0].cases[0].evidence.contains("not paired"))
    #expect(result.rules[0].cases[0].evidence.contains("anytime-valid betting test"))
  }

  @Test("Methods over seeds are judged only where no example is left out")
  func methods() throws {
    func seeds(_ report: Report, _ stopping: StoppingRecord?) -> Report {
      var whole = report
      whole.stopping = stopping
      return whole
    }
    var recipe = SyntheticReport()
    recipe.seeds = [1, 2, 3]
    recipe.noise = 0
    let report = recipe.report()
    let rule = "check: robust_accuracy, max_drop: 0.2, seeds: together"
    var stopping = StoppingRecord(
      policySHA256: "00", baselineSHA256: nil, examplesSeen: 200, examplesAvailable: 200,
      examplesPerLook: 128, orderSeed: 1)
    let whole = try judge(seeds(report, stopping), rule: rule, baseline: report)
    #expect(whole.verdict == .pass)
    stopping.examplesAvailable = 400
    let cut = try judge(seeds(report, stopping), rule: rule, baseline: report)
    #expect(cut.verdict == .inconclusive)
    #expect(cut.rules[0].cases[0].evidence.contains("no test of methods over seeds holds"))
  }

  @Test("Flags refuse as ever")
  func flags() throws {
    var report = stopped("r" * 512, "r" * 512)
    report.evaluations[1].flags = [.up(.blocking)]
    #expect(try judge(report, rule: floorRule).verdict == .refused)
  }

  @Test(
    "Decided is what no further example can change",
    arguments: [
      (0, "{\(lossRule)}", true), (90, "{\(lossRule)}", true), (12, "{\(lossRule)}", false),
      (12, "{\(lossRule)}, {\(floorRule)}", false),
      (12, "{\(floorRule)}, {check: macs, at_most: 1}", true),
      (0, "{check: flags, severity: note}, {check: certified_accuracy, at_least: 0.1}", true),
      // One case of the rule fails, the other is open.
      (512, "{check: robust_accuracy, at_least: 0.99}", true),
    ])
  func decided(broken: Int, rules: String, isDecided: Bool) throws {
    #expect(try gate(stopped("r" * 512, spread(broken, of: 512)), rules).isDecided() == isDecided)
  }

  @Test("A class without an example yet is waited for, and counted as a test")
  func awaitedClass() throws {
    let rule = "{check: robust_accuracy, at_least: 0.1, classes: each, where: {compressed: true}}"
    let early = stopped("r" * 5, "r" * 5)
    #expect(try gate(early, rule).isDecided() == false)
    let result = try gate(early, rule).result()
    #expect(result.tests == 10 && result.verdict == .inconclusive)
    var whole = early
    whole.stopping = nil
    #expect(try gate(whole, rule).isDecided(), "no example will come")
  }

  @Test("A model that the baseline has not is not waited for")
  func unmatched() throws {
    var base = lettered("r" * 4_000, "r" * 4_000)
    base.variants[1].seed = 7
    let head = stopped("r" * 512, "r" * 512)
    let rule = "{check: robust_accuracy, max_drop: 0.02}"
    #expect(try gate(head, rule, baseline: base).isDecided())
    #expect(try gate(head, rule, baseline: base).result().verdict == .inconclusive)
  }

  @Test("A gate asked after every look passes what is at the margin in one of twenty runs at most")
  func simulated() throws {
    let runs = 150
    let stream = RandomKey(seed: 77).stream()
    var (passed, failed) = (0, 0)
    for _ in 0..<runs {
      // 5 points are lost, 1 is won; 4 are allowed.
      let pairs = (0..<512).map { _ -> (Character, Character) in
        let draw = stream.uniform()
        return draw < 0.05 ? ("r", "b") : draw < 0.06 ? ("b", "r") : ("r", "r")
      }
      let report = stopped(
        String(pairs.map(\.0)), String(pairs.map(\.1)), of: 512, perLook: 32)
      let rule = "check: robust_accuracy, max_drop: 0.04, against: parent"
      switch try judge(report, rule: rule).verdict {
      case .pass: passed += 1
      case .fail: failed += 1
      case .inconclusive, .refused: break
      }
    }
    // 7.5 are expected of a test that is exact; 17 are more than three standard deviations above.
    #expect(passed <= 17 && failed <= 17, "\(passed) and \(failed) of \(runs)")
  }
}
