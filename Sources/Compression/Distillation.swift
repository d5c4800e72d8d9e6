// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// A narrower model of the same family, trained from scratch to answer as the dense one does.
///
/// Every width is multiplied by one factor, the largest with which few enough parameters are left.
public struct Distillation: Compression {
  /// Where a student's training starts.
  public enum Start: String, Sendable, CaseIterable {
    /// At fresh parameters; every width is the same share of the dense model's.
    case fresh
    /// At what is left of the dense model when its channels of least size are cut.
    case teacher
  }

  /// What the student lowers; nil for the variant's own loss, without a teacher.
  public var loss: DistillationLoss?
  /// The length of its training in passes over the training data; nil takes that of the dense model.
  public var epochs: Double?
  /// Where its training starts.
  public var start: Start

  /// Creates the method.
  public init(loss: DistillationLoss?, epochs: Double? = nil, start: Start = .fresh) {
    self.loss = loss
    self.epochs = epochs
    self.start = start
  }

  /// Says whether a width meets the sparsity.
  ///
  /// - Throws: ``CompressionError``.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    guard sparsity > 0 else { return }
    guard start == .fresh else {
      return try StructuredPruning(epochs: 0).check(architecture, to: sparsity)
    }
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
    let student = try await student(of: classifier, at: sparsity, tuning, random)
    guard epochs != 0 else { return student }
    let schedule = TuningSchedule(
      epochs: epochs, rate: .full,
      loss: loss.map { .distillation($0, teacher: classifier.network) } ?? .own)
    return student.replacing(parameters: try await tuning.tuned(student, schedule))
  }

  private func student(
    of classifier: Classifier, at sparsity: Double, _ tuning: any Tuning, _ random: RandomKey
  ) async throws -> Classifier {
    switch start {
    case .fresh:
      let architecture = try classifier.layered().architecture.narrowed(
        keeping: classifier.prunableBudget(at: sparsity))
      return classifier.replacing(
        architecture: architecture, parameters: tuning.initial(architecture))
    case .teacher:
      return try await StructuredPruning(epochs: 0).compressed(
        classifier, to: sparsity, tuning: tuning, random: random)
    }
  }
}

extension CompressionMember {
  /// A smaller student of the dense model.
  static let distill = CompressionMember(
    "distill", "a narrower model of the same kind learns from the dense one's answers",
    citation: "Hinton et al. 2015, arXiv:1503.02531; Goldblum et al., AAAI 2020,"
      + " arXiv:1905.09747; Zi et al., ICCV 2021, arXiv:2108.07969; Maroto et al. 2022,"
      + " arXiv:2203.07159",
    stage: .model,
    parameters: [
      ParameterSchema(
        "loss", .choice(["none"] + DistillationLoss.Kind.allCases.map(\.rawValue)),
        default: .choice("akd"),
        summary: "softened answers (kd), on attacked examples (ard), on both (rslad), beside labels"
          + " (akd), no teacher"),
      ParameterSchema(
        "temperature", .real(0.01...1_000), default: nil,
        summary: "divides the logits; 4 for kd, 1 for ard and rslad, 3 for akd if not stated"),
      ParameterSchema(
        "alpha", .real(0...1), default: nil,
        summary: "share of the softened term; 0.9 for kd, 1 for ard, 5/6 for rslad, 0.1 for akd if"
          + " not stated"),
      ParameterSchema(
        "start", .choice(Distillation.Start.allCases.map(\.rawValue)), default: .choice("fresh"),
        summary: "fresh parameters, or what cutting channels leaves of the dense model's"),
      .ownEpochs,
    ]
  ) { values in
    Distillation(
      loss: DistillationLoss(values), epochs: values.optionalReal("epochs"),
      start: values.choice("start"))
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
      // Goldblum et al. take 30, whose gradients are up to thirty times as large: with the learning rate
      // of an adversarial training the loss of `cnn` was soon no number, and 3 led to chance.
      case .adversariallyRobust: (1, 1)
      case .robustSoftLabels: (1, 5.0 / 6)
      case .adversarialKnowledge: (3, 0.1)
      }
    self.init(
      kind, temperature: values.optionalReal("temperature") ?? usual.temperature,
      alpha: values.optionalReal("alpha") ?? usual.alpha)
  }
}
