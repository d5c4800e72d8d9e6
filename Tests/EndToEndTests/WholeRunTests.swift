// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Reporting
import TestSupport
import Testing

@Suite("A whole run", .timeLimit(.minutes(15)))
struct WholeRunTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  private func startsWith(_ path: String, _ bytes: [UInt8]) throws -> Bool {
    try Data(contentsOf: URL(fileURLWithPath: tiny.tool.folder(path))).starts(with: bytes)
  }

  @Test("A run leaves its table, its files and a valid report; run again it changes only times")
  func wholeRun() throws {
    let first = try tiny.run(into: "run")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("mlp: linf, epsilon 0.1, white-box"))
    #expect(first.output.contains("robust accuracy"))
    #expect(first.output.hasSuffix("\nwritten to run\n"))
    #expect(!first.errors.contains("\u{1B}") && !first.errors.contains("\r"))
    #expect(first.errorLines.contains { $0.hasPrefix("attack: 6 blocks in ") }, "\(first.errors)")

    #expect(tiny.files("run") == TinyRun.files)
    // Two variants, two attacks, 300 examples and a heading.
    #expect(try tiny.text("run/outcomes.csv").utf8.count { $0 == UInt8(ascii: "\n") } == 1201)
    #expect(try tiny.text("run/results.csv").utf8.count { $0 == UInt8(ascii: "\n") } == 5)
    #expect(try startsWith("run/plots/accuracy.png", [0x89, 0x50, 0x4E, 0x47]))
    #expect(try tiny.text("run/plots/accuracy.svg").contains("<svg"))
    #expect(try startsWith("run/run.sqlite", Array("SQLite format 3".utf8)))
    for model in TinyRun.models {
      #expect(try startsWith("run/models/\(model)/model.pt", [0x50, 0x4B, 3, 4]))
      #expect(try startsWith("run/models/\(model)/packed.safetensors.gz", [0x1F, 0x8B]))
    }

    let json = try CanonicalJSON.value(JSONValue.self, from: try tiny.text("run/report.json"))
    #expect(try SchemaValidator(ReportSchema.file.text).problems(in: json) == [])
    let report = try CanonicalJSON.value(Report.self, from: try tiny.text("run/report.json"))
    #expect(report.command.hasPrefix("robust-eval --dataset=data"))
    #expect(report.variants.map(\.sparsity.requested) == [0, 0.5])
    #expect(report.evaluations.allSatisfy { $0.cleanAccuracy.value > 0.9 })
    #expect(report.evaluations.allSatisfy { $0.robustAccuracy.value < $0.cleanAccuracy.value })

    let before = (try tiny.findings("run"), try tiny.text("run/outcomes.csv"))
    let second = try tiny.run(into: "run")
    #expect(second.status == 0, "\(second.errors)")
    #expect(!second.errors.contains("attack:"), "no block is attacked again")
    #expect(try tiny.findings("run") == before.0)
    #expect(try tiny.text("run/outcomes.csv") == before.1)
    #expect(tiny.files("run") == TinyRun.files)
  }

  @Test("With --json standard output is the report, and with --quiet standard error is empty")
  func json() throws {
    let ended = try tiny.run(into: "run", ["--json", "--quiet"])
    #expect(ended.status == 0)
    #expect(ended.errors == "")
    #expect(ended.output == (try tiny.text("run/report.json")))
    #expect(tiny.exists("cache/robust-eval/models"), "finished models are kept for the next run")
  }

  @Test("A configuration file says what flags say")
  func configuration() throws {
    try Data(
      """
      dataset: data
      model: mlp
      training: [standard:epochs=3:batch=64]
      compression: magnitude:epochs=1
      attack: [uniform:attempts=2, pgd:steps=5]
      epsilon: 0.1
      examples: 299
      no-cache: true
      """.utf8
    ).write(to: URL(fileURLWithPath: tiny.tool.folder("tiny.yaml")))
    #expect(try tiny.run(into: "flags").status == 0)
    let filed = try tiny.tool.run([
      "--config=tiny.yaml", "--examples=300", "--workers=1", "--output=file",
    ])
    #expect(filed.status == 0, "\(filed.errors)")
    #expect(try tiny.findings("file") == tiny.findings("flags"))
    #expect(try tiny.text("file/outcomes.csv") == tiny.text("flags/outcomes.csv"))
  }

  @Test("Two shards, merged, leave what one run leaves; one alone is not enough")
  func shards() throws {
    #expect(try tiny.run(into: "whole", []).status == 0)
    for shard in 1...2 {
      let ended = try tiny.run(into: "s\(shard)", ["--shard=\(shard)/2"])
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.output.hasPrefix("s\(shard): this shard is done"))
      #expect(!tiny.exists("s\(shard)/report.json"))
    }
    let half = try tiny.tool.run(["merge", "half", "s1"])
    #expect(half.status == 2)
    #expect(half.errorLines.count == 1 && half.errors.contains("name every shard of the run"))
    #expect(!tiny.exists("half"), "nothing is left where nothing was")

    let merged = try tiny.tool.run(["merge", "merged", "s2", "s1"])
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(merged.output.hasSuffix("\nwritten to merged\n"))
    #expect(try tiny.text("merged/outcomes.csv") == tiny.text("whole/outcomes.csv"))
    #expect(try tiny.findings("merged") == tiny.findings("whole"))
    #expect(tiny.files("merged") == TinyRun.files)

    try "rules: [{check: robust_accuracy, at_least: 0.99}]\n"
      .write(toFile: tiny.tool.folder("policy.yaml"), atomically: true, encoding: .utf8)
    let judged = try tiny.tool.run([
      "merge", "judged", "s1", "s2", "--policy=policy.yaml", "--json",
    ])
    #expect(judged.status == 1 && judged.errors.contains("gate: fail (1 fail)"), "\(judged.errors)")
    let report = try CanonicalJSON.value(Report.self, from: judged.output)
    #expect(report.gate?.verdict == .fail && report.gate?.report == "judged/report.json")
  }

  @Test("A user's own file is pruned and attacked like any other model")
  func ownModel() throws {
    #expect(try tiny.run(into: "first", []).status == 0)
    let file = "first/models/\(TinyRun.models[0])/model.pt"
    let arguments = TinyRun.flags(["--model=\(file)", "--output=second"])
    let ended = try tiny.tool.run(arguments.filter { !$0.hasPrefix("--training") })
    #expect(ended.status == 0, "\(ended.errors)")
    let reports = try ["first", "second"].map {
      try CanonicalJSON.value(Report.self, from: try tiny.text("\($0)/report.json"))
    }
    #expect(reports[1].variants.map(\.training) == ["given", "given"])
    #expect(reports[1].variants[1].sparsity.achieved >= 0.5)
    #expect(reports[1].evaluations[0].cleanAccuracy == reports[0].evaluations[0].cleanAccuracy)
  }
}
