// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore

/// The widths of a graph's layers: the channels and units that may be fewer.
///
/// Layers whose outputs are added have one width; inputs and logits keep theirs.
struct LayerWidths {
  /// The graph whose widths these are.
  let graph: Graph
  /// The widths that may change, by group.
  private(set) var widths: [Int]
  /// The group of each layer's output; nil where the width is fixed.
  private let groups: [Int?]
  /// The channels of each layer's output.
  private let outputs: [Int]

  /// Finds which layers share a width.
  ///
  /// - Throws: ``NarrowingError`` with code `unknownLayer`.
  init(_ graph: Graph, inputChannels: Int) throws(NarrowingError) {
    var union = Union()
    var roots: [Int] = []
    var outputs: [Int] = []
    for layer in graph.layers {
      let input = layer.inputs[0]
      switch layer.operation.widthRole {
      case .sets(let output):
        roots.append(union.add())
        outputs.append(output)
      case .follows:
        roots.append(input < 0 ? Union.input : roots[input])
        outputs.append(input < 0 ? inputChannels : outputs[input])
      case .joins:
        let other = layer.inputs[1]
        roots.append(
          union.join(
            input < 0 ? Union.input : roots[input], other < 0 ? Union.input : roots[other]))
        outputs.append(input < 0 ? inputChannels : outputs[input])
      case nil:
        throw NarrowingError(
          .unknownLayer, subject: "layer '\(layer.name)'",
          detail: "nothing is known of how it follows the width of its input",
          remedy: "choose a native model, or another compression")
      }
    }
    let found = roots.map { union.root($0) }
    let fixed: Set<Int> = [union.root(Union.input), found.last ?? Union.input]
    var widths: [Int] = []
    var numbers: [Int: Int] = [:]
    groups = found.enumerated().map { index, root in
      guard !fixed.contains(root) else { return nil }
      if let number = numbers[root] { return number }
      numbers[root] = widths.count
      widths.append(outputs[index])
      return numbers[root]
    }
    self.graph = graph
    self.outputs = outputs
    self.widths = widths
  }

  /// The graph with other widths.
  ///
  /// - Parameter widths: One for each of ``widths``, at least one each.
  func graph(with widths: [Int]) -> Graph {
    func width(_ layer: Int, _ old: Int) -> Int {
      guard layer >= 0, let group = groups[layer] else { return old }
      return widths[group] * (old / outputs[layer])
    }
    var narrowed = Graph()
    for (index, layer) in graph.layers.enumerated() {
      let input = layer.inputs[0]
      let operation: Layer.Operation
      switch layer.operation {
      case .convolution(let old, let output, let kernel, let stride, let padding, let bias):
        operation = .convolution(
          input: width(input, old), output: width(index, output), kernel: kernel, stride: stride,
          padding: padding, bias: bias)
      case .linear(let old, let output):
        operation = .linear(input: width(input, old), output: width(index, output))
      case .batchNorm(let channels):
        operation = .batchNorm(channels: width(index, channels))
      default:
        operation = layer.operation
      }
      narrowed.append(layer.name, operation, reading: layer.inputs)
    }
    return narrowed
  }

  /// The widths times a factor, rounded down, at least one each.
  func scaled(by factor: Double) -> [Int] {
    widths.map { max(1, Int((Double($0) * factor).rounded(.down))) }
  }
}

/// How a layer's output width comes about.
private enum WidthRole {
  /// The layer has a width of its own.
  case sets(Int)
  /// It is that of the input.
  case follows
  /// It is that of both inputs.
  case joins
}

extension Layer.Operation {
  /// How the output's width comes about; nil for a layer of which that is not known.
  fileprivate var widthRole: WidthRole? {
    if case .convolution(_, let output, _, _, _, _) = self { return .sets(output) }
    if case .linear(_, let output) = self { return .sets(output) }
    if case .batchNorm = self { return .follows }
    if case .normalize = self { return .follows }
    if self == .add { return .joins }
    let following: Set<Layer.Operation> = [.relu, .maxPoolRelu, .globalAveragePool, .flatten]
    return following.contains(self) ? .follows : nil
  }
}

extension Graph {
  /// The weights of convolutions and linear layers.
  var prunableCount: Int {
    layers.reduce(0) { sum, layer in
      switch layer.operation {
      case .convolution(let input, let output, let kernel, _, _, _):
        sum + input * output * kernel * kernel
      case .linear(let input, let output): sum + input * output
      default: sum
      }
    }
  }
}

/// Sets that grow together.
private struct Union {
  /// The set of the model's input.
  static let input = 0

  private var parents = [Union.input]

  mutating func add() -> Int {
    parents.append(parents.count)
    return parents.count - 1
  }

  func root(_ member: Int) -> Int {
    var root = member
    while parents[root] != root { root = parents[root] }
    return root
  }

  mutating func join(_ one: Int, _ other: Int) -> Int {
    let (first, second) = (root(one), root(other))
    parents[max(first, second)] = min(first, second)
    return min(first, second)
  }
}
