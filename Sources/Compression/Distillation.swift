// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// A narrower model of the same family, trained from scratch to answer as the dense one does.
///
/// Every width is multiplied by one factor, the largest with which few enough parameters are left.
public struct Distillation: Compression {
  /// What the student lowers; nil for the variant's own loss, without a teacher.
  public var loss: DistillationLoss?
  /// The length of its training in passes over the training data; nil takes that of the dense model.
  public var epochs: Double?

  /// Creates the method.
  public init(loss: DistillationLoss?, epochs: Double? = nil) {
    self.loss = loss
    self.epochs = epochs
  }

  /// Says whether a width meets the sparsity.
  ///
  /// - Throws: ``CompressionError``.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    guard sparsity > 0 else { return }
    let layers = try architecture.layers()
    _ = try layers.narrowed(keeping: weightBudget(of: layers.graph.prunableCount, at: sparsity))
  }

  /// As many as stated, or those of the dense model.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs ?? dense }

  /// Trains the student; see ``Compression``.
  ///
  /// - Throws: ``CompressionError`` besides.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let architecture = try classifier.layered().architecture.narrowed(
      keeping: classifier.prunableBudget(at: sparsity))
    let student = classifier.replacing(
      architecture: architecture, parameters: tuning.initial(architecture))
    guard epochs != 0 else { return student }
    let schedule = TuningSchedule(
      epochs: epochs, rate: .full,
      loss: loss.map { .distillation($0, teacher: classifier.network) } ?? .own)
    return student.replacing(parameters: try await tuning.tuned(student, schedule))
  }
}

extension CompressionMember {
  /// A smaller student of the dense model.
  static let distill = CompressionMember(
    "distill", "a narrower model of the same kind learns from the dense one's answers",
    citation: "Hinton et al. 2015, arXiv:1503.02531; Goldblum et al., AAAI 2020,"
      + " arXiv:1905.09747; Zi et al., ICCV 2021, arXiv:2108.07969",
    stage: .model,
    parameters: [
      ParameterSchema(
        "loss", .choice(["none"] + DistillationLoss.Kind.allCases.map(\.rawValue)),
        default: .choice("rslad"),
        summary: "softened answers (kd), on attacked examples (ard), on both (rslad), no teacher"),
      ParameterSchema(
        "temperature", .real(0.01...1_000), default: nil,
        summary: "divides the logits; 4 for kd, 30 for ard and 1 for rslad if not stated"),
      ParameterSchema(
        "alpha", .real(0...1), default: nil,
        summary: "share of the softened term; 0.9 for kd, 1 for ard, 5/6 for rslad if not stated"),
      .ownEpochs,
    ]
  ) { values in
    Distillation(
      loss: DistillationLoss(values), epochs: values.optionalReal("epochs"))
  }
}

extension DistillationLoss {
  /// The loss that parameters name; nil for none.
  fileprivate init?(_ values: ParameterValues) {
    guard let kind = Kind(rawValue: values.word("loss")) else { return nil }
    // Goldblum et al., section 5.1, and Zi et al., section 4.1.
    let usual: (temperature: Double, alpha: Double) =
      switch kind {
      case .knowledge: (4, 0.9)
      case .adversariallyRobust: (30, 1)
      case .robustSoftLabels: (1, 5.0 / 6)
      }
    self.init(
      kind, temperature: values.optionalReal("temperature") ?? usual.temperature,
      alpha: values.optionalReal("alpha") ?? usual.alpha)
  }
}
