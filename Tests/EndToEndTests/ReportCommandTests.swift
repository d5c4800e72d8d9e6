// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import Records
import Statistics
import TestSupport
import Testing

@Suite("Compare, gate and report", .timeLimit(.minutes(15)))
struct ReportCommandTests {
  private let tiny: TinyRun

  init() throws {
    tiny = try TinyRun()
    let ended = try tiny.run(into: "base", [])
    try #require(ended.status == 0, "\(ended.errors)")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: tiny.tool.folder(name)))
  }

  private func expectLine(_ arguments: [String], _ words: [String]) throws {
    let ended = try tiny.tool.run(arguments)
    #expect(ended.status == 2 && ended.output == "", "\(arguments): \(ended.errors)")
    #expect(ended.errorLines.count == 1, "\(ended.errors)")
    for word in words { #expect(ended.errors.contains(word), "\(ended.errors)") }
  }

  @Test("A run compared with another seed, and with itself")
  func compare() throws {
    #expect(try tiny.run(into: "head", ["--seed=2"]).status == 0)
    let seeds = try tiny.tool.run(["compare", "base", "head/report.json", "--json"])
    #expect(seeds.status == 0 && seeds.errors == "", "\(seeds.errors)")
    let json = try CanonicalJSON.value(JSONValue.self, from: seeds.output)
    guard case .object(let members) = json, case .array(let methods)? = members["methods"] else {
      Issue.record("no methods")
      return
    }
    #expect(methods.count == 4, "two methods, two accuracies")
    let same = try tiny.tool.run(["compare", "base", "base"])
    #expect(same.status == 0)
    #expect(same.output.hasPrefix("# Comparison on"))
    let page = try tiny.tool.run(["compare", "base", "base", "-f", "html", "-o", "c.html"])
    #expect(page.status == 0 && page.output == "")
    #expect(try tiny.text("c.html").hasPrefix("<!DOCTYPE html>"))
  }

  @Test("Reports that cannot be compared or read end with one line")
  func refused() throws {
    #expect(try tiny.run(into: "other", ["--epsilon=0.05"]).status == 0)
    try expectLine(
      ["compare", "base", "other"], ["base/report.json", "no threat model in common", "linf 0.05"])
    try expectLine(
      ["gate", "base", "--baseline=other", "--max-drop=0.1"], ["no threat model in common"])
    try expectLine(["compare", "base", "nowhere"], ["nowhere: cannot be read"])
    try write("{\"schema\": 1", to: "half.json")
    try expectLine(["compare", "base", "half.json"], ["half.json: is no report"])
    try write(
      try tiny.text("base/report.json").replacing("\"schema\" : 1", with: "\"schema\" : 9"),
      to: "later.json")
    try expectLine(["gate", "later.json", "--policy=p"], ["p: cannot be read"])
    try expectLine(["report", "base", "--policy=nowhere"], ["nowhere: cannot be read"])
    try expectLine(["report", "later.json"], ["later.json: has schema 9, this program reads 1"])
    try expectLine(
      ["compare", "base", "base", "-o", "none/c.md"], ["none/c.md", "No such file or directory"])
  }

  @Test("The gate answers by its status: passed, failed, inconclusive")
  func gate() throws {
    try write("rules: [{check: clean_accuracy, at_least: 0.5}]\n", to: "policy.yaml")
    let passed = try tiny.tool.run([
      "gate", "base", "--policy=policy.yaml", "--junit=j.xml", "--sarif=s.sarif", "--markdown=m.md",
    ])
    #expect(passed.status == 0 && passed.errors == "", "\(passed.errors)")
    #expect(passed.output.contains("clean-accuracy: clean accuracy is at least 0.5"))
    #expect(try tiny.text("j.xml").contains("<testcase classname=\"robust-eval.gate\""))
    #expect(try tiny.text("s.sarif").contains("\"version\" : \"2.1.0\""))
    #expect(try tiny.text("m.md").hasPrefix("# Robustness gate: pass"))
    try write("rules: [{check: robust_accuracy, at_least: 0.99}]\n", to: "policy.yaml")
    #expect(try tiny.tool.run(["gate", "base", "-p", "policy.yaml"]).status == 1)
    let itself = try tiny.tool.run(["gate", "base", "-b", "base", "--max-drop=0.05", "--json"])
    #expect(itself.status == 0, "\(itself.output)")
    #expect(itself.output.contains("\"verdict\" : \"pass\""))
    let strict = try tiny.tool.run(["gate", "base", "-b", "base", "--max-drop=0.001"])
    #expect(strict.status == 3 && strict.output.contains("examples would tell"))
  }

  /// What a run's report says of a policy.
  private func answer(_ run: String) throws -> GateResult? {
    try CanonicalJSON.value(Report.self, from: try tiny.text("\(run)/report.json")).gate
  }

  @Test("What a policy says of a run stands in its report, and ends the run with its status")
  func shipping() throws {
    let rules = ["clean_accuracy, at_least: 0.5", "robust_accuracy, at_least: 0.99"]
    for (rule, verdict) in zip(rules, [GateVerdict.pass, .fail]) {
      try write("rules: [{check: \(rule)}]\n", to: "policy.yaml")
      let ended = try tiny.run(into: "judged", ["--policy=policy.yaml"])
      #expect(ended.status == (verdict == .pass ? 0 : 1), "\(ended.errors)\(ended.output)")
      #expect(ended.output.contains("gate: \(verdict.rawValue) (1 \(verdict.rawValue))"))
      #expect(try answer("judged")?.verdict == verdict)
      #expect(try tiny.text("judged/report.md").contains("## May it ship?"))
      #expect(try tiny.text("judged/report.html").contains("href=\"#gate\""))
    }
    #expect(
      try tiny.text("judged/outcomes.csv") == tiny.text("base/outcomes.csv"),
      "no number hangs on the policy")
    // A finished report is judged without being made again; the gate's own answer is the same.
    #expect(try answer("base") == nil)
    let rendered = try tiny.tool.run(["report", "base", "-p", "policy.yaml", "-f", "json,html"])
    #expect(rendered.status == 0 && rendered.errors == "", "\(rendered.errors)")
    let alone = try tiny.tool.run(["gate", "base", "-p", "policy.yaml", "--json"])
    #expect(
      try CanonicalJSON.value(GateResult.self, from: alone.output) == answer("base"))
    let dropped = try tiny.run(into: "dropped", ["--baseline=base", "--max-drop=0.05"])
    #expect(dropped.status == 0, "\(dropped.errors)\(dropped.output)")
    #expect(try answer("dropped")?.baseline == "base/report.json")
    #expect(try answer("dropped")?.policy == nil)
  }

  @Test("Rules that need a baseline wait for it, where that is asked for")
  func firstRun() throws {
    try write(
      "rules: [{id: new, check: clean_accuracy, max_drop: 0.1}, {check: clean_accuracy, at_least: 0.5}]\n",
      to: "policy.yaml")
    let flags = ["gate", "base", "--policy=policy.yaml", "--baseline=nowhere"]
    try expectLine(flags, ["nowhere: cannot be read"])
    let first = try tiny.tool.run(flags + ["--baseline-optional"])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("Left out, as there is no baseline yet: new."))
    // A folder that a run has not finished, or not begun, is no report either.
    try FileManager.default.createDirectory(
      atPath: tiny.tool.folder("begun"), withIntermediateDirectories: true)
    let begun = try tiny.tool.run([
      "gate", "base", "--policy=policy.yaml", "--baseline=begun", "--baseline-optional",
    ])
    #expect(begun.status == 0 && begun.output == first.output, "\(begun.errors)")
    let alone = try tiny.tool.run([
      "gate", "base", "--max-drop=0.1", "--baseline=nowhere", "--baseline-optional",
    ])
    #expect(alone.status == 0 && alone.output.contains("no rule was left"), "\(alone.output)")
    let later = try tiny.tool.run([
      "gate", "base", "--policy=policy.yaml", "--baseline=base", "--baseline-optional",
    ])
    #expect(later.status == 0 && later.output.contains("(2 pass)"), "\(later.output)")
    try expectLine(
      ["gate", "base", "--policy=policy.yaml", "--baseline-optional"], ["name the report compared"])
  }

  @Test(
    "A policy that can fit nothing of a run is refused before anything is made",
    arguments: [
      ("clean_accuracy, at_least: 0.5, where: {training: pgd}", "rule 'clean-accuracy'"),
      (
        "robust_accuracy, max_drop: 0.1, against: parent, where: {compressed: false}",
        "fits nothing"
      ),
      ("sparsity, at_least: 0.5, where: {sparsity: 0.9}", "fits nothing in far/report.json"),
      ("isolation, isolation: scores, max_drop: 0.1", "fits nothing"),
      ("clean_accuracy, at_least: 0.5, classes: [zebra]", "no class is called 'zebra'"),
    ])
  func unfittingPolicy(rule: String, part: String) throws {
    try write("rules: [{check: \(rule)}]\n", to: "policy.yaml")
    for flags in [[], ["--plan"]] {
      let ended = try tiny.run(into: "far", ["--policy=policy.yaml"] + flags)
      #expect(ended.status == 2 && ended.errorLines.count == 1, "\(ended.errors)")
      #expect(ended.errors.contains(part), "\(ended.errors)")
      #expect(!tiny.exists("far"))
    }
  }

  @Test("A baseline under another threat model is refused before anything is made")
  func otherThreat() throws {
    let ended = try tiny.run(into: "far", ["--epsilon=0.05", "--baseline=base", "--max-drop=0.1"])
    #expect(ended.status == 2 && ended.errorLines.count == 1, "\(ended.errors)")
    #expect(
      ended.errors.contains("base/report.json and far/report.json: have no threat model in common"))
    #expect(!tiny.exists("far"))
  }

  @Test("Nobody is refused for a number of examples that nobody asked for")
  func fewExamples() throws {
    let flags = TinyRun.flags().filter { !$0.hasPrefix("--examples") }
    let ended = try tiny.tool.run(flags + ["--output=all"])
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.errors.contains("test examples: all of them are attacked"))
    let asked = try tiny.tool.run(flags + ["--output=asked", "--examples=1000"])
    #expect(asked.status == 2 && asked.errors.contains("--examples 1000"))
  }

  @Test("The printed policy can be used as it stands")
  func template() throws {
    let printed = try tiny.tool.run(["gate", "--init"])
    #expect(printed.status == 0)
    try write(printed.output.replacing("fgsm*]", with: "standard*]"), to: "policy.yaml")
    let ended = try tiny.tool.run(["gate", "base", "--policy=policy.yaml"])
    #expect([0, 1, 3].contains(ended.status), "\(ended.errors)")
    #expect(ended.errors == "")
  }

  @Test("An old report is made again, and compared")
  func again() throws {
    let ended = try tiny.tool.run(["run", "--from", "base", "--output=new", "--quiet"])
    #expect(ended.status == 0 && ended.errors == "", "\(ended.errors)")
    #expect(ended.output.hasPrefix("# Comparison on"))
    #expect(ended.output.contains("0 better, 0 worse"))
    #expect(ended.output.hasSuffix("\nwritten to new\n"))
    #expect(try tiny.findings("new") == tiny.findings("base"))
    let json = try tiny.tool.run(["--from=base/report.json", "--output=new", "--json", "-q"])
    #expect(json.status == 0 && json.output.hasPrefix("{"))
    let judged = try tiny.tool.run(["--from=base", "--output=judged", "--max-drop=0.05", "-q"])
    #expect(judged.status == 0 && judged.output.contains("gate: pass"), "\(judged.errors)")
    #expect(
      try answer("judged")?.baseline == "base/report.json")
    try expectLine(["--from=base", "--output=base"], ["--output base", "name another folder"])
    try expectLine(["--from=data"], ["data/report.json", "cannot be read"])
    let plan = try tiny.tool.run(["--from=base", "--plan"])
    #expect(plan.status == 0 && plan.output.contains("2 variants"), "\(plan.output)")
    struct Summary: Decodable { let variants, evaluations, attacks: [String] }
    let planned = try tiny.tool.run(["--from=base", "--plan", "--json"])
    let summary = try CanonicalJSON.value(Summary.self, from: planned.output)
    #expect(summary.variants.count == 2 && summary.evaluations.count == 2)
    #expect(summary.attacks == ["uniform:attempts=2", "pgd:steps=5"])
    #expect(!tiny.exists("reports"))
  }

  @Test("What report, compare and gate write is what their schemas say")
  func schemas() throws {
    let written = try tiny.tool.run(["report", "base", "--format=schema", "--output=."])
    let names = ["report", "comparison", "gate"].map { "\($0).schema.json" }
    #expect(written.output == names.map { "./\($0)\n" }.joined())
    let texts = [
      try tiny.text("base/report.json"),
      try tiny.tool.run(["compare", "base", "base", "--json"]).output,
      try tiny.tool.run(["gate", "base", "-b", "base", "--max-drop=0.05", "--json"]).output,
    ]
    for (name, text) in zip(names, texts) {
      let json = try CanonicalJSON.value(JSONValue.self, from: text)
      #expect(try SchemaValidator(try tiny.text(name)).problems(in: json) == [], "\(name)")
    }
  }

  @Test("Killed while it renders, a page is the old one or the new one, whole", arguments: [1, 2])
  func killed(seed: UInt64) throws {
    let page = try tiny.text("base/report.html")
    let random = RandomKey(seed: seed).split("kill").stream()
    var kills = 0
    for _ in 0..<12 {
      let running = try tiny.tool.start(["report", "base", "--format=html"])
      usleep(UInt32(random.uniform(in: 0..<60) * 1000))
      running.send(SIGKILL)
      if try running.end().status == nil { kills += 1 }
      #expect(try tiny.text("base/report.html") == page)
    }
    #expect(kills > 0, "every kill came too late")
  }

  @Test("A run is rendered again without attacking, and the report stays as it is")
  func report() throws {
    let before = try tiny.text("base/report.json")
    let written = try tiny.text("base/report.md")
    let page = try tiny.text("base/report.html")
    for name in ["report.md", "report.html", "results.csv", "plots/accuracy.svg"] {
      try FileManager.default.removeItem(atPath: tiny.tool.folder("base/\(name)"))
    }
    let ended = try tiny.tool.run(["report", "base", "--format=markdown,csv,json,plots,html"])
    #expect(ended.status == 0, "\(ended.errors)")
    #expect(ended.output.split(separator: "\n").count == 8)
    #expect(tiny.files("base") == TinyRun.files)
    #expect(try tiny.text("base/report.json") == before)
    #expect(try tiny.text("base/report.md") == written)
    #expect(try tiny.text("base/report.html") == page)
    #expect(HTMLChecker.problems(in: try HTMLParser.parse(page)) == [])
    #expect(page.contains("Adversarial images") && !page.contains("is missing)"))
    try expectLine(["report", "base", "--format=pdf"], ["'pdf' is not a format"])
  }
}
