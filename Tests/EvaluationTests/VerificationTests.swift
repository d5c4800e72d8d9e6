// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Foundation
import Records
import TestSupport
import Testing

@testable import Evaluation

/// A finished run that kept every adversarial input.
private struct KeptRun {
  let folder: TemporaryFolder
  let report: Report
  let files: [URL]

  init(shards: Int = 1) async throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    var experiment = try tinyExperiment(folder)
    experiment.trainings = [try Specification("standard:epochs=2:batch=64")]
    experiment.compressions = [try Recipe("magnitude:epochs=0")]
    experiment.attacks = [try Specification("fgsm"), try Specification("pgd:steps=3")]
    let cache = folder("cache")
    if shards == 1 {
      report = try await run(experiment, into: folder("out"), cache: cache, keepsAll: true)
    } else {
      for index in 1...shards {
        _ = try await run(
          experiment, into: folder("part-\(index)"), shard: "\(index)/\(shards)", cache: cache,
          keepsAll: true)
      }
      let parts = (1...shards).map { folder("part-\($0)") }
      report = try ShardMerge(shards: parts, output: folder("out")).run()
    }
    files = try FileManager.default.contentsOfDirectory(
      at: URL(filePath: folder("out/adversarials")), includingPropertiesForKeys: nil
    ).sorted { $0.path < $1.path }
  }

  func request(_ evaluation: EvaluationRecord, file: String, epsilon: String = "0.1") throws
    -> Verification.Request
  {
    let place = ModelFolder.name(of: evaluation.variant)
    return Verification.Request(
      file: file, model: folder("out/models/\(place)/model.pt"), dataset: folder("data"),
      threat: ThreatModel(norm: .linf, epsilon: try #require(Epsilon(epsilon))))
  }
}

@Suite("Kept adversarial inputs", .timeLimit(.minutes(15)))
struct VerificationTests {
  @Test("Every kept input is adversarial, and they are all that the report counts")
  func confirmsOwnFiles() async throws {
    let kept = try await KeptRun()
    #expect(kept.files.count == kept.report.evaluations.count)
    for evaluation in kept.report.evaluations {
      let path = kept.folder("out/adversarials/\(ModelFolder.name(of: evaluation.id)).npz")
      let verdict = try Verification(
        kept.request(evaluation, file: path), manifestFolder: nil
      ).verdict()
      let broken = evaluation.attacks.reduce(0) { $0 + $1.broken }
      #expect(broken > 0 && verdict.inputs == broken && verdict.adversarial == broken)
      #expect(verdict.isSound && verdict.withstood == 0)
      #expect(verdict.largestDistance > 0.05 && verdict.largestDistance <= 0.1 * (1 + 1e-6))
      // The same inputs against half of the radius.
      let strict = try Verification(
        kept.request(evaluation, file: path, epsilon: "0.05"), manifestFolder: nil
      ).verdict()
      #expect(strict.forbidden > 0 && !strict.isSound)
      #expect(strict.firstFault?.contains("linf <= 0.05") == true)
    }
  }

  @Test("Shards keep the same inputs as one run")
  func shardsKeepTheSame() async throws {
    let (one, three) = (try await KeptRun(), try await KeptRun(shards: 3))
    #expect(one.files.map(\.lastPathComponent) == three.files.map(\.lastPathComponent))
    for (left, right) in zip(one.files, three.files) {
      #expect(try Data(contentsOf: left) == Data(contentsOf: right))
    }
  }

  @Test("Unchanged inputs of another program are allowed and withstood")
  func countsTheUnchanged() async throws {
    let kept = try await KeptRun()
    let data = try DatasetCatalog(manifestFolder: nil).load(kept.folder("data"))
    let size = data.inputShape.reduce(1, *)
    var values = [Float](repeating: 0, count: 20 * size)
    values.withUnsafeMutableBufferPointer { data.test.copyInputs(of: 0..<20, into: $0) }
    let path = kept.folder("foreign.npz")
    let labels = (0..<20).map { data.test.labels[$0] }
    try NPZFile.write(
      [
        "x_adv": .floats(values, shape: [20] + data.inputShape),
        "y": .integers(labels, shape: [20]),
      ], to: path)
    let evaluation = try #require(kept.report.evaluations.first)
    let verdict = try Verification(
      kept.request(evaluation, file: path), manifestFolder: nil
    ).verdict()
    #expect(verdict.adversarial == 0 && verdict.forbidden == 0 && verdict.largestDistance == 0)
    #expect(verdict.withstood + verdict.wrongAnyway == 20 && verdict.withstood > 0)
  }

  @Test("Labels of other examples are refused")
  func otherLabels() throws {
    let folder = try TemporaryFolder()
    try NPZFile.write(
      [
        "inputs": .floats(Array(repeating: 0, count: 128), shape: [2, 1, 8, 8]),
        "examples": .integers([4, 7], shape: [2]), "labels": .integers([1, 0], shape: [2]),
      ], to: folder("file.npz"))
    let file = try AdversarialFile(contentsOf: folder("file.npz"), shape: [1, 8, 8], count: 10)
    try file.checkLabels([1, 0])
    let error = #expect(throws: DatasetError.self) { try file.checkLabels([1, 3]) }
    #expect(
      error?.detail == "input 1 has the label 0, and example 7 of the data set has 3")
  }

  private static let unfit: [[String: NPZFile.Array]] = [
    ["y": .floats([1], shape: [1])],
    ["inputs": .integers([1], shape: [1])],
    ["inputs": .floats([0.5], shape: [1, 1, 1, 1])],
    ["inputs": .floats([], shape: [0, 1, 8, 8])],
    ["inputs": image, "examples": .integers([-1], shape: [1])],
    ["inputs": image, "examples": .integers([0, 1], shape: [2])],
    ["inputs": image, "labels": .integers([0, 1], shape: [2])],
    ["inputs": image, "y": .floats([1], shape: [1])],
  ]
  private static let image = NPZFile.Array.floats(
    Array(repeating: 0, count: 64), shape: [1, 1, 8, 8])

  @Test(
    "A file that does not fit ends in an error",
    arguments: unfit)
  func refuses(arrays: [String: NPZFile.Array]) throws {
    let folder = try TemporaryFolder()
    try NPZFile.write(arrays, to: folder("bad.npz"))
    #expect(throws: DatasetError.self) {
      try AdversarialFile(contentsOf: folder("bad.npz"), shape: [1, 8, 8], count: 10)
    }
  }
}
