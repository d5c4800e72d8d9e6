// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Torch

/// What a model costs: multiply-adds, bytes and time.
struct Footprint {
  let clock: @Sendable () -> Double

  private static let warmUps = 3
  /// The fewest passes of which the median still has an interval worth printing.
  private static let leastRepetitions = 11
  private static let mostRepetitions = 31
  /// The seconds after which the fewest passes are enough.
  private static let patience = 0.2

  /// Multiply-adds of one forward pass, all and those whose weight is not zero.
  func multiplyAdds(_ classifier: Classifier) throws -> MultiplyAdds {
    if let native = classifier.architecture as? GraphArchitecture, native.choosesAtRuntime {
      return try native.multiplyAdds(classifier.parameters)
    }
    let network = classifier.network
    let input = classifier.architecture.probe(1)
    return try MultiplyAdds.counted {
      _ = try withoutGradients { try network.logits(input) }
    }
  }

  /// How fast a model answers and is differentiated in the tiles of attacks, on one core.
  ///
  /// - Returns: nil for texts, whose inputs have no gradient.
  func passes(_ classifier: Classifier) throws -> PassRecord? {
    guard classifier.architecture.words == nil else { return nil }
    let network = classifier.attackedNetwork
    let input = classifier.architecture.probe(ModelVictim.tileSize)
    let labels = Tensor(Array(repeating: 0, count: ModelVictim.tileSize))
    let queries = try rate { _ = try network.tiledLogits(input) }
    let gradients = try rate {
      _ = try network.tiledGradient(at: input) { logits, _ in
        Loss.crossEntropy.values(logits: logits, labels: labels)
      }
    }
    return PassRecord(queriesPerSecond: queries, gradientsPerSecond: gradients)
  }

  /// Examples a second of some work on a tile.
  private func rate(_ work: @escaping () throws -> Void) throws -> Double {
    let seconds = try times(of: [work])[0].sorted()
    return Double(ModelVictim.tileSize) / max(seconds[seconds.count / 2], 1e-9)
  }

  /// How long some works take that take turns: seconds, a row for each.
  private func times(of works: [() throws -> Void]) throws -> [[Double]] {
    for _ in 0..<Self.warmUps {
      for work in works { try work() }
    }
    var samples: [[Double]] = works.map { _ in [] }
    var spent = 0.0
    for repetition in 0..<Self.mostRepetitions {
      if repetition >= Self.leastRepetitions, spent > Self.patience { break }
      for (index, work) in works.enumerated() {
        let start = clock()
        try work()
        let seconds = clock() - start
        samples[index].append(seconds)
        spent += seconds
      }
    }
    return samples
  }

  /// The time of a forward pass, and what it is against the dense parent's.
  struct Timing {
    /// Milliseconds on one core.
    let latency: MedianRecord?
    /// The parent's time over this model's, pass by pass; nil for a dense model.
    let speedup: MedianRecord?
  }

  /// Times forward passes on one core; a model and its dense parent take turns, so that whatever else
  /// the machine does slows both.
  ///
  /// - Parameters:
  ///   - classifier: The model.
  ///   - network: What is timed of it; nil for its usual network.
  ///   - parent: The dense model; nil for a dense one.
  ///   - batchSize: The examples of a pass.
  /// - Returns: Time and speed-up.
  /// - Throws: What a script model throws.
  func timing(
    _ classifier: Classifier, as network: (any Network)? = nil, parent: Classifier?, batchSize: Int
  ) throws -> Timing {
    let input = classifier.architecture.probe(batchSize)
    let networks = [network ?? classifier.network] + (parent.map { [$0.network] } ?? [])
    let samples = try times(
      of: networks.map { network in
        { _ = try withoutGradients { try network.logits(input) } }
      })
    return Timing(
      latency: MedianRecord(samples[0].map { $0 * 1_000 }),
      speedup: samples.count == 1
        ? nil
        : MedianRecord(zip(samples[1], samples[0]).map { $0 / max($1, .leastNormalMagnitude) })
    )
  }
}

extension VariantRecord {
  /// Measures a variant.
  ///
  /// - Parameters:
  ///   - variant: The model and what it took to make it.
  ///   - parent: The dense model that it comes from; nil for a dense one.
  ///   - packed: The bytes of its packed artefact.
  ///   - footprint: The clock to measure by.
  ///   - examples: Inputs by which kernels for integers are held against their simulation.
  ///   - threat: The ball in which those are attacked as well.
  /// - Throws: What a script model throws.
  init(
    _ variant: VariantMaker.Variant, parent: Classifier?, packed: Int, footprint: Footprint,
    examples: Examples, threat: ThreatModel
  ) throws {
    let classifier = variant.classifier
    let parameters = classifier.parameters
    let adds = try footprint.multiplyAdds(classifier)
    let dense = try parent.map { try footprint.multiplyAdds($0).dense } ?? adds.dense
    let integers = classifier.integerNetwork
    let found = try integers.map { try IntegerKernelRecord($0, classifier, examples, threat) }
    let timed = found?.isFaithful == true ? integers : nil
    let one = try footprint.timing(classifier, as: timed, parent: parent, batchSize: 1)
    let many = try footprint.timing(classifier, as: timed, parent: parent, batchSize: 64)
    self.init(
      id: variant.plan.id, parent: variant.plan.parent,
      architecture: classifier.architecture.name, training: variant.plan.training.description,
      compression: variant.plan.recipe?.description ?? "none", seed: variant.plan.seed,
      sparsity: SparsityRecord(
        requested: variant.plan.sparsity.value, achieved: classifier.sparsity),
      parameters: parameters.parameterCount, nonzeroParameters: parameters.nonZeroCount,
      macs: adds.effective, denseMacs: dense, packedBytes: packed,
      denseBytes: (parent?.parameters ?? parameters).parameterCount * MemoryLayout<Float>.size,
      latency: one.latency, latencyBatch64: many.latency, speedup: one.speedup,
      speedupBatch64: many.speedup,
      kernels: classifier.isQuantized ? timed == nil ? .simulated : .integer : nil,
      search: variant.search,
      sha256: ModelDigest.hex(of: parameters),
      seconds: variant.stageSeconds.values.reduce(0, +), stageSeconds: variant.stageSeconds)
    integerKernels = found
    passes = try footprint.passes(classifier)
  }
}

extension Classifier {
  /// Whether any parameter is stored as integers.
  var isQuantized: Bool {
    parameters.parameters.contains { if case .quantized = $0.weight { true } else { false } }
  }
}

extension MedianRecord {
  /// The median of some measurements; nil where they are too few.
  init?(_ samples: [Double]) {
    guard let median = MedianInterval(samples: samples, level: 0.95) else { return nil }
    self.init(median: median.median, low: median.low, high: median.high)
  }
}
