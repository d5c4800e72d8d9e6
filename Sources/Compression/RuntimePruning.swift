// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics
import Torch

/// Units that are left out input by input, behind every hidden rectifier.
///
/// No parameter goes. Where the choice changes the answer jumps, so the model has no gradients
/// everywhere.
public struct RuntimePruning: Compression {
  /// What decides which units stay.
  public enum Gate: Sendable, Hashable {
    /// Their own size: the largest values stay.
    ///
    /// > Source: Xiao et al. "Enhancing Adversarial Defense by k-Winners-Take-All." ICLR 2020,
    /// > [arXiv:1905.10510](https://arxiv.org/abs/1905.10510), section 3.
    ///
    /// - Note: Their rectifiers give way to the choice; here it comes behind them, so that a trained
    ///   model keeps its function as the share rises to one.
    case winners
    /// A saliency for each block of `width` channels, predicted from what the layer reads, by which
    /// what stays is multiplied. Predictors and weights are trained together.
    ///
    /// > Source: Gao et al. "Dynamic Channel Pruning: Feature Boosting and Suppression." ICLR 2019,
    /// > [arXiv:1810.05331](https://arxiv.org/abs/1810.05331), section 3.
    ///
    /// - Note: Blocks share a predictor's row, units of linear layers have one too, and saliencies are
    ///   not penalised: the share alone limits them. In training the gradient passes through what is
    ///   left out as if it stayed, so that a predictor can bring it back.
    case learned(width: Int, epochs: Double)
  }

  /// The share of the values or blocks of each layer that stays.
  public var keep: Double
  /// What decides.
  public var gate: Gate

  /// Creates the method.
  public init(keep: Double, gate: Gate = .winners) {
    self.keep = keep
    self.gate = gate
  }

  /// Every parameter stays.
  public var removesParameters: Bool { false }

  /// What is chosen input by input has no gradient everywhere.
  public var keepsGradients: Bool { false }

  /// Refuses a model whose layers are not known, and one that has nothing to choose from.
  ///
  /// - Throws: ``CompressionError`` with code `unknownLayers` or `noRectifiers`, or what names an operator.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    let layers = try architecture.layers()
    guard layers.graph.layers.contains(where: \.isRectifier) else {
      throw CompressionError(
        .noRectifiers, subject: "'runtime' of model '\(layers.name)'",
        detail: "it has no hidden rectifier behind which units could be chosen",
        remedy: "choose another compression, or a model with hidden layers")
    }
    if case .learned = gate, layers.words != nil {
      throw CompressionError(
        .unknownLayers, subject: "'runtime:gate=learned' of model '\(layers.name)'",
        detail: "learned gates choose channels of images, and it reads words",
        remedy: "take gate=winners")
    }
  }

  /// Those of gates that are learned.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double {
    if case .learned(_, let epochs) = gate { epochs } else { 0 }
  }

  /// Adds the choices, and trains those that are learned; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    try check(classifier.architecture, to: sparsity)
    let (classifier, architecture) = try classifier.layered()
    switch gate {
    case .winners:
      return classifier.replacing(
        architecture: architecture.replacing(architecture.graph.keepingLargest(keep)),
        parameters: classifier.parameters)
    case .learned(let width, let epochs):
      let gated = gated(classifier, architecture, width: width, random)
      guard epochs > 0 else { return gated }
      return gated.replacing(
        parameters: try await tuning.tuned(gated, TuningSchedule(epochs: epochs)))
    }
  }

  private func gated(
    _ classifier: Classifier, _ architecture: GraphArchitecture, width: Int, _ random: RandomKey
  ) -> Classifier {
    let graph = architecture.graph.gating(
      keep, width: width, input: Tensor(repeating: 0.5, shape: [1] + architecture.inputShape),
      tensors: classifier.parameters.applied)
    let gated = architecture.replacing(graph)
    var parameters = classifier.parameters
    for (name, weight) in gated.initialParameters(random: random).parameters
    where parameters[name] == nil {
      parameters[name] = weight
    }
    return classifier.replacing(architecture: gated, parameters: parameters)
  }
}

extension CompressionMember {
  private enum Kind: String, CaseIterable {
    case winners
    case learned
  }

  /// Units that are left out input by input.
  static let runtime = CompressionMember(
    "runtime", "of every hidden layer the units that matter most are computed with, input by input",
    citation: "Xiao et al., ICLR 2020, arXiv:1905.10510; Gao et al., ICLR 2019, arXiv:1810.05331",
    stage: .runtime,
    // Gates are trained, which integers are not.
    stageOf: { $0.choice("gate") == Kind.learned ? .gates : .runtime },
    parameters: [
      ParameterSchema(
        "gate", .choice(Kind.allCases.map(\.rawValue)), default: .choice(Kind.winners.rawValue),
        summary: "the largest values stay, or blocks of channels by a saliency that is learned"),
      ParameterSchema(
        "keep", .real(0.001...0.999), default: .real(0.5),
        summary: "the share of the units that stays"),
      ParameterSchema(
        "block", .integer(1...65_536), default: nil,
        summary: "channels that a learned gate treats alike; 4 if not stated"),
      ParameterSchema(
        "epochs", .real(0...10_000), default: nil,
        summary: "training of learned gates in passes over the training data; 0.5 if not stated"),
    ]
  ) { values throws(SpecificationError) in
    let (width, epochs) = (values.optionalInteger("block"), values.optionalReal("epochs"))
    guard values.choice("gate") == Kind.winners else {
      return RuntimePruning(
        keep: values.real("keep"), gate: .learned(width: width ?? 4, epochs: epochs ?? 0.5))
    }
    guard width == nil, epochs == nil else {
      throw SpecificationError(
        .unknownParameter, subject: "compression 'runtime:gate=winners'",
        detail: "nothing of it is learned, so it has no 'block' and no 'epochs'",
        remedy: "leave them out, or ask for gate=learned")
    }
    return RuntimePruning(keep: values.real("keep"))
  }
}
