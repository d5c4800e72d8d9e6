// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing
import YAML

/// The files that other people's CI runs: nothing else would notice a mistake in them.
@Suite("The action and the templates for CI", .timeLimit(.minutes(15)))
struct ContinuousIntegrationTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".github")
  private static let action = folder.appendingPathComponent("actions/robust-eval")

  private func yaml(_ path: String) throws -> YAMLNode {
    let file = Self.folder.appendingPathComponent(path)
    return try YAMLNode.parse(Array(try Data(contentsOf: file)), file: path)
  }

  /// What a shell says to a script, started with nothing but these variables.
  private func bash(
    _ arguments: [String], _ variables: [String: String] = [:], input: String = ""
  ) throws -> (status: Int32, text: String) {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin"].merging(variables) { _, given in given }
    try Data(input.utf8).write(to: URL(fileURLWithPath: folder("input")))
    try Data().write(to: URL(fileURLWithPath: folder("output")))
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: folder("output")))
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder("input")))
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, try String(contentsOfFile: folder("output"), encoding: .utf8)
    )
  }

  private func expectShell(_ script: String, _ place: String) throws {
    // Expressions are replaced before a shell sees the line.
    let replaced = script.replacing(/\$\{\{[^}]*\}\}/, with: "x")
    let answer = try bash(["-n"], input: replaced)
    #expect(answer.status == 0, "\(place): \(answer.text)")
  }

  @Test("Every step of the action is sound: its shell, its inputs, its outputs, its scripts")
  func composite() throws {
    let root = try yaml("actions/robust-eval/action.yml")
    #expect(root["runs"]?["using"]?.text == "composite")
    let steps = try #require(root["runs"]?["steps"]?.items)
    #expect(steps.count == 7)
    let text = try String(
      contentsOf: Self.action.appendingPathComponent("action.yml"), encoding: .utf8)
    let inputs = root["inputs"]?.keys ?? []
    let used = Set(text.matches(of: /inputs\.([a-z-]+)/).map { String($0.1) })
    #expect(Set(inputs) == used, "every input is used, and none is unknown")
    let ids = steps.compactMap { $0["id"]?.text }
    for match in text.matches(of: /steps\.([a-z]+)\.outputs\.([a-z]+)/) {
      #expect(ids.contains(String(match.1)))
      let script = Self.action.appendingPathComponent("\(match.1).sh")
      #expect(try String(contentsOf: script, encoding: .utf8).contains("\(match.2)="))
    }
    for step in steps {
      guard let run = step["run"]?.text else {
        #expect(step["uses"] != nil)
        continue
      }
      #expect(step["shell"]?.text == "bash")
      #expect(!run.contains("${{"), "an input in a script could run as one: \(run)")
      try expectShell(run, run)
      let name = try #require(run.firstMatch(of: /GITHUB_ACTION_PATH\/([a-z]+\.sh)/)).1
      let script = Self.action.appendingPathComponent(String(name)).path
      #expect(FileManager.default.isExecutableFile(atPath: script))
    }
  }

  @Test("Every script is one to bash", arguments: ["answer", "build", "comment", "run", "source"])
  func scripts(name: String) throws {
    let answer = try bash(["-n", Self.action.appendingPathComponent("\(name).sh").path])
    #expect(answer.status == 0, "\(answer.text)")
  }

  @Test("The example gives the action inputs that it has, and caches the baseline under one key")
  func example() throws {
    let root = try yaml("actions/robust-eval/example.yml")
    let steps = try #require(root["jobs"]?["robustness"]?["steps"]?.items)
    let known = try yaml("actions/robust-eval/action.yml")["inputs"]?.keys ?? []
    let own = try #require(steps.first { $0["uses"]?.text?.hasPrefix("./") == true })
    #expect(own["uses"]?.text == "./.github/actions/robust-eval")
    let given = own["with"]?.keys ?? []
    #expect(!given.isEmpty && given.allSatisfy(known.contains))
    let caches = steps.filter { $0["uses"]?.text?.contains("cache/") == true }
    #expect(caches.count == 2)
    for cache in caches {
      #expect(cache["with"]?["key"]?.text?.hasPrefix("robust-eval-baseline-") == true)
      #expect(cache["with"]?["path"]?.text == "reports/ci", "a cache comes back to its own path")
    }
    for run in steps.compactMap({ $0["run"]?.text }) { try expectShell(run, run) }
  }

  @Test("GitLab's template is sound, and its shell comes to every branch")
  func gitLab() throws {
    let job = try #require(try yaml("gitlab/robust-eval.yml")[".robust-eval"])
    #expect(job["artifacts"]?["reports"]?["junit"]?.text == "reports/ci/gate.xml")
    #expect(job["artifacts"]?["reports"]?["metrics"]?.text == "reports/ci/metrics.txt")
    let lines = try #require(job["script"]?.items).compactMap(\.text)
    for line in lines { try expectShell(line, line) }
    let gate = try #require(lines.first { $0.contains("--junit") })
    let rule = "--baseline reports/baseline/report.json --baseline-optional --junit"
    let cases: [(baseline: Bool, policy: String, drop: String, words: String)] = [
      (true, "", "0.02", "gate reports/ci --max-drop 0.02 \(rule)"),
      (true, "p.yaml", "", "gate reports/ci --policy p.yaml \(rule)"),
      (true, "p.yaml", "0.02", "gate reports/ci --policy p.yaml --max-drop 0.02 \(rule)"),
      (false, "p.yaml", "0.02", "gate reports/ci --policy p.yaml \(rule)"),
      (false, "", "0.02", "there is no baseline yet"), (true, "", "", ""),
    ]
    for one in cases {
      let folder = try TemporaryFolder()
      if one.baseline {
        try FileManager.default.createDirectory(
          atPath: folder("reports/baseline"), withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: folder("reports/baseline/report.json")))
      }
      let script = "set -eu; cd \(folder.path); program=echo\n\(gate)"
      let answer = try bash(
        ["-c", script], ["ROBUST_EVAL_POLICY": one.policy, "ROBUST_EVAL_MAX_DROP": one.drop])
      #expect(answer.status == 0, "\(answer.text)")
      #expect(
        (one.words.isEmpty || answer.text.contains(one.words))
          && answer.text.isEmpty == one.words.isEmpty, "\(answer.text)")
    }
  }

  /// A stand-in for the program that writes down how it was called, and answers the gate's status.
  private func stub(
    _ folder: TemporaryFolder, gate status: Int, run: Int = 0, compare: Int = 0
  ) throws -> [String: String] {
    let script = """
      #!/bin/bash
      printf '[%s]' "$@" >>\(folder("calls")); echo >>\(folder("calls"))
      while [ $# -gt 0 ]; do
        case $1 in
          gate) code=\(status) ;;
          run) code=\(run) ;;
          compare) code=\(compare); [ $code = 0 ] || { echo "not alike" >&2; exit $code; } ;;
          --output | --markdown) last=$2 ;;
        esac
        case $1 in
          --markdown) echo "# gate" >"$2" ;;
          --output) [ "${2##*.}" = md ] && echo "# comparison" >"$2" || mkdir -p "$2" ;;
        esac
        shift
      done
      exit ${code:-0}
      """
    try folder.writeProgram("program", script)
    for name in ["calls", "outputs", "summary"] {
      try Data().write(to: URL(fileURLWithPath: folder(name)))
    }
    return [
      "BINARY": folder("program"), "OUTPUT": folder("run"), "GITHUB_OUTPUT": folder("outputs"),
      "GITHUB_STEP_SUMMARY": folder("summary"),
      "ARGUMENTS": "--sparsity 0.5\n  --model $(touch x) *",
    ]
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test(
    "The gate's status is the verdict, and what was said goes into the summary",
    arguments: [
      (0, "pass"), (1, "fail"), (3, "inconclusive"), (4, "refused"),
    ])
  func runs(status: Int, verdict: String) throws {
    let folder = try TemporaryFolder()
    var variables = try stub(folder, gate: status)
    variables["BASELINE"] = folder("calls")
    variables["MAX_DROP"] = "0.02"
    let answer = try bash([Self.action.appendingPathComponent("run.sh").path], variables)
    #expect(answer.status == 0, "\(answer.text)")
    let calls = try text(folder("calls")).split(separator: "\n")
    #expect(calls.count == 4)
    #expect(
      calls[0] == "[run][--sparsity][0.5][--model][$(touch][x)][*][--output][\(folder("run"))]")
    #expect(calls[1].hasPrefix("[compare]"))
    let rules = "[--max-drop][0.02][--baseline][\(folder("calls"))][--baseline-optional]"
    #expect(calls[2].hasPrefix("[report]") && calls[2].contains(rules), "the page says so too")
    #expect(calls[3].hasPrefix("[gate]") && calls[3].contains(rules))
    let outputs = try text(folder("outputs"))
    #expect(outputs.contains("verdict=\(verdict)\nstatus=\(status)\n"))
    #expect(outputs.contains("report=\(folder("run"))/report.json\n"))
    #expect(try text(folder("summary")) == "# gate\n\n# comparison\n\n")
  }

  @Test("A baseline of another experiment fails the job, unless it is left out on purpose")
  func incomparable() throws {
    let folder = try TemporaryFolder()
    var variables = try stub(folder, gate: 0, compare: 2)
    variables["BASELINE"] = folder("calls")
    variables["POLICY"] = "p.yaml"
    let script = Self.action.appendingPathComponent("run.sh").path
    let refused = try bash([script], variables)
    #expect(refused.status == 0 && refused.text.contains("::error::not alike"), "\(refused.text)")
    #expect(try text(folder("outputs")).contains("verdict=incomparable\nstatus=2\n"))
    #expect(try text(folder("summary")).contains("    not alike"))
    #expect(try !text(folder("calls")).contains("[gate]"))
    variables["ACCEPT"] = "true"
    let accepted = try bash([script], variables)
    #expect(accepted.status == 0 && accepted.text.contains("is left out: not alike"))
    #expect(try text(folder("outputs")).hasSuffix("verdict=pass\nstatus=0\n"))
    #expect(!FileManager.default.fileExists(atPath: folder("run/problem.md")), "said no more")
  }

  @Test("Rules in the arguments are answered by the run itself", arguments: [1, 3, 4])
  func judgedByRun(status: Int) throws {
    let folder = try TemporaryFolder()
    let variables = try stub(folder, gate: 0, run: status)
    let answer = try bash([Self.action.appendingPathComponent("run.sh").path], variables)
    #expect(answer.status == 0, "\(answer.text)")
    let outputs = try text(folder("outputs"))
    #expect(outputs.contains("status=\(status)\n") && !outputs.contains("verdict=none"))
    let failed = try bash(
      [Self.action.appendingPathComponent("run.sh").path], try stub(folder, gate: 0, run: 70))
    #expect(failed.status == 70)
  }

  @Test("Bad input ends the step; without rules or baseline nothing is gated")
  func edges() throws {
    let folder = try TemporaryFolder()
    var variables = try stub(folder, gate: 2)
    let script = Self.action.appendingPathComponent("run.sh").path
    variables["BASELINE"] = folder("nowhere")
    variables["MAX_DROP"] = "0.02"
    let none = try bash([script], variables)
    #expect(none.status == 0 && none.text.contains("there is no baseline"), "\(none.text)")
    #expect(try text(folder("outputs")).contains("verdict=none\nstatus=0"))
    variables["POLICY"] = "policy.yaml"
    #expect(try bash([script], variables).status == 2)
  }

  @Test(
    "The last step ends with the gate's status",
    arguments: [
      ("0", "false", 0), ("1", "false", 1), ("3", "false", 3), ("3", "true", 0), ("4", "true", 4),
      ("1", "true", 1), ("", "false", 0),
    ] as [(String, String, Int32)])
  func answers(status: String, lenient: String, code: Int32) throws {
    let script = Self.action.appendingPathComponent("answer.sh").path
    #expect(try bash([script], ["STATUS": status, "LENIENT": lenient]).status == code)
  }

  @Test("One comment: written the first time, brought up to date later", arguments: ["", "4711"])
  func comment(known: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder("run"), withIntermediateDirectories: true)
    try Data("# gate ä".utf8).write(to: URL(fileURLWithPath: folder("run/gate.md")))
    try Data("# report".utf8).write(to: URL(fileURLWithPath: folder("run/report.md")))
    let gh = """
      #!/bin/bash
      printf '[%s]' "$@" >>\(folder("calls")); echo >>\(folder("calls"))
      case "$*" in *--paginate*) echo \(known) ;; esac
      for word; do case $word in body=@*) cp "${word#body=@}" \(folder("body")) ;; esac; done
      """
    try folder.writeProgram("gh", gh)
    let answer = try bash(
      [Self.action.appendingPathComponent("comment.sh").path],
      [
        "PATH": "\(folder.path):/usr/bin:/bin", "OUTPUT": folder("run"), "NUMBER": "12",
        "NAME": "a --> b", "GITHUB_REPOSITORY": "owner/project",
      ])
    #expect(answer.status == 0, "\(answer.text)")
    #expect(try text(folder("body")) == "<!-- robust-eval: a-----b -->\n# gate ä\n")
    let calls = try text(folder("calls")).split(separator: "\n")
    #expect(calls.count == 2)
    #expect(
      calls[1].contains(
        known.isEmpty
          ? "[POST][repos/owner/project/issues/12/comments]"
          : "[PATCH][repos/owner/project/issues/comments/4711]"))
  }
}

extension YAMLNode {
  fileprivate subscript(key: String) -> YAMLNode? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  fileprivate var keys: [String] {
    if case .mapping(let entries) = content { entries.map(\.key) } else { [] }
  }

  fileprivate var items: [YAMLNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  fileprivate var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }
}
