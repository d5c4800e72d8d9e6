// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import Records
import TestSupport
import Testing

@Suite("Until a policy is decided", .timeLimit(.minutes(15)))
struct UntilDecidedTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  private func write(_ rules: String, to name: String = "policy.yaml") throws {
    try Data("rules: [\(rules)]\n".utf8).write(to: URL(fileURLWithPath: tiny.tool.folder(name)))
  }

  private func run(into output: String, _ changes: [String] = []) throws -> Ended {
    try tiny.run(into: output, ["--until-decided", "--policy=policy.yaml"] + changes)
  }

  private func seen(_ output: String) throws -> JSONValue? {
    let report = try CanonicalJSON.value(
      JSONValue.self, from: try tiny.text("\(output)/report.json"))
    guard case .object(let members) = report, case .object(let stopping)? = members["stopping"]
    else { return nil }
    return stopping["examples_seen"]
  }

  @Test("Passed or failed after the first block, it stops there and says so by its status")
  func early() throws {
    try write("{check: clean_accuracy, at_least: 0.5}, {check: macs, at_most: 1000000000}")
    let passed = try run(into: "passed")
    #expect(passed.status == 0, "\(passed.errors)\(passed.output)")
    #expect(passed.output.contains("anytime-valid betting test, decided after 128"))
    #expect(try seen("passed") == 128)
    // The gate alone says the same, of the same report.
    let gate = try tiny.tool.run(["gate", "passed", "-p", "policy.yaml"])
    #expect(gate.status == 0 && passed.output.hasSuffix(gate.output), "\(gate.output)")

    try write("{check: robust_accuracy, at_least: 0.99}")
    let failed = try run(into: "failed")
    #expect(failed.status == 1, "\(failed.errors)\(failed.output)")
    #expect(try seen("failed") == 128)
    let json = try run(into: "failed", ["--json"])
    #expect(json.status == 1)
    #expect(try CanonicalJSON.value(Report.self, from: json.output).stopping?.examplesSeen == 128)
  }

  @Test("Undecided, it attacks all examples and cannot tell")
  func toTheEnd() throws {
    try write("{check: clean_accuracy, max_drop: 0.001, against: parent}")
    let ended = try run(into: "run")
    #expect(ended.status == 3, "\(ended.errors)\(ended.output)")
    #expect(try seen("run") == 300)
  }

  @Test("A baseline is paired on the examples that were seen")
  func baseline() throws {
    #expect(try tiny.run(into: "base", []).status == 0)
    try write("{check: clean_accuracy, max_drop: 0.1}")
    let ended = try run(into: "head", ["--baseline=base"])
    #expect(ended.status == 0, "\(ended.errors)\(ended.output)")
    #expect(ended.output.contains("n = 128, paired: 0 lost, 0 won"))
  }

  @Test("Killed at seeded moments, it goes on and ends with the same bytes")
  func killed() throws {
    try write("{check: clean_accuracy, max_drop: 0.001, against: parent}")
    #expect(try run(into: "whole").status == 3)
    let flags = ["--until-decided", "--policy=policy.yaml"]
    for moment in ["measure:", "attack: 1/", "attack: 3/"] {
      let running = try tiny.start(into: "killed", flags)
      // A line of progress may be left out; the journal's growth is enough then.
      try? running.waitForError(moment)
      running.send(SIGKILL)
      _ = try running.end()
      if tiny.exists("killed/report.json") { break }
    }
    #expect(try run(into: "killed").status == 3)
    #expect(try tiny.text("killed/outcomes.csv") == tiny.text("whole/outcomes.csv"))
    #expect(try tiny.findings("killed") == tiny.findings("whole"))
  }

  @Test("What cannot be followed is refused with one line, before anything is trained")
  func refused() throws {
    try write("{check: robust_accuracy, max_drop: 0.02}")
    let lines = [
      (["--until-decided"], "--until-decided: there are no rules to decide"),
      (["--baseline=base"], "--baseline: there are no rules that compare with it"),
      (
        ["--until-decided", "--policy=policy.yaml", "--shard=1/2"], "--shard: a shard does not see"
      ),
      (["--until-decided", "--policy=nowhere.yaml"], "nowhere.yaml: cannot be read"),
      (["--until-decided", "--policy=policy.yaml"], "compares with a baseline; name one by"),
      (
        ["--until-decided", "--policy=policy.yaml", "--baseline=nowhere"],
        "nowhere: cannot be read"
      ),
    ]
    for (flags, words) in lines {
      let ended = try tiny.run(into: "refused", flags)
      #expect(ended.status == 2 && ended.output == "", "\(flags): \(ended.output)")
      #expect(ended.errorLines.count == 1 && ended.errors.contains(words), "\(ended.errors)")
      #expect(!tiny.exists("refused"))
    }
  }
}
