// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// A graph whose rounded layers really multiply integers, as far as libtorch has kernels for them.
///
/// A convolution or matrix runs so where its weights and its inputs are integers of 8 bits and its
/// result is rounded again before anything but a rectifier or a maximum reads it: then the sums become
/// the next codes without real numbers in between. Other layers run as in the graph, on the numbers
/// that the codes stand for.
///
/// Sums of integers are exact and those of real numbers are not, so that a code can lie one beside that
/// of the graph.
///
/// > Source: Jacob et al. "Quantization and Training of Neural Networks for Efficient
/// > Integer-Arithmetic-Only Inference." CVPR 2018,
/// > [arXiv:1712.05877](https://arxiv.org/abs/1712.05877), section 2.2.
public struct IntegerNetwork: Network {
  /// Layers that multiply integers.
  public var integerLayers: Int { steps.count }
  /// Layers that multiply, integers or real numbers.
  public let multiplyingLayers: Int
  private let graph: Graph
  private let tensors: [String: Tensor]
  private let steps: [Int: Step]
  /// Layers between a layer of integers and the rounding of its result, and that rounding.
  private let fused: Set<Int>

  /// A layer of integers with what follows it up to the rounding of its result.
  private struct Step {
    let layer: IntegerLayer
    let tail: Tail
  }

  private struct Tail {
    var layers: [Int] = []
    var rectifies = false
    var grid: Rounding
  }

  /// Packs the layers of a quantised model.
  ///
  /// - Returns: nil where no layer can multiply integers.
  public init?(_ graph: Graph, _ parameters: ParameterSet) {
    self.graph = graph
    tensors = parameters.applied
    var steps: [Int: Step] = [:]
    var multiplying = 0
    for (index, layer) in graph.layers.enumerated() {
      switch layer.operation {
      case .convolution, .linear: multiplying += 1
      default: continue
      }
      if let step = Self.step(graph, index, parameters) { steps[index] = step }
    }
    guard !steps.isEmpty else { return nil }
    self.steps = steps
    fused = Set(steps.values.flatMap(\.tail.layers))
    multiplyingLayers = multiplying
  }

  private static func step(_ graph: Graph, _ index: Int, _ parameters: ParameterSet) -> Step? {
    let layer = graph.layers[index]
    guard let source = layer.inputs.first, source >= 0,
      graph.layers[source].rounding != nil,
      case .quantized(let weight) = parameters["\(layer.name).weight"],
      weight.grid.zeroPoint.nonZeroCount == 0,
      let tail = tail(graph, of: index)
    else { return nil }
    let channels = weight.codes.size(0)
    let scales = weight.grid.scale + Tensor(repeating: 0, shape: [channels])
    let bias = parameters["\(layer.name).bias"]?.applied
    let packed =
      switch layer.operation {
      case .convolution(_, _, _, let stride, let padding, _):
        IntegerLayer(
          codes: weight.codes, scales: scales, bias: bias, stride: stride, padding: padding)
      default: IntegerLayer(codes: weight.codes, scales: scales, bias: bias)
      }
    return packed.map { Step(layer: $0, tail: tail) }
  }

  /// What a layer's result meets up to its rounding; nil where anything reads it before that does not
  /// commute with rounding.
  private static func tail(_ graph: Graph, of index: Int) -> Tail? {
    var layers: [Int] = []
    var rectifies = false
    var current = index
    while true {
      let readers = graph.layers.indices.filter { graph.layers[$0].inputs.contains(current) }
      guard let next = readers.first, readers.count == 1 else { return nil }
      layers.append(next)
      if let grid = graph.layers[next].rounding {
        return Tail(layers: layers, rectifies: rectifies, grid: grid)
      }
      switch graph.layers[next].operation {
      case .relu, .maxPoolRelu: rectifies = true
      case .maxPool(_, _, 0), .flatten: break
      default: return nil
      }
      current = next
    }
  }

  /// Values on their way through the layers.
  private enum Value {
    case numbers(Tensor)
    case codes(CodedTensor)

    var numbers: Tensor {
      switch self {
      case .numbers(let tensor): tensor
      case .codes(let codes): codes.values
      }
    }
  }

  /// Logits without a gradient.
  public func logits(_ input: Tensor) -> Tensor {
    var values: [Value] = []
    values.reserveCapacity(graph.layers.count)
    for (index, layer) in graph.layers.enumerated() {
      let inputs = layer.inputs.map { $0 < 0 ? .numbers(input) : values[$0] }
      values.append(value(of: index, layer, inputs))
    }
    return values.last?.numbers ?? input
  }

  private func value(of index: Int, _ layer: Layer, _ inputs: [Value]) -> Value {
    if case .codes(let codes) = inputs[0] {
      if let step = steps[index] {
        return .codes(
          step.layer.applied(
            to: codes, rectifies: step.tail.rectifies, scale: step.tail.grid.scale,
            zeroPoint: step.tail.grid.zeroPoint))
      }
      if fused.contains(index) {
        switch layer.operation {
        case .maxPoolRelu: return .codes(codes.maxPooled(2, stride: 2))
        case .maxPool(let kernel, let stride, _):
          return .codes(codes.maxPooled(kernel, stride: stride))
        case .flatten: return .codes(codes.flattened)
        // The layer of integers has rectified and rounded.
        default: return inputs[0]
        }
      }
      if case .flatten = layer.operation { return .codes(codes.flattened) }
    } else if let grid = layer.rounding {
      return .codes(
        CodedTensor(inputs[0].numbers, scale: grid.scale, zeroPoint: grid.zeroPoint))
    }
    return .numbers(graph.output(of: index, inputs.map(\.numbers), tensors: tensors))
  }
}

/// The numbers that codes of 8 bits stand for: `scale · (code − zeroPoint)`.
private struct Rounding {
  let scale: Double
  let zeroPoint: Int
}

extension Layer {
  /// The grid of a rounding to codes of 8 bits; nil for any other layer.
  fileprivate var rounding: Rounding? {
    guard case .quantize(let scale, let zeroPoint, 8) = operation else { return nil }
    return Rounding(scale: scale, zeroPoint: zeroPoint)
  }
}
