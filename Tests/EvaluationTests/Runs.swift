// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Records
import Synchronization
import TestSupport

/// An experiment that takes a second: two trainings, two compressions, every attack of the suite.
func tinyExperiment(_ folder: TemporaryFolder) throws -> Experiment {
  let data = folder("data")
  if !FileManager.default.fileExists(atPath: data) { try TinyData.write(into: data) }
  var experiment = Experiment()
  experiment.dataset = data
  experiment.models = [try ModelSource("mlp")]
  experiment.trainings = [
    try Specification("standard:epochs=2:batch=64"), try Specification("fgsm:epochs=2:batch=64"),
  ]
  experiment.compressions = [try Recipe("magnitude:epochs=0.5"), try Recipe("gradient:epochs=0.5")]
  experiment.epsilons = [Epsilon("0.1")].compactMap(\.self)
  experiment.attacks = [try Specification("uniform:attempts=2"), try Specification("pgd:steps=3")]
  experiment.examples = 300
  return experiment
}

struct Stopped: Error {}

/// Runs an experiment into a folder, with what a test wants to know of it.
func run(
  _ experiment: Experiment, into output: String, workers: Int = 2, shard: String? = nil,
  cache: String? = nil, keepsAll: Bool = false,
  progress: @escaping @Sendable (ProgressEvent) throws -> Void = { _ in }
) async throws -> Report {
  var options = RunOptions(workers: workers)
  options.output = output
  options.cache = cache
  options.savesAdversarials = keepsAll
  options.shard = shard.flatMap { Shard($0) }
  return try await Runner(
    experiment: experiment, options: options, environment: fixedEnvironment, progress: progress
  ).run()
}

let fixedEnvironment = RunEnvironment(
  tool: ToolRecord(name: "robust-eval", version: "test"),
  machine: EnvironmentRecord(os: "test", cpu: "test", cores: 1, device: "cpu", libraries: [:]),
  manifestFolder: nil, now: { "2026-01-01T00:00:00Z" },
  clock: { ProcessInfo.processInfo.systemUptime })

func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

/// A report's JSON with every measured time taken out.
func timeless(_ path: String) throws -> JSONValue {
  try CanonicalJSON.value(JSONValue.self, from: try text(path)).timeless
}

/// Counts the stages that a run names.
final class StageLog: Sendable {
  private let names = Mutex<[String]>([])

  var stages: [String] { names.withLock { $0 } }

  func note(_ event: ProgressEvent) {
    guard case .advanced(let progress) = event else { return }
    names.withLock { if !$0.contains(progress.stage) { $0.append(progress.stage) } }
  }
}
