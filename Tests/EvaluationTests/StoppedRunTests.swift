// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Journal
import Records
import Statistics
import Synchronization
import TestSupport
import Testing

/// Keeps the reports that a stopping rule is asked with.
private final class Asked: Sendable {
  private let reports = Mutex<[Report]>([])
  var all: [Report] { reports.withLock { $0 } }
  func note(_ report: Report) { reports.withLock { $0.append(report) } }
}

@Suite("Runs that stop as soon as they may", .timeLimit(.minutes(15)))
struct StoppedRunTests {
  private func run(
    _ experiment: Experiment, into output: String, workers: Int = 2, cache: String,
    policy: String = "p", asked: Asked = Asked(),
    progress: @escaping @Sendable (ProgressEvent) throws -> Void = { _ in },
    stopsAfter looks: Int
  ) async throws -> Report {
    var options = RunOptions(workers: workers)
    options.output = output
    options.cache = cache
    let rule = try StoppingRule(policy: Array(policy.utf8), baseline: nil) { report in
      asked.note(report)
      return (report.stopping?.examplesSeen ?? 0) >= looks * 128
    }
    return try await Runner(
      experiment: experiment, options: options, environment: fixedEnvironment, stopping: rule,
      progress: progress
    ).run()
  }

  @Test("It stops after the look that decides, on the first examples of the order")
  func stops() async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    let asked = Asked()
    let report = try await run(
      experiment, into: folder("run"), cache: folder("cache"), asked: asked, stopsAfter: 2)
    #expect(asked.all.map { $0.stopping?.examplesSeen } == [128, 256])
    #expect(report.stopping?.examplesSeen == 256 && report.stopping?.examplesAvailable == 300)
    #expect(
      report.stopping?.orderSeed == experiment.seed && report.stopping?.examplesPerLook == 128)
    let seen = ExampleOrder.indices(seed: experiment.seed, count: 300).prefix(256).sorted()
    #expect(report.evaluations.allSatisfy { $0.examples == 256 })
    #expect(report.evaluations.allSatisfy { $0.verdicts?.examples.indices == seen })
    // What the rule was shown is what the report says.
    let last = try #require(asked.all.last)
    #expect(last.evaluations.map(\.verdicts) == report.evaluations.map(\.verdicts))
    #expect(last.evaluations.map(\.robustAccuracy) == report.evaluations.map(\.robustAccuracy))
    #expect(last.labels == report.labels && last.variants == report.variants)
    #expect(last.evaluations.allSatisfy { $0.flags.isEmpty && $0.attacks.isEmpty })
    #expect(report.evaluations.allSatisfy { $0.checks?.isEmpty == false }, "checks are made")
    let rows = try text(folder("run/outcomes.csv")).utf8.count { $0 == UInt8(ascii: "\n") }
    #expect(rows == 6 * 2 * 256 + 1)
  }

  @Test("Workers do not change where it stops, and a run cut off ends the same")
  func schedules() async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    let cache = folder("cache")
    for workers in [1, 2, 4] {
      _ = try await run(
        experiment, into: folder("w\(workers)"), workers: workers, cache: cache, stopsAfter: 2)
    }
    await #expect(throws: Stopped.self) {
      _ = try await run(
        experiment, into: folder("cut"), cache: cache,
        progress: { event in
          guard case .advanced(let progress) = event, progress.stage == "attack" else { return }
          // Amid the second round of six blocks.
          if progress.done == 9 { throw Stopped() }
        }, stopsAfter: 2)
    }
    #expect(!FileManager.default.fileExists(atPath: folder("cut/report.json")))
    let asked = Asked()
    _ = try await run(experiment, into: folder("cut"), cache: cache, asked: asked, stopsAfter: 2)
    #expect(asked.all.count == 2, "the first look is repeated from the journal")
    for other in ["w2", "w4", "cut"] {
      #expect(try text(folder("\(other)/outcomes.csv")) == text(folder("w1/outcomes.csv")))
      #expect(try timeless(folder("\(other)/report.json")) == timeless(folder("w1/report.json")))
    }
  }

  @Test("Undecided, it judges every example as a plain run does, with intervals for any time")
  func undecided() async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    let cache = folder("cache")
    let asked = Asked()
    let report = try await run(
      experiment, into: folder("run"), cache: cache, asked: asked, stopsAfter: 99)
    let plain = try await EvaluationTests.run(experiment, into: folder("plain"), cache: cache)
    #expect(asked.all.map { $0.stopping?.examplesSeen } == [128, 256, 300])
    #expect(report.evaluations.map(\.verdicts) == plain.evaluations.map(\.verdicts))
    for (stopped, fixed) in zip(report.evaluations, plain.evaluations) {
      let (wide, narrow) = (stopped.cleanAccuracy, fixed.cleanAccuracy)
      #expect(wide.value == narrow.value && wide.low < narrow.low && wide.high >= narrow.high)
    }
    for (stopped, fixed) in zip(report.comparisons, plain.comparisons) {
      #expect(stopped.b == fixed.b && stopped.c == fixed.c && stopped.pExact >= fixed.pExact - 1e-9)
      #expect(stopped.low < fixed.low && stopped.high > fixed.high)
    }
    #expect(plain.stopping == nil)
    #expect(try text(folder("run/report.md")).contains("until a policy was decided, and saw 300"))
  }

  @Test("Another policy, or none, does not go on in its folder")
  func otherPolicy() async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    let cache = folder("cache")
    _ = try await run(experiment, into: folder("run"), cache: cache, stopsAfter: 1)
    await #expect(throws: JournalError.self) {
      _ = try await run(
        experiment, into: folder("run"), cache: cache, policy: "q", stopsAfter: 1)
    }
    await #expect(throws: JournalError.self) {
      _ = try await EvaluationTests.run(experiment, into: folder("run"), cache: cache)
    }
  }
}
