// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics
import Torch

/// Weights, and activations too, become integers of a few bits.
///
/// Batch normalisations are folded into the convolutions first, so that the integers are those that
/// run. Biases stay as they are.
///
/// > Source: Jacob et al. "Quantization and Training of Neural Networks for Efficient
/// > Integer-Arithmetic-Only Inference." CVPR 2018,
/// > [arXiv:1712.05877](https://arxiv.org/abs/1712.05877), sections 2 and 3.
public struct Quantization: Compression {
  /// How many scales a weight has.
  public enum Granularity: String, Sendable, CaseIterable {
    /// One for each output channel.
    case channel = "per-channel"
    /// One for the whole tensor.
    case tensor = "per-tensor"
  }

  /// The width of a weight's code.
  public var bits: Int
  /// How many scales a weight has.
  public var granularity: Granularity
  /// How a weight's zero lies among the codes; activations always are affine, as most are positive.
  public var scheme: QuantizationGrid.Scheme
  /// Whether the inputs of convolutions and matrices are rounded too, to 8 bits.
  public var activations: Bool
  /// How ranges are chosen.
  public var calibration: Calibration
  /// Training inputs that activations are measured on.
  public var inputs: Int
  /// The length of a quantisation-aware training in passes over the training data; zero leaves it out.
  public var epochs: Double

  static let activationBits = 8

  /// Creates the method.
  public init(
    bits: Int, granularity: Granularity = .channel,
    scheme: QuantizationGrid.Scheme = .symmetric, activations: Bool = true,
    calibration: Calibration = .minMax, inputs: Int = 256, epochs: Double = 0
  ) {
    self.bits = bits
    self.granularity = granularity
    self.scheme = scheme
    self.activations = activations
    self.calibration = calibration
    self.inputs = inputs
    self.epochs = epochs
  }

  /// Rounded activations have no gradient.
  public var keepsGradients: Bool { !activations }

  /// Every weight stays, in fewer bits.
  public var removesParameters: Bool { false }

  /// Refuses to round the activations of a model whose layers are not known.
  ///
  /// - Throws: ``CompressionError`` with code `unknownLayers`.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    guard activations else { return }
    do {
      _ = try architecture.layers()
    } catch let error as any InputError {
      throw CompressionError(
        .unknownLayers, subject: "'quantize' of model '\(architecture.name)'",
        detail: "the layers in front of which activations are to be rounded are not known:"
          + " \(error.detail)",
        remedy: "round the weights alone, as in quantize:activations=false")
    }
  }

  /// Those of a quantisation-aware training.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { epochs }

  /// Measures activations, rounds, and trains what was rounded; see ``Compression``.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    let folded = try prepared(classifier, tuning)
    let aware = QuantizationAware(inner: folded.architecture, grids: try grids(folded))
    guard epochs > 0 else { return folded.replacing(parameters: aware.rounded(folded.parameters)) }
    let trained = try await tuning.tuned(
      folded.replacing(architecture: aware, parameters: folded.parameters),
      TuningSchedule(epochs: epochs))
    return folded.replacing(parameters: aware.rounded(trained))
  }

  /// The model with folded normalisations and rounded activations; its weights still are real numbers.
  private func prepared(_ classifier: Classifier, _ tuning: any Tuning) throws -> Classifier {
    guard activations else { return classifier.foldingBatchNorms }
    try check(classifier.architecture, to: 0)
    let (folded, native) = try classifier.layered().classifier.foldingBatchNorms.layered()
    let inputs = try tuning.calibrationInputs(inputs)
    let graph = native.graph.quantizingActivations(
      measuredOn: inputs, tensors: folded.parameters.applied, calibration: calibration,
      bits: Self.activationBits)
    return folded.replacing(
      architecture: native.replacing(graph), parameters: folded.parameters)
  }

  /// The numbers that every prunable parameter is rounded to, by its name.
  ///
  /// - Throws: ``CompressionError`` with code `notFinite`.
  private func grids(_ classifier: Classifier) throws -> [String: QuantizationGrid] {
    try classifier.architecture.prunable.reduce(into: [:]) { grids, name in
      guard let weight = classifier.parameters[name] else { return }
      guard weight.applied.isFinite.not.nonZeroCount == 0 else {
        throw CompressionError(
          .notFinite, subject: "'quantize' of model '\(classifier.architecture.name)'",
          detail: "'\(name)' holds what is no finite number", remedy: "train the model anew")
      }
      grids[name] = grid(of: weight)
    }
  }

  private func grid(of weight: Weight) -> QuantizationGrid {
    func rows(_ tensor: Tensor) -> Tensor {
      granularity == .channel ? tensor.flattenedExamples : tensor.reshaped([1, -1])
    }
    return calibration.grid(
      rows: rows(weight.applied), mask: weight.mask.map(rows), bits: bits, scheme: scheme)
  }
}

extension Graph {
  /// The layers with rounding in front of every convolution and matrix.
  ///
  /// Layers of one part that read the same values share one; parts run apart, so each has its own.
  ///
  /// - Parameters:
  ///   - inputs: What activations are measured on, `[N, C, H, W]`.
  ///   - tensors: Parameters and buffers by name.
  ///   - calibration: How ranges are chosen.
  ///   - bits: The width of an activation's code.
  /// - Returns: A graph with the same names of parameters.
  func quantizingActivations(
    measuredOn inputs: Tensor, tensors: [String: Tensor], calibration: Calibration, bits: Int
  ) -> Graph {
    let outputs = withoutGradients { activations(inputs, tensors: tensors) }
    var rounded: [Reading: Int] = [:]
    return rewritten { result, index, sources in
      let layer = layers[index]
      var sources = sources
      if layer.hasWeight, let source = layer.inputs.first {
        let values = source < 0 ? inputs : outputs[source]
        let reading = Reading(source: source, part: part(containing: index))
        let name = "quantize\(rounded.count + 1)"
        sources[0] =
          rounded[reading]
          ?? result.append(
            name, .quantize(values, calibration: calibration, bits: bits), reading: [sources[0]])
        rounded[reading] = sources[0]
      }
      return result.append(layer.name, layer.operation, reading: sources)
    }
  }
}

/// What is rounded, and for whom.
private struct Reading: Hashable {
  let source: Int
  let part: Int?
}

extension Layer {
  /// Whether numbers are multiplied by a matrix; a table of words is read by ids.
  fileprivate var hasWeight: Bool {
    if case .embedding = operation { false } else { !matrices.isEmpty }
  }
}

extension Layer.Operation {
  fileprivate static func quantize(
    _ values: Tensor, calibration: Calibration, bits: Int
  ) -> Layer.Operation {
    let grid = calibration.grid(rows: values.reshaped([1, -1]), bits: bits, scheme: .affine)
    // The operator counts its codes from zero on.
    return .quantize(
      scale: grid.scale.scalar, zeroPoint: Int(grid.zeroPoint.scalar) - grid.codes.lowerBound,
      bits: bits)
  }
}

/// Bits as they are asked for.
private enum Width: String, CaseIterable {
  case eight = "8"
  case four = "4"
  case two = "2"

  var bits: Int {
    switch self {
    case .eight: 8
    case .four: 4
    case .two: 2
    }
  }
}

extension CompressionMember {
  /// Integers in the place of real numbers.
  static let quantize = CompressionMember(
    "quantize", "weights become integers of 8, 4 or 2 bits, and activations of 8",
    citation: "Jacob et al., CVPR 2018, arXiv:1712.05877", stage: .values,
    parameters: [
      ParameterSchema(
        "bits", .choice(Width.allCases.map(\.rawValue)), default: .choice(Width.eight.rawValue),
        summary: "the width of a weight"),
      ParameterSchema(
        "weights", .choice(Quantization.Granularity.allCases.map(\.rawValue)),
        default: .choice("per-channel"), summary: "one scale for each output channel, or in all"),
      ParameterSchema(
        "scheme", .choice(QuantizationGrid.Scheme.allCases.map(\.rawValue)),
        default: .choice("symmetric"), summary: "whether a weight's zero has the code zero"),
      ParameterSchema(
        "activations", .boolean, default: .boolean(true),
        summary: "whether the inputs of layers are rounded too"),
      ParameterSchema(
        "calibration", .choice(Calibration.allCases.map(\.rawValue)), default: .choice("min-max"),
        summary: "how the range of the integers is chosen"),
      ParameterSchema(
        "inputs", .integer(1...100_000), default: .integer(256),
        summary: "training inputs that activations are measured on"),
      ParameterSchema(
        "qat", .boolean, default: .boolean(false),
        summary: "whether the rounded model is trained on, its weights rounded in every pass"),
      ParameterSchema(
        "epochs", .real(0...10_000), default: nil,
        summary: "of that training, in passes over the training data; 0.5 if not stated"),
    ]
  ) { values in
    Quantization(
      bits: values.choice("bits", of: Width.self).bits, granularity: values.choice("weights"),
      scheme: values.choice("scheme"), activations: values.boolean("activations"),
      calibration: values.choice("calibration"), inputs: values.integer("inputs"),
      epochs: values.boolean("qat") ? values.optionalReal("epochs") ?? 0.5 : 0)
  }
}
