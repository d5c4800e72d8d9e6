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

/// Words of which each tells its class, and words that tell nothing.
private let tellingWords = [
  "amber", "brick", "cedar", "dusty", "ember", "flint", "grape", "honey", "ivory", "jolly",
]
private let fillerWords = ["stone", "cloud", "river", "paper", "table", "chair", "light"]

/// The same of texts: one word alone tells the class, and slips of the keyboard hide it.
func tinyTextExperiment(_ folder: TemporaryFolder) throws -> Experiment {
  let data = folder("texts")
  if !FileManager.default.fileExists(atPath: data) {
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    for (part, count) in [("train", 400), ("test", 150)] {
      let rows = (0..<count).map { row in
        let filler = (0..<row % 5).map { fillerWords[(row / 7 + $0) % fillerWords.count] }
        let telling = row * 3 % tellingWords.count
        return (filler + [tellingWords[telling]]).joined(separator: " ")
          + ",\(telling < 5 ? "low" : "high")\n"
      }
      try ("text,label\n" + rows.joined())
        .write(toFile: "\(data)/\(part).csv", atomically: true, encoding: .utf8)
    }
  }
  var experiment = Experiment()
  experiment.dataset = data
  experiment.models = [try ModelSource("text-cnn:width=8:filters=4")]
  experiment.trainings = [try Specification("standard:epochs=6:batch=64:lr=0.02")]
  experiment.norm = .l0
  experiment.compressions = [try Recipe("magnitude:epochs=0.5")]
  experiment.epsilons = [Epsilon("1")].compactMap(\.self)
  experiment.attacks = [try Specification("deepwordbug")]
  experiment.embeddingRadii = ["0.1", "0.5"].compactMap { Epsilon($0) }
  experiment.examples = 150
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
