// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import Statistics
public import Torch

/// A model as a graph of layers with PyTorch's parameter names.
public struct GraphArchitecture: Architecture {
  /// The name in reports.
  public let name: String
  /// `[C, H, W]`.
  public let inputShape: [Int]
  /// The number of logits.
  public let classes: Int
  /// The layers.
  public let graph: Graph

  /// Names a graph.
  ///
  /// - Precondition: The graph's last layer gives `classes` values for inputs of `inputShape`.
  public init(name: String, inputShape: [Int], classes: Int, graph: Graph) {
    self.name = name
    self.inputShape = inputShape
    self.classes = classes
    self.graph = graph
  }

  /// The graph as JSON, from which ``init(name:inputShape:classes:structure:)`` makes it again.
  public var structure: String? {
    guard let text = try? CanonicalJSON.line(graph) else {
      preconditionFailure("a graph is made of names and numbers")
    }
    return text
  }

  /// Reads a graph that ``structure`` wrote.
  ///
  /// - Throws: A decoding error where the text is no graph.
  public init(name: String, inputShape: [Int], classes: Int, structure: String) throws {
    self.init(
      name: name, inputShape: inputShape, classes: classes,
      graph: try CanonicalJSON.value(Graph.self, from: structure))
  }

  /// The weights of convolutions and linear layers, in order.
  public var prunable: [String] {
    graph.layers.compactMap { layer in
      switch layer.operation {
      case .convolution, .linear: "\(layer.name).weight"
      default: nil
      }
    }
  }

  /// Normal weights of variance `2 / inputs`, zero biases, unit norms; biases of gates are one.
  ///
  /// > Source: He et al. "Delving Deep into Rectifiers." ICCV 2015,
  /// > [arXiv:1502.01852](https://arxiv.org/abs/1502.01852), section 2.2.
  public func initialParameters(random: RandomKey) -> ParameterSet {
    var set = ParameterSet()
    for layer in graph.layers {
      switch layer.operation {
      case .convolution(let input, let output, let kernel, _, _, let hasBias):
        set["\(layer.name).weight"] = .dense(
          normal([output, input, kernel, kernel], random.split("parameter/\(layer.name).weight")))
        if hasBias { set["\(layer.name).bias"] = .dense(Tensor(repeating: 0, shape: [output])) }
      case .linear(let input, let output, let hasBias):
        set["\(layer.name).weight"] = .dense(
          normal([output, input], random.split("parameter/\(layer.name).weight")))
        if hasBias { set["\(layer.name).bias"] = .dense(Tensor(repeating: 0, shape: [output])) }
      case .batchNorm(let channels):
        set["\(layer.name).weight"] = .dense(Tensor(repeating: 1, shape: [channels]))
        set["\(layer.name).bias"] = .dense(Tensor(repeating: 0, shape: [channels]))
        set[buffer: "\(layer.name).running_mean"] = Tensor(repeating: 0, shape: [channels])
        set[buffer: "\(layer.name).running_var"] = Tensor(repeating: 1, shape: [channels])
      case .gate(let input, let blocks, _, _):
        set["\(layer.name).weight"] = .dense(
          normal([blocks, input], random.split("parameter/\(layer.name).weight")))
        set["\(layer.name).bias"] = .dense(Tensor(repeating: 1, shape: [blocks]))
      default:
        break
      }
    }
    return set
  }

  private func normal(_ shape: [Int], _ random: RandomKey) -> Tensor {
    let inputs = shape.dropFirst().reduce(1, *)
    return Tensor(shape: shape) { (elements: UnsafeMutableBufferPointer<Float>) in
      random.stream().fillNormal(
        elements, mean: 0, sigma: Float((2.0 / Double(inputs)).squareRoot()))
    }
  }

  /// The model with its batch normalisations folded into the convolutions before them.
  public func network(_ parameters: ParameterSet) -> any Network {
    network(parameters, straightThrough: false)
  }

  /// Whether no layer rounds.
  public var isDifferentiable: Bool { graph.layers.allSatisfy(\.isDifferentiable) }

  /// The model with the gradient of doing nothing where a layer rounds.
  public func straightThrough(_ parameters: ParameterSet) -> any Network {
    network(parameters, straightThrough: true)
  }

  private func network(_ parameters: ParameterSet, straightThrough: Bool) -> any Network {
    let folded = graph.foldingBatchNorms(parameters.applied)
    return GraphNetwork(
      graph: folded.graph,
      tensors: folded.tensors.mapValues { $0.rank == 4 ? $0.channelsLast : $0 },
      straightThrough: straightThrough)
  }

  /// The graph itself; it holds no state.
  public func trainableNetwork() -> any TrainableNetwork { TrainableGraph(graph: graph) }

  /// A module with the same parameter names and a `forward` written from the graph.
  public func exported(_ parameters: ParameterSet) -> ScriptModule {
    let module = ScriptModule(named: "Classifier")
    for (name, weight) in parameters.parameters { module.add(weight.applied.copy, named: name) }
    for (name, value) in parameters.buffers {
      module.add(value.copy, named: name, isBuffer: true)
    }
    module.define(graph.torchScript)
    return module
  }

  /// A module for each of the graph's parts, with the parameters that its layers use.
  public func exportedParts(
    _ parameters: ParameterSet
  ) -> [(name: String, module: ScriptModule)] {
    graph.parts.enumerated().map { index, range in
      let part = graph.part(range)
      let names = Set(part.layers.map(\.name))
      var used = ParameterSet()
      func belongs(_ name: String) -> Bool {
        name.lastIndex(of: ".").map { names.contains(String(name[..<$0])) } ?? false
      }
      for (name, weight) in parameters.parameters where belongs(name) { used[name] = weight }
      for (name, value) in parameters.buffers where belongs(name) { used[buffer: name] = value }
      let architecture = GraphArchitecture(
        name: name, inputShape: inputShape, classes: classes, graph: part)
      return ("part-\(index + 1)", architecture.exported(used))
    }
  }
}

private struct GraphNetwork: Network {
  let graph: Graph
  let tensors: [String: Tensor]
  let straightThrough: Bool

  func logits(_ input: Tensor) -> Tensor {
    graph.run(input, tensors: tensors, isTraining: false, straightThrough: straightThrough)
  }
}

private struct TrainableGraph: TrainableNetwork {
  let graph: Graph

  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) -> Tensor {
    graph.run(
      input, tensors: parameters.merging(buffers) { parameter, _ in parameter }, isTraining: true)
  }
}
