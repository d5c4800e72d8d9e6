// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics
import Torch

/// Low-rank factorisation: layers become chains of smaller ones that keep most of their energy.
///
/// The budget is spread over the layers so that least of their energy is lost for each weight saved. A
/// layer stays whole where its factors would have no fewer weights.
public struct LowRank: Compression {
  /// How a kernel is factorised; a linear layer is a matrix in either way.
  public enum Method: String, Sendable, CaseIterable {
    /// Inputs and outputs: a 1×1 convolution, a smaller kernel, a 1×1 convolution.
    ///
    /// > Source: Kim et al. "Compression of Deep Convolutional Neural Networks for Fast and Low Power
    /// > Mobile Applications." ICLR 2016, [arXiv:1511.06530](https://arxiv.org/abs/1511.06530).
    case tucker
    /// Outputs alone: a kernel of fewer outputs and a 1×1 convolution.
    ///
    /// > Source: Zhang et al. "Accelerating Very Deep Convolutional Networks for Classification and
    /// > Detection." 2015, [arXiv:1505.06798](https://arxiv.org/abs/1505.06798), section 3.1.
    case svd
  }

  /// How kernels are factorised.
  public var method: Method
  /// Whether directions are weighed by the activations of training inputs.
  ///
  /// > Source: Zhang et al., as above, section 3.1: the principal directions of a layer's responses.
  public var isWeighted: Bool
  /// Training inputs that activations are measured on.
  public var samples: Int
  /// The length of the fine-tuning in passes over the training data; zero leaves it out.
  public var epochs: Double

  /// Creates the method.
  public init(
    method: Method = .tucker, isWeighted: Bool = false, samples: Int = 512, epochs: Double = 1
  ) {
    self.method = method
    self.isWeighted = isWeighted
    self.samples = samples
    self.epochs = epochs
  }

  /// Whether ranks of one are little enough; see ``Compression``.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    guard sparsity > 0 else { return }
    let layered = try architecture.layers()
    let sizes = layered.graph.layers.compactMap(\.weightShape)
    let dense = layered.graph.prunableCount
    let least = sizes.reduce(layered.graph.wholeCount) { sum, shape in
      sum
        + RankCurve.leastCount(
          outputs: shape[0], inputs: shape[1], area: shape[2...].reduce(1, *),
          cutsInputs: method == .tucker)
    }
    guard least <= weightBudget(of: dense, at: sparsity) else {
      throw unreachable(architecture, sparsity, least, dense)
    }
  }

  private func unreachable(
    _ architecture: any Architecture, _ sparsity: Double, _ least: Int, _ all: Int
  ) -> CompressionError {
    .unreachable("low-rank", of: architecture.name, sparsity: sparsity, least: least, all: all)
  }

  /// Those of the fine-tuning.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs }

  /// Factorises and fine-tunes; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let (current, architecture) = try classifier.layered()
    let graph = architecture.graph
    let tensors = current.parameters.applied
    let moments =
      isWeighted ? graph.moments(try tuning.calibrationInputs(samples), tensors: tensors) : [:]
    for (name, moment) in moments where !moment.isFinite {
      throw CompressionError(
        .notFinite, subject: "'low-rank' of model '\(architecture.name)'",
        detail: "what goes through '\(name)' is too large to be squared",
        remedy: "train the model anew, or leave weighted=true out")
    }
    let layers = graph.layers.compactMap { layer -> FactorableLayer? in
      guard layer.weightShape != nil, let weight = tensors["\(layer.name).weight"] else {
        return nil
      }
      return FactorableLayer(
        name: layer.name, weight: layer.outputsFirst(weight), cutsInputs: method == .tucker,
        moments: moments[layer.name])
    }
    let curves = layers.map(\.curve)
    let whole = graph.wholeCount
    let budget = current.prunableBudget(at: sparsity) - whole
    guard let points = RankCurve.points(of: curves, budget: budget) else {
      let least = curves.reduce(whole) { $0 + ($1.points.first?.count ?? 0) }
      throw unreachable(architecture, sparsity, least, current.densePrunableCount)
    }
    var factored: [String: LayerFactors] = [:]
    for (layer, point) in zip(layers, points) where point.ranks != .whole {
      factored[layer.name] = layer.factors(point.ranks)
    }
    let result = graph.factorized(current.parameters, by: factored)
    let smaller = current.replacing(
      architecture: architecture.replacing(result.graph), parameters: result.parameters)
    guard epochs > 0 else { return smaller }
    return smaller.replacing(
      parameters: try await tuning.tuned(smaller, TuningSchedule(epochs: epochs)))
  }
}

extension Graph {
  /// The weights of recurrent layers, which stay whole: their gates share one state.
  fileprivate var wholeCount: Int {
    layers.filter { $0.weightShape == nil }.flatMap(\.matrices)
      .reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}

extension Layer {
  /// `[outputs, inputs, height, width]`, or without the last two; nil where there is no weight matrix.
  var weightShape: [Int]? {
    switch operation {
    case .convolution(let input, let output, let kernel, _, _, _):
      [output, input, kernel, kernel]
    case .linear(let input, let output, _): [output, input]
    case .wordConvolution(let input, let output, let width, _): [output, input, width, 1]
    case .embedding(let words, let width): [width, words - 1]
    default: nil
    }
  }

  /// The weight with the outputs in the first dimension, as all but tables of words have it.
  fileprivate func outputsFirst(_ weight: Tensor) -> Tensor {
    if case .embedding = operation { weight.transposed(0, 1) } else { weight }
  }
}

extension CompressionMember {
  /// Chains of smaller layers.
  static let lowRank = CompressionMember(
    "low-rank", "layers become chains of smaller ones, with ranks by energy across layers",
    citation: "Kim et al., ICLR 2016, arXiv:1511.06530", stage: .shape,
    parameters: [
      ParameterSchema(
        "method", .choice(LowRank.Method.allCases.map(\.rawValue)), default: .choice("tucker"),
        summary: "kernels cut on both sides, or on that of the outputs alone"),
      ParameterSchema(
        "weighted", .boolean, default: .boolean(false),
        summary: "weigh directions by activations of training inputs"),
      ParameterSchema(
        "samples", .integer(1...1_000_000), default: .integer(512),
        summary: "training inputs that activations are measured on"),
      .fineTuningEpochs,
    ]
  ) { values in
    LowRank(
      method: values.choice("method"), isWeighted: values.boolean("weighted"),
      samples: values.integer("samples"), epochs: values.real("epochs"))
  }
}
