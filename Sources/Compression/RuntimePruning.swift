// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// Units that are left out input by input: behind every hidden rectifier the largest values stay.
///
/// No parameter goes. Where the choice changes the answer jumps, so the model has no gradients
/// everywhere.
///
/// > Source: Xiao et al. "Enhancing Adversarial Defense by k-Winners-Take-All." ICLR 2020,
/// > [arXiv:1905.10510](https://arxiv.org/abs/1905.10510), section 3.
///
/// - Note: Their rectifiers give way to the choice; here it comes behind them, so that a trained model
///   keeps its function as the share rises to one.
public struct RuntimePruning: Compression {
  /// The share of the values of each layer that stays.
  public var keep: Double

  /// Creates the method.
  public init(keep: Double) { self.keep = keep }

  /// Every parameter stays.
  public var removesParameters: Bool { false }

  /// What is chosen input by input has no gradient everywhere.
  public var keepsGradients: Bool { false }

  /// Refuses a model whose layers are not known, and one that has nothing to choose from.
  ///
  /// - Throws: ``CompressionError`` with code `unknownLayers` or `noRectifiers`.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    if let native = architecture as? GraphArchitecture {
      guard native.graph.layers.contains(where: \.operation.isRectifier) else {
        throw CompressionError(
          .noRectifiers, subject: "'runtime' of model '\(native.name)'",
          detail: "it has no hidden rectifier behind which units could be chosen",
          remedy: "choose another compression, or a model with hidden layers")
      }
      return
    }
    throw CompressionError(
      .unknownLayers, subject: "'runtime' of model '\(architecture.name)'",
      detail: "the hidden layers whose units are to be chosen are not known",
      remedy: "take a native model; `robust-eval list models` names them")
  }

  /// Adds the choices; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    try check(classifier.architecture, to: sparsity)
    guard let native = classifier.architecture as? GraphArchitecture else { return classifier }
    return classifier.replacing(
      architecture: GraphArchitecture(
        name: native.name, inputShape: native.inputShape, classes: native.classes,
        graph: native.graph.keepingLargest(keep)),
      parameters: classifier.parameters)
  }
}

extension Graph {
  /// The layers with a choice of the largest values behind every rectifier.
  fileprivate func keepingLargest(_ share: Double) -> Graph {
    var result = Graph()
    var newIndex = [-1: -1]
    for (index, layer) in layers.enumerated() {
      newIndex[index] = result.append(
        layer.name, layer.operation, reading: layer.inputs.map { newIndex[$0] ?? $0 })
      if layer.operation.isRectifier {
        newIndex[index] = result.append(
          "choose\(index)", .keepLargest(share: share), reading: newIndex[index].map { [$0] })
      }
    }
    return result
  }
}

extension Layer.Operation {
  /// Whether small values of hidden units become zero, or close to it.
  fileprivate var isRectifier: Bool {
    switch self {
    case .relu, .maxPoolRelu, .gelu: true
    default: false
    }
  }
}

extension CompressionMember {
  /// Units that are left out input by input.
  static let runtime = CompressionMember(
    "runtime", "of every hidden layer the units of largest value are computed with, input by input",
    citation: "Xiao et al., ICLR 2020, arXiv:1905.10510", stage: .runtime,
    parameters: [
      ParameterSchema(
        "keep", .real(0.001...0.999), default: .real(0.5),
        summary: "the share of the units that stays")
    ]
  ) { values in RuntimePruning(keep: values.real("keep")) }
}
