// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Datasets
import Foundation
import Language
import Models
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Evaluation

@Suite("The diagnostic on vectors of words", .timeLimit(.minutes(15)))
struct EmbeddingTests {
  /// Texts of one to nine ids out of thirty, by lot, in rows of nine.
  private static func ids(_ count: Int) -> [[Int]] {
    let stream = RandomKey(seed: 5).split("texts").stream()
    return (0..<count).map { _ in
      let length = 1 + Int(stream.uniform(in: 0..<9))
      return (0..<9).map { $0 < length ? 1 + Int(stream.uniform(in: 0..<29)) : 0 }
    }
  }

  private static func parameters(_ architecture: GraphArchitecture) -> ParameterSet {
    var set = architecture.initialParameters(random: RandomKey(seed: 3))
    for (name, weight) in set.parameters {
      let shape = weight.applied.shape
      let noise = Tensor(shape: shape) {
        RandomKey(seed: 7).split(name).stream().fillNormal($0, mean: 0, sigma: 0.5)
      }
      set[name] = .dense(weight.applied + noise)
    }
    return set
  }

  private static func batch(_ rows: [[Int]], labels: [Int]) -> Batch {
    Batch(
      inputs: Tensor(rows.flatMap(\.self), shape: [rows.count, 9]), labels: Tensor(labels),
      indices: Array(rows.indices))
  }

  @Test("On a mean and two classes every accuracy is that of the closed form")
  func closedForm() throws {
    let architecture = GraphArchitecture.textAverage(words: 30, length: 9, classes: 2, width: 5)
    let parameters = Self.parameters(architecture)
    let network = try #require(architecture.network(parameters) as? any WordNetwork)
    let rows = Self.ids(200)
    let labels = try network.logits(Self.batch(rows, labels: rows.map { _ in 0 }).inputs)
      .indexOfLargest(along: 1).elements(of: Int.self)
    // Every tenth text is misread, so that clean mistakes are counted too.
    let given = labels.enumerated().map { $0.offset % 10 == 0 ? 1 - $0.element : $0.element }

    // All vectors of a text move along the difference of the rows, so that their mean moves by the radius.
    let table = try #require(parameters["embedding.weight"]).applied.elements(of: Float.self)
    let matrix = try #require(parameters["fc.weight"]).applied.elements(of: Float.self)
    let bias = try #require(parameters["fc.bias"]).applied.elements(of: Float.self)
    let difference = (0..<5).map { Double(matrix[$0]) - Double(matrix[5 + $0]) }
    let slope = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let nearest = rows.map { row in
      let words = row.filter { $0 != 0 }
      let sum = words.reduce(0.0) { sum, id in
        sum + (0..<5).reduce(0.0) { $0 + difference[$1] * Double(table[(id - 1) * 5 + $1]) }
      }
      return abs(sum / Double(words.count) + Double(bias[0]) - Double(bias[1])) / slope
    }
    let distances = zip(nearest, zip(labels, given)).map { $1.0 == $1.1 ? $0 : 0 }
    let sorted = Set(nearest).sorted()
    // Radii halfway between two distances, where no rounding decides.
    let radii = [0.1, 0.3, 0.5, 0.7, 0.95].map { share in
      let place = Int(share * Double(sorted.count))
      return (sorted[place - 1] + sorted[place]) / 2
    }
    let length =
      (0..<29).reduce(0.0) { sum, word in
        sum
          + (0..<5).reduce(0.0) { $0 + pow(Double(table[word * 5 + $1]), 2) }.squareRoot()
      } / 29
    #expect(abs(network.meanLength - length) <= 1e-5, "single precision")

    let counts = try EmbeddingStage.counts(
      Self.batch(rows, labels: given), network, shares: radii.map { $0 / network.meanLength })
    #expect(counts.examples == 200 && counts.clean == 180)
    #expect(counts.standing == radii.map { radius in distances.count { $0 > radius } })
    #expect(counts.standing.first != counts.standing.last)
  }

  @Test(
    "No model's vectors leave their balls, and padding and pairs stay",
    arguments: ["text-average", "pairs", "text-cnn", "text-lstm", "text-transformer"])
  func invariants(name: String) throws {
    let architecture: GraphArchitecture =
      switch name {
      case "text-average": .textAverage(words: 30, length: 9, classes: 3, width: 6)
      case "pairs": .textAverage(words: 30, length: 9, classes: 3, width: 6, buckets: 11)
      case "text-cnn": .textCNN(words: 30, length: 9, classes: 3, width: 6, filters: 4)
      case "text-lstm": .textLSTM(words: 30, length: 9, classes: 3, width: 6, hidden: 5)
      default: .textTransformer(words: 30, length: 9, classes: 3, width: 8, heads: 2, blocks: 1)
      }
    let network = try #require(
      architecture.network(Self.parameters(architecture)) as? any WordNetwork)
    let rows = Self.ids(40)
    let ids = Self.batch(rows, labels: rows.map { _ in 0 }).inputs
    let labels = try network.logits(ids).indexOfLargest(along: 1)
    let start = network.embedded(ids)
    var fallen: [Int] = []
    for share in [0.05, 0.3, 1.0] {
      let radius = share * network.meanLength
      let found = try EmbeddingAscent(steps: 10).search(
        network, ids: ids, labels: labels, radius: radius)
      let moves = (found.vectors - start).norm(2, along: [2])
      #expect(moves.reshaped([-1]).largest(along: [0]).scalar <= radius * (1 + 1e-5))
      let words = moves.slice(0..<9, along: 1)
      #expect((words * (ids .== 0).cast(to: .float32)).sum.scalar == 0)
      #expect(words.sum.scalar > 0)
      if moves.size(1) > 9 { #expect(moves.slice(9..<moves.size(1), along: 1).sum.scalar == 0) }
      let read = try network.logits(embedded: found.vectors, ids: ids)
      #expect(
        (read.indexOfLargest(along: 1) .== labels).not.elements(of: Bool.self) == found.misled)
      fallen.append(found.misled.count(where: \.self))
    }
    #expect(fallen[2] > fallen[0] && fallen[2] > 10, "\(fallen)")
  }

  @Test("It stands beside the evaluations and changes none, also where the run is interrupted")
  func wholeRun() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    let cache = folder("cache")
    experiment.embeddingRadii = nil
    let plain = try await reported(experiment, folder("plain"), cache)
    #expect(plain.embeddings == nil)
    experiment.embeddingRadii = ["0.5", "0.1"].compactMap { Epsilon($0) }
    let whole = try await reported(experiment, folder("whole"), cache)
    let records = try #require(whole.embeddings)
    #expect(records.map(\.variant) == whole.variants.map(\.id))
    for (record, evaluation) in zip(records, whole.evaluations) {
      #expect(record.examples == 150 && !record.isTextAttack)
      #expect(record.cleanAccuracy == evaluation.cleanAccuracy)
      #expect(record.points.map(\.share.text) == ["0.1", "0.5"])
      let values = [record.cleanAccuracy.value] + record.points.map(\.accuracy.value)
      #expect(values == values.sorted(by: >) && values[2] < values[0])
      #expect(record.points.allSatisfy { $0.radius == $0.share.value * record.meanLength })
      #expect(record.gradients > 0)
    }
    #expect(whole.evaluations.map(\.robustAccuracy) == plain.evaluations.map(\.robustAccuracy))
    #expect(whole.findings == plain.findings)
    #expect(try text(folder("whole/report.md")).contains("not a text attack"))
    #expect(try text(folder("whole/report.html")).contains("not a text attack"))

    await #expect(throws: Stopped.self) {
      _ = try await reported(experiment, folder("stopped"), cache) { event in
        guard case .advanced(let progress) = event, progress.stage == "embedding" else { return }
        if progress.done > 1 { throw Stopped() }
      }
    }
    _ = try await reported(experiment, folder("stopped"), cache)
    #expect(try timeless(folder("stopped/report.json")) == timeless(folder("whole/report.json")))
  }

  @Test("A plan counts its gradients, and has no line without it")
  func plan() throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyTextExperiment(folder)
    func gradients() throws -> Double? {
      try Runner(
        experiment: experiment, options: RunOptions(workers: 1), environment: fixedEnvironment
      ) { _ in }.plan().stages.first { $0.name == "move vectors of words" }?.gradients
    }
    // Two radii, twenty steps, two variants, 150 texts.
    #expect(try gradients() == 12_000)
    experiment.embeddingRadii = nil
    #expect(try gradients() == nil)
  }

  @Test("Images, model files and radii that are none are refused")
  func refused() throws {
    var experiment = Experiment()
    experiment.embeddingRadii = [try #require(Epsilon("0.1"))]
    func code(holdsTexts: Bool) -> ExperimentError.Code? {
      do {
        try ResolvedExperiment.checkEmbeddingRadii(experiment, holdsTexts: holdsTexts)
        return nil
      } catch {
        return (error as? ExperimentError)?.code
      }
    }
    #expect(code(holdsTexts: false) == .wrongData)
    #expect(code(holdsTexts: true) == nil)
    experiment.models = [.file("mine.pt")]
    #expect(code(holdsTexts: true) == .noWordVectors)
    experiment.embeddingRadii = nil
    #expect(code(holdsTexts: false) == nil)
  }
}

/// Runs an experiment with two workers.
private func reported(
  _ experiment: Experiment, _ output: String, _ cache: String,
  progress: @escaping @Sendable (ProgressEvent) throws -> Void = { _ in }
) async throws -> Report {
  try await run(experiment, into: output, cache: cache, progress: progress)
}
