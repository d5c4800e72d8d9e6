// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// N:M sparsity: of every M weights along the input at most N stay, those of greatest size.
///
/// The pattern is the one that sparse tensor cores read. A row is what one output reads, in the order
/// height, width, input channel; where its length is no multiple of M its last group is shorter, and
/// the layer as a whole keeps no more than the share N / M.
///
/// > Source: Mishra et al. "Accelerating Sparse Deep Neural Networks." 2021,
/// > [arXiv:2104.08378](https://arxiv.org/abs/2104.08378), sections 3 and 4.
public struct FineGrainedPruning: Compression {
  /// N.
  public var kept: Int
  /// M.
  public var group: Int
  /// The length of the fine-tuning in passes over the training data; zero leaves it out.
  public var epochs: Double

  private var pattern: FineGrainedPattern { FineGrainedPattern(kept: kept, group: group) }

  /// Creates the method.
  ///
  /// - Precondition: `1 <= kept < group`.
  public init(kept: Int = 2, group: Int = 4, epochs: Double = 1) {
    precondition((1..<group).contains(kept), "\(kept) of \(group) weights")
    self.kept = kept
    self.group = group
    self.epochs = epochs
  }

  /// Whether the pattern has the sparsity; see ``Compression``.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    try check(sparsity, of: architecture.name)
  }

  /// Those of the fine-tuning.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs }

  /// Masks and fine-tunes; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let share = 1 - (1 - sparsity) / (1 - classifier.sparsity)
    // An earlier step has most often taken a little more than its part, and left less to take here.
    if classifier.sparsity == 0 || share > pattern.sparsity {
      try check(share, of: classifier.architecture.name)
    }
    var current = classifier
    for name in classifier.architecture.prunable {
      current.parameters[name] = current.parameters[name].map(pattern.masking)
    }
    guard epochs > 0 else { return current }
    return current.replacing(
      parameters: try await tuning.tuned(current, TuningSchedule(epochs: epochs)))
  }

  private func check(_ sparsity: Double, of model: String) throws(CompressionError) {
    // Sparsities are read from text, where a third is 0.333; the report shows what was reached.
    guard sparsity > 0, abs(sparsity - pattern.sparsity) > 5e-4 else { return }
    let patterns = (1..<group).reversed().map { FineGrainedPattern(kept: $0, group: group) }
    // A long list helps nobody.
    let shown =
      patterns.count <= 7
      ? patterns
      : Array(
        patterns.sorted { abs($0.sparsity - sparsity) < abs($1.sparsity - sparsity) }.prefix(3))
    let possible = shown.map { "\($0.sparsity) (n=\($0.kept))" }
    throw CompressionError(
      .patternMismatch, subject: "'n-m:n=\(kept):m=\(group)' of model '\(model)'",
      detail: "the pattern has the sparsity \(pattern.sparsity), and"
        + " \((sparsity * 1e6).rounded() / 1e6) is asked for",
      remedy: "with m=\(group) ask for \(possible.joined(separator: ", "))")
  }
}

extension CompressionMember {
  /// N of every M weights.
  static let fineGrained = CompressionMember(
    "n-m",
    "of every m weights along the input the n largest stay, as sparse tensor cores read them",
    citation: "Mishra et al., 2021, arXiv:2104.08378", stage: .weights,
    parameters: [
      ParameterSchema(
        "n", .integer(1...63), default: .integer(2), summary: "weights of a group that stay"),
      ParameterSchema(
        "m", .integer(2...64), default: .integer(4), summary: "weights of a group"),
      .fineTuningEpochs,
    ]
  ) { values throws(SpecificationError) in
    let (kept, group) = (values.integer("n"), values.integer("m"))
    guard kept < group else {
      throw SpecificationError(
        .outOfRange, subject: "compression 'n-m:n=\(kept):m=\(group)'",
        detail: "n is \(kept) and m is \(group), expected fewer than m weights to stay",
        remedy: "choose n from 1 to \(group - 1)")
    }
    return FineGrainedPruning(kept: kept, group: group, epochs: values.real("epochs"))
  }
}
