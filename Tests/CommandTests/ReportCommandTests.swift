// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@testable import Command

@Suite("Commands on finished reports", .timeLimit(.minutes(15)))
struct ReportCommandTests {
  @Test("Options of compare")
  func compare() throws {
    #expect(try invoke(["compare", "a", "b"]) == .compare(CompareRequest(base: "a", head: "b")))
    #expect(
      try invoke(["compare", "a", "--format=html", "-o", "c.html", "b", "--margin", "0.01"])
        == .compare(
          CompareRequest(base: "a", head: "b", format: .html, output: "c.html", margin: 0.01)))
    #expect(
      try invoke(["compare", "--json", "a", "b"])
        == .compare(CompareRequest(base: "a", head: "b", format: .json)))
    #expect(
      try invoke(["compare", "--", "-a", "-b"]) == .compare(CompareRequest(base: "-a", head: "-b")))
  }

  @Test("Options of gate")
  func gate() throws {
    #expect(
      try invoke(["gate", "r", "--baseline", "b", "--max-drop", "0.02"])
        == .gate(GateRequest(report: "r", judging: Judging(baseline: "b", maxDrop: 0.02))))
    #expect(
      try invoke([
        "gate", "r", "-p", "p.yaml", "--json", "--junit=j", "--sarif=s", "--markdown=m",
      ])
        == .gate(
          GateRequest(
            report: "r", judging: Judging(policy: "p.yaml"), printsJSON: true, junit: "j",
            sarif: "s", markdown: "m")))
    #expect(try invoke(["gate", "--init"]) == .gateTemplate)
  }

  @Test("Options of report")
  func report() throws {
    #expect(
      try invoke(["report", "r"]) == .report(RenderRequest(run: "r", formats: ["markdown"])))
    #expect(
      try invoke(["report", "r", "--format", "csv,json", "-o", "d"])
        == .report(RenderRequest(run: "r", formats: ["csv", "json"], output: "d")))
    #expect(
      try invoke(["report", "r", "-p", "p", "-b", "b", "--max-drop=0.1"])
        == .report(
          RenderRequest(
            run: "r", formats: ["markdown"],
            judging: Judging(policy: "p", baseline: "b", maxDrop: 0.1))))
  }

  @Test(
    "A command line that cannot be followed",
    arguments: [
      (["compare"], "compare: BASE is missing; write robust-eval compare BASE HEAD"),
      (["compare", "a"], "compare: HEAD is missing; write robust-eval compare BASE HEAD"),
      (["compare", "a", "b", "c"], "c: unexpected argument; write robust-eval compare BASE HEAD"),
      (["compare", "a", ""], "compare: '' is not a report; write robust-eval compare BASE HEAD"),
      (
        ["compare", "a", "b", "--format", "htm"],
        "--format: 'htm' is not a format; did you mean 'html'?"
      ),
      (
        ["compare", "a", "b", "--format", "zzz"],
        "--format: 'zzz' is not a format; give markdown, html, json"
      ),
      (
        ["compare", "a", "b", "--margin", "2"],
        "--margin: '2' is not a share; give 0 <= x < 1, as in 0.02 for two points"
      ),
      (
        ["compare", "a", "b", "--margin", "0"],
        "--margin: no difference is smaller than none; give a share above 0, as in 0.02 for two points"
      ),
      (["compare", "a", "b", "--output="], "--output: '' is not a path; name a file"),
      (
        ["compare", "a", "b", "--json=1"],
        "--json: takes no value; leave out what follows the equal sign"
      ),
      (
        ["gate", "r"],
        "gate: there are no rules; give --policy FILE, or --max-drop X --baseline REPORT"
      ),
      (
        ["gate", "r", "--max-drop", "0.1"],
        "--max-drop: there is nothing to have dropped from; name the report compared with by --baseline"
      ),
      (
        ["gate", "r", "--max-drop", "nan", "--baseline", "b"],
        "--max-drop: 'nan' is not a share; give 0 <= x < 1, as in 0.02 for two points"
      ),
      (["gate"], "gate: REPORT is missing; write robust-eval gate REPORT"),
      (
        ["gate", "--init", "r"],
        "--init: prints a policy and judges nothing; write robust-eval gate --init > policy.yaml"
      ),
      (["gate", "r", "--polcy", "p"], "--polcy: unknown option; did you mean --policy?"),
      (["report"], "report: RUN is missing; write robust-eval report RUN"),
      (["compar", "a", "b"], "compar: unknown command; did you mean 'compare'?"),
      (["gaet"], "gaet: unknown command; did you mean 'gate'?"),
    ] as [([String], String)])
  func badCommandLine(arguments: [String], line: String) {
    #expect(errorLine(arguments) == "robust-eval: \(line)\n")
  }

  @Test("The gate's answer is the status; GitHub's runner alone hears annotations")
  func statuses() async {
    for isGitHub in [true, false] {
      let recorder = Recorder()
      let program = Program(
        version: "1", surroundings: Surroundings(cores: 1, isGitHubAction: isGitHub),
        console: recorder.console(), now: { 0 }, isInterrupted: { false },
        makeEngine: { FixedEngine() })
      #expect(await program.run(["gate", "r", "--policy", "p"]) == .gateRefused)
      #expect(recorder.standardOutput == "r\n")
      #expect(recorder.standardError == (isGitHub ? "::error::no\n" : ""))
      #expect(await program.run(["gate", "r", "-b", "b", "--max-drop=0"]) == .gateFailed)
      #expect(await program.run(["gate", "--init"]) == .done)
      #expect(recorder.standardOutput.hasSuffix("rules:\n"))
      #expect(await program.run(["compare", "a", "b"]) == .done)
      #expect(await program.run(["report", "a", "-f", "csv,json"]) == .done)
      #expect(recorder.standardOutput.hasSuffix(#"["csv", "json"]"#))
    }
  }

  @Test(
    "Annotations are for GitHub's runner", arguments: [("true", true), ("", false), ("1", false)])
  func github(value: String, isOne: Bool) {
    let surroundings = Surroundings(cores: 1, columns: nil) { ["GITHUB_ACTIONS": value][$0] }
    #expect(surroundings.isGitHubAction == isOne)
  }
}
