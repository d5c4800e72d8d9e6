// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Torch

/// What a model costs: multiply-adds, bytes and time.
struct Footprint {
  let clock: @Sendable () -> Double

  private static let repetitions = 31
  private static let warmUps = 3

  /// Multiply-adds of one forward pass, all and those whose weight is not zero.
  func multiplyAdds(_ classifier: Classifier) throws -> MultiplyAdds {
    let network = classifier.network
    let input = Tensor(repeating: 0.5, shape: [1] + classifier.architecture.inputShape)
    return try MultiplyAdds.counted {
      _ = try withoutGradients { try network.logits(input) }
    }
  }

  /// The median time of a forward pass on one core, in milliseconds.
  func latency(_ classifier: Classifier, batchSize: Int) throws -> LatencyRecord? {
    let network = classifier.network
    let input = Tensor(repeating: 0.5, shape: [batchSize] + classifier.architecture.inputShape)
    var samples: [Double] = []
    for repetition in 0..<Self.warmUps + Self.repetitions {
      let start = clock()
      _ = try withoutGradients { try network.logits(input) }
      if repetition >= Self.warmUps { samples.append((clock() - start) * 1_000) }
    }
    return MedianInterval(samples: samples, level: 0.95).map {
      LatencyRecord(median: $0.median, low: $0.low, high: $0.high)
    }
  }
}

extension VariantRecord {
  /// Measures a variant.
  ///
  /// - Parameters:
  ///   - variant: The model and what it took to make it.
  ///   - packed: The bytes of its packed artefact.
  ///   - footprint: The clock to measure by.
  /// - Throws: What a script model throws.
  init(_ variant: VariantMaker.Variant, packed: Int, footprint: Footprint) throws {
    let classifier = variant.classifier
    let parameters = classifier.parameters
    let adds = try footprint.multiplyAdds(classifier)
    self.init(
      id: variant.plan.id, parent: variant.plan.parent,
      architecture: classifier.architecture.name, training: variant.plan.training.description,
      compression: variant.plan.recipe?.description ?? "none", seed: variant.plan.seed,
      sparsity: SparsityRecord(
        requested: variant.plan.sparsity.value, achieved: classifier.sparsity),
      parameters: parameters.parameterCount, nonzeroParameters: parameters.nonZeroCount,
      macs: adds.effective, denseMacs: adds.dense, packedBytes: packed,
      denseBytes: parameters.parameterCount * MemoryLayout<Float>.size,
      latency: try footprint.latency(classifier, batchSize: 1),
      latencyBatch64: try footprint.latency(classifier, batchSize: 64),
      sha256: ModelDigest.hex(of: parameters),
      seconds: variant.stageSeconds.values.reduce(0, +), stageSeconds: variant.stageSeconds)
  }
}
