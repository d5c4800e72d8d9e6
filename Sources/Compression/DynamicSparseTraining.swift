// SPDX-License-Identifier: GPL-3.0-or-later

internal import Glibc
import Records
public import RobustCore
public import Statistics
import Torch

/// Training that is sparse from the start and moves its weights to better places on the way.
///
/// The first mask is drawn at random. At each update the smallest weights of every layer are dropped,
/// and as many places grow, with the weight zero; a weight that grows where it was dropped stays.
///
/// > Source: Evci et al. "Rigging the Lottery: Making All Tickets Winners." ICML 2020,
/// > [arXiv:1911.11134](https://arxiv.org/abs/1911.11134), section 3, algorithm 1; growing at random,
/// > Mocanu et al. "Scalable Training of Artificial Neural Networks with Adaptive Sparse
/// > Connectivity." Nature Communications 2018,
/// > [arXiv:1707.04780](https://arxiv.org/abs/1707.04780), algorithm 2.
///
/// - Note: Momenta restart at every update. A model file has no initialisation: its own weights stand
///   for it.
public struct DynamicSparseTraining: Compression {
  /// Where weights grow.
  public enum Growth: Sendable, Hashable {
    /// Where the gradient is largest; updates become smaller along half a cosine.
    case gradient(batches: Int)
    /// Anywhere; all updates are of one size.
    case random
  }

  /// Where weights grow.
  public var growth: Growth
  /// How many weights each layer has.
  public var scope: MaskScope
  /// The length of the training in passes over the training data; nil takes that of the dense model.
  public var epochs: Double?
  /// Updates of the mask along the first three quarters of the training.
  public var updates: Int
  /// The share of a layer's weights that the first update moves.
  public var fraction: Double

  /// Updates come along this share of the training.
  private static let movingShare = 0.75

  /// Creates the method.
  public init(
    growth: Growth, scope: MaskScope = .erk, epochs: Double? = nil, updates: Int = 15,
    fraction: Double = 0.3
  ) {
    self.growth = growth
    self.scope = scope
    self.epochs = epochs
    self.updates = updates
    self.fraction = fraction
  }

  /// As many as stated, or those of the dense model.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs ?? dense }

  /// Draws a mask and trains; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let names = classifier.architecture.prunable
    var current = classifier.replacing(
      parameters: tuning.initial(classifier.architecture).masked(like: classifier))
    let lots = try await Importance.random.scores(
      current, tuning: tuning, random: random.split("mask"))
    current.parameters = current.parameters.pruned(
      names, to: classifier.ownShare(reaching: sparsity), scores: lots, scope: scope)
    guard epochs != 0 else { return current }
    var share = 0.0
    for update in 1...updates {
      let progress = Double(update) / Double(updates + 1)
      current.parameters = try await trained(current, tuning, share...progress * Self.movingShare)
      share = progress * Self.movingShare
      let growing = try await scores(current, tuning, random.split("grow").split(update))
      for name in names {
        guard let weight = current.parameters[name], let score = growing[name] else { continue }
        current.parameters[name] = Self.moved(weight, growing: score, share: moved(at: progress))
      }
    }
    return current.replacing(parameters: try await trained(current, tuning, share...1))
  }

  private func trained(
    _ classifier: Classifier, _ tuning: any Tuning, _ span: ClosedRange<Double>
  ) async throws -> ParameterSet {
    try await tuning.tuned(classifier, TuningSchedule(epochs: epochs, span: span, rate: .full))
  }

  /// The share of a layer's weights that an update moves.
  func moved(at progress: Double) -> Double {
    switch growth {
    case .gradient: fraction / 2 * (1 + cos(Double.pi * progress))
    case .random: fraction
    }
  }

  private func scores(
    _ classifier: Classifier, _ tuning: any Tuning, _ random: RandomKey
  ) async throws -> [String: Tensor] {
    switch growth {
    case .gradient(let batches):
      let gradients = try await tuning.batchGradients(of: classifier, batches: batches)
      return classifier.architecture.prunable.reduce(into: [:]) { scores, name in
        let parts = gradients.compactMap { $0[name] }
        scores[name] =
          parts.dropFirst().reduce(parts.first) { sum, part in sum.map { $0 + part } }?
          .absolute
      }
    case .random:
      return try await Importance.random.scores(classifier, tuning: tuning, random: random)
    }
  }

  /// A masked weight with some of its places moved; their number stays.
  ///
  /// - Parameters:
  ///   - weight: A masked weight; a dense one has nowhere to grow and stays.
  ///   - score: Places without a weight grow in falling order of it, of equal ones the earlier first.
  ///   - share: The share of the stored weights that moves, rounded down.
  /// - Returns: The weight with as many places as before.
  static func moved(_ weight: Weight, growing score: Tensor, share: Double) -> Weight {
    guard let mask = weight.mask?.reshaped([-1]) else { return weight }
    let count = Int((share * Double(weight.storedCount)).rounded(.down))
    guard count > 0 else { return weight }
    let infinite = Tensor(repeating: .infinity, shape: [])
    let sizes = mask.select(weight.applied.absolute.reshaped([-1]), else: infinite)
    let dropped = sizes.sorted(along: 0).indices.slice(0..<count)
    let staying = mask.scattering(0, at: dropped, along: 0)
    let places = staying.select(-infinite, else: score.reshaped([-1]))
    let grown = places.sorted(along: 0, descending: true).indices.slice(0..<count)
    return .masking(
      weight.applied,
      with: staying.scattering(1, at: grown, along: 0).reshaped(weight.applied.shape))
  }
}

extension CompressionMember {
  /// By dropping and growing, where gradients are large.
  static let rigl = CompressionMember(
    "rigl", "sparse from the start: small weights drop, others grow where gradients are large",
    citation: "Evci et al., ICML 2020, arXiv:1911.11134", stage: .weights,
    parameters: [
      ParameterSchema(
        "batches", .integer(1...100_000), default: .integer(4),
        summary: "training batches whose gradient decides where weights grow")
    ] + ParameterSchema.dynamic
  ) { values in
    DynamicSparseTraining(.gradient(batches: values.integer("batches")), values)
  }

  /// By dropping and growing, anywhere.
  static let set = CompressionMember(
    "set", "sparse from the start: small weights drop, others grow at random",
    citation: "Mocanu et al., Nature Communications 2018, arXiv:1707.04780", stage: .weights,
    parameters: ParameterSchema.dynamic
  ) { values in DynamicSparseTraining(.random, values) }
}

extension DynamicSparseTraining {
  fileprivate init(_ growth: Growth, _ values: ParameterValues) {
    self.init(
      growth: growth, scope: values.choice("scope"), epochs: values.optionalReal("epochs"),
      updates: values.integer("updates"), fraction: values.real("fraction"))
  }
}

extension ParameterSchema {
  fileprivate static let dynamic: [ParameterSchema] = [
    .scope(.erk), .ownEpochs,
    ParameterSchema(
      "updates", .integer(1...100_000), default: .integer(15),
      summary: "updates of the mask along the first three quarters of the training"),
    ParameterSchema(
      "fraction", .real(0...1), default: .real(0.3),
      summary: "share of a layer's weights that the first update moves"),
  ]
}
