// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Isolation
import Records
import TestSupport
import Testing

@testable import Evaluation

@Suite("The ladder of a run", .timeLimit(.minutes(15)))
struct LadderTests {
  private func experiment(
    _ folder: TemporaryFolder, _ isolations: [String], examples: Int = 40
  ) throws -> Experiment {
    var experiment = try tinyExperiment(folder)
    experiment.trainings = [try Specification("standard:epochs=2:batch=64")]
    experiment.compressions = [try Recipe("magnitude:epochs=0")]
    experiment.isolations = try isolations.map { try Specification($0, allowsValue: true) }
    experiment.examples = examples
    return experiment
  }

  private let budget = "epochs=2:inputs=both:queries=60:search=20"

  @Test("Every rung stands beside the white box, with what it cost, and nothing else is changed")
  func rungs() async throws {
    let folder = try TemporaryFolder()
    let asked = ["parent:search=20", "front:2:\(budget)", "largest:0:\(budget)"]
    let plain = try await run(try experiment(folder, ["none"]), into: folder("plain"))
    let report = try await run(try experiment(folder, asked), into: folder("ladder"))
    let whole = report.evaluations.filter { $0.isolation == "none" }
    #expect(whole.map(\.id) == plain.evaluations.map(\.id))
    #expect(whole.map(\.robustAccuracy) == plain.evaluations.map(\.robustAccuracy))
    #expect(plain.ladders == nil)
    let ladders = try #require(report.ladders)
    #expect(ladders.count == 2)
    // A dense model has no parent to hide behind.
    #expect(
      ladders.map { $0.rungs.map(\.isolation) } == [
        ["none"] + asked.dropFirst(), ["none"] + asked,
      ])
    for ladder in ladders {
      #expect(ladder.rungs.dropFirst().allSatisfy { $0.difference?.n == 40 })
      #expect(ladder.rungs.dropFirst().allSatisfy { $0.queries > 0 })
    }
    let front = report.evaluations.filter { $0.isolation.hasPrefix("front") }
    #expect(front.allSatisfy { $0.extraction?.queries == 60 && $0.threat.knowledge == .partial })
    let seen = report.evaluations.filter { $0.isolation.hasPrefix("largest:0") }
    #expect(seen.allSatisfy { $0.extraction?.fidelity.value == 1 && $0.extraction?.queries == 0 })
    for evaluation in report.evaluations where evaluation.isolation != "none" {
      let curve = try #require(evaluation.queryCurve)
      #expect(curve.first?.robustAccuracy == evaluation.cleanAccuracy.value)
      #expect(curve.last?.robustAccuracy == evaluation.robustAccuracy.value)
    }
    let text = try text(folder("ladder/report.md"))
    #expect(text.contains("## What isolation buys"))
  }

  @Test("Workers, shards and a second run change no digit")
  func schedule() async throws {
    let folder = try TemporaryFolder()
    let experiment = try experiment(folder, ["front:1:\(budget)"], examples: 150)
    var sharded = experiment
    sharded.compressions = [try Recipe("shard:parts=2:by=data:combine=vote:epochs=1")]
    _ = try await run(sharded, into: folder("one"), workers: 1, cache: folder("cache"))
    _ = try await run(sharded, into: folder("two"), workers: 2, cache: folder("cache"))
    #expect(try timeless(folder("one/report.json")) == timeless(folder("two/report.json")))
    for shard in ["1/2", "2/2"] {
      _ = try await run(
        sharded, into: folder("shard\(shard.prefix(1))"), shard: shard, cache: folder("cache"))
    }
    let merged = try ShardMerge(
      shards: [folder("shard1"), folder("shard2")], output: folder("merged")
    ).run()
    let expected = try CanonicalJSON.value(Report.self, from: try text(folder("one/report.json")))
    #expect(merged.ladders == expected.ladders)
    #expect(merged.members == expected.members)
    let members = try #require(merged.members?.first)
    #expect(members.names == ["member 1", "member 2", "whole"])
    #expect(members.transfer.count == 3 && members.transfer.allSatisfy { $0.count == 3 })
    for (index, row) in members.transfer.enumerated() {
      // No attack makes more examples right than there were.
      #expect(zip(row, members.cleanAccuracy).allSatisfy { $0 <= $1 })
      #expect(row[index] < members.cleanAccuracy[index], "an attack on itself breaks something")
    }
    let poisoning = try #require(members.poisoning)
    #expect(poisoning.first?.certifiedAccuracy.value == members.cleanAccuracy.last)
    #expect(poisoning.last?.certifiedAccuracy.value == 0)
  }

  @Test("A process of its own answers the same")
  func process() async throws {
    let folder = try TemporaryFolder()
    let report = try await run(
      try experiment(folder, ["scores:\(budget)", "label:\(budget)"]),
      into: folder("out"))
    let isolated = report.evaluations.filter { $0.isolation != "none" }
    #expect(isolated.map(\.threat.knowledge) == [.scores, .label, .scores, .label])
    #expect(isolated.allSatisfy { $0.process?.walls.count == SandboxLayer.required.count })
    #expect(isolated.allSatisfy { $0.attacks.allSatisfy { $0.gradients == 0 } })
  }

  @Test("Texts are asked about from outside, whatever the schedule")
  func texts() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    // Two blocks, the second of them short.
    experiment.examples = BlockJudge.blockSize + 8
    experiment.isolations = try ["parent:search=20", "scores:\(budget)", "label:\(budget)"]
      .map { try Specification($0, allowsValue: true) }
    let report = try await run(
      experiment, into: folder("one"), workers: 1, cache: folder("cache"))
    _ = try await run(experiment, into: folder("two"), workers: 2, cache: folder("other"))
    #expect(try timeless(folder("one/report.json")) == timeless(folder("two/report.json")))
    let ladders = try #require(report.ladders)
    #expect(ladders.map { $0.rungs.count } == [3, 4], "a dense model has no parent")
    for evaluation in report.evaluations where evaluation.isolation != "none" {
      #expect(evaluation.attacks.allSatisfy { $0.gradients == 0 && $0.queries > 0 })
      #expect(evaluation.robustAccuracy.value < evaluation.cleanAccuracy.value)
      #expect((evaluation.process != nil) == !evaluation.isolation.hasPrefix("parent"))
      #expect((evaluation.extraction?.queries == 60) == !evaluation.isolation.hasPrefix("parent"))
    }
    #expect(report.evaluations.last?.threat.knowledge == .label)
  }

  @Test("Neither a cache nor a spent process changes what is found", arguments: [70, 200])
  func budget(answers: Int) async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    experiment.sparsities = [Sparsity(0)].compactMap(\.self)
    experiment.examples = 40
    experiment.isolations = [
      try Specification("label:budget=\(answers):epochs=1:queries=60:search=20")
    ]
    var reports: [Report] = []
    for name in ["first", "again"] {
      reports.append(
        try await run(experiment, into: folder(name), workers: 1, cache: folder("cache")))
      let evaluation = try #require(reports.last?.evaluations.last)
      #expect(evaluation.attacks.reduce(0) { $0 + $1.queries } == answers - 60)
      #expect(try text(folder("\(name)/outcomes.csv")).contains("budget-spent"))
    }
    #expect(try timeless(folder("first/report.json")) == timeless(folder("again/report.json")))
  }

  @Test("Attackers without anything to do are refused before a run")
  func refusesIdle() async throws {
    let folder = try TemporaryFolder()
    var idle = try experiment(folder, ["parent"])
    idle.sparsities = [Sparsity(0)].compactMap(\.self)
    for asked in [idle, try experiment(folder, ["scores:budget=59:queries=60"])] {
      let error = await #expect(throws: ExperimentError.self) {
        _ = try await run(asked, into: folder("out"))
      }
      #expect(error?.code == .senselessIsolation)
    }
  }

  @Test(
    "Texts are not attacked by layers", arguments: ["front:1", "middle:1-2", "largest:0.5"])
  func refusesLayersOfTexts(isolation: String) async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    experiment.isolations = [try Specification(isolation, allowsValue: true)]
    let error = await #expect(throws: ExperimentError.self) {
      _ = try await run(experiment, into: folder("out"))
    }
    #expect(error?.code == .senselessIsolation)
  }

  @Test(
    "What the model does not have is refused in one line",
    arguments: ["front:9", "middle:2-4", "member:1-of-2", "member:4-of-3", "frnt:2", "front"])
  func refuses(isolation: String) async throws {
    let folder = try TemporaryFolder()
    let experiment = try experiment(folder, [isolation])
    let error = await #expect(throws: (any Error).self) {
      _ = try await run(experiment, into: folder("out"))
    }
    #expect(error is any InputError)
  }
}
