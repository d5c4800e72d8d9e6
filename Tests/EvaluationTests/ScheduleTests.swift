// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Records
import TestSupport
import Testing

@Suite("Schedules change no digit", .timeLimit(.minutes(15)))
struct ScheduleTests {
  /// What an experiment is made with.
  enum Kind: CaseIterable {
    case images, texts

    func experiment(_ folder: TemporaryFolder) throws -> Experiment {
      switch self {
      case .images: try tinyExperiment(folder)
      case .texts: try tinyTextExperiment(folder)
      }
    }
  }

  @Test("One, two and four workers find the same, train included", arguments: Kind.allCases)
  func workers(kind: Kind) async throws {
    let folder = try TemporaryFolder()
    let experiment = try kind.experiment(folder)
    let reports = try await [1, 2, 4].asyncMap { workers in
      try await run(experiment, into: folder("w\(workers)"), workers: workers)
    }
    #expect(Set(reports.map { $0.variants.map(\.sha256) }).count == 1)
    #expect(reports[0].variants.count == (kind == .images ? 6 : 2))
    let tables = try [1, 2, 4].map { try text(folder("w\($0)/outcomes.csv")) }
    #expect(Set(tables).count == 1)
    // Variants, attacks, examples and a heading; some must break, or nothing was compared.
    let rows = tables[0].utf8.count { $0 == UInt8(ascii: "\n") }
    #expect(rows == (kind == .images ? 6 * 2 * 300 : 2 * 150) + 1)
    #expect(reports[0].evaluations.contains { $0.robustAccuracy.value < $0.cleanAccuracy.value })
    #expect(reports[0].evaluations.allSatisfy { $0.cleanAccuracy.value > 0.5 })
  }

  @Test(
    "Three shards, merged in any order, leave what one machine leaves", arguments: Kind.allCases)
  func shards(kind: Kind) async throws {
    let folder = try TemporaryFolder()
    let experiment = try kind.experiment(folder)
    let cache = folder("cache")
    _ = try await run(experiment, into: folder("whole"), cache: cache)
    for shard in 1...3 {
      _ = try await run(
        experiment, into: folder("s\(shard)"), shard: "\(shard)/3", cache: cache)
    }
    _ = try ShardMerge(shards: [2, 3, 1].map { folder("s\($0)") }, output: folder("merged")).run()
    #expect(try text(folder("merged/outcomes.csv")) == text(folder("whole/outcomes.csv")))
    #expect(try timeless(folder("merged/report.json")) == timeless(folder("whole/report.json")))
    #expect(FileManager.default.fileExists(atPath: folder("merged/models")))
  }

  @Test("A merge that lacks a shard is refused")
  func missingShard() async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    _ = try await run(experiment, into: folder("s1"), shard: "1/2", cache: folder("cache"))
    let error = #expect(throws: ExperimentError.self) {
      try ShardMerge(shards: [folder("s1")], output: folder("merged")).run()
    }
    #expect(error?.code == .incompleteShards)
  }

  @Test(
    "A run stopped at any stage goes on and ends the same", arguments: ["train", "0.5", "attack"])
  func resumes(stage: String) async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    _ = try await run(experiment, into: folder("whole"))
    await #expect(throws: Stopped.self) {
      _ = try await run(experiment, into: folder("stopped")) { event in
        guard case .advanced(let progress) = event, progress.stage.contains(stage) else { return }
        // The second half, so that something was done and something is left.
        if progress.done * 2 > progress.total { throw Stopped() }
      }
    }
    #expect(!FileManager.default.fileExists(atPath: folder("stopped/report.json")))
    _ = try await run(experiment, into: folder("stopped"))
    #expect(try timeless(folder("stopped/report.json")) == timeless(folder("whole/report.json")))
    #expect(try text(folder("stopped/outcomes.csv")) == text(folder("whole/outcomes.csv")))
  }

  @Test("A second run takes its models from the cache, unless they are damaged")
  func cache() async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    let cache = folder("cache")
    let first = try await run(experiment, into: folder("first"), cache: cache)
    let log = StageLog()
    let second = try await run(experiment, into: folder("second"), cache: cache) { log.note($0) }
    #expect(log.stages == ["measure", "attack", "check"])
    #expect(first.variants.map(\.sha256) == second.variants.map(\.sha256))

    for file in try FileManager.default.contentsOfDirectory(atPath: "\(cache)/models")
    where file.hasSuffix(".safetensors") {
      let path = "\(cache)/models/\(file)"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: URL(fileURLWithPath: path))
    }
    let third = try await run(experiment, into: folder("third"), cache: cache) { log.note($0) }
    #expect(log.stages.contains { $0.hasPrefix("train") })
    #expect(first.variants.map(\.sha256) == third.variants.map(\.sha256))
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows
    -> [Value]
  {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
