// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import Statistics
public import Torch

/// A model as a graph of layers with PyTorch's parameter names.
public struct GraphArchitecture: Architecture {
  /// The name in reports.
  public let name: String
  /// `[C, H, W]`, or `[L]` for ids of words.
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

  /// The matrices and kernels of all layers, in order.
  public var prunable: [String] {
    graph.layers.flatMap { layer in layer.matrices.map { "\(layer.name).\($0.parameter)" } }
  }

  /// The number of ids where the input is a text.
  public var words: Int? { graph.words }

  /// The shape of one text's vectors of words.
  public var embeddedShape: [Int]? {
    guard let length = inputShape.first, graph.readsWords else { return nil }
    let hasPairs = graph.layers.contains {
      if case .pairs = $0.operation { true } else { false }
    }
    return [hasPairs ? 2 * length - 1 : length, graph.wordWidth]
  }

  /// Normal weights of variance `2 / inputs`, zero biases but ones of gates, unit norms; vectors of words of deviation
  /// 0.1, and recurrent matrices that are uniform within `1 / √hidden`, as is usual for them.
  ///
  /// > Source: He et al. "Delving Deep into Rectifiers." ICCV 2015,
  /// > [arXiv:1502.01852](https://arxiv.org/abs/1502.01852), section 2.2.
  public func initialParameters(random: RandomKey) -> ParameterSet {
    var set = ParameterSet()
    for layer in graph.layers {
      for matrix in layer.matrices {
        let name = "\(layer.name).\(matrix.parameter)"
        set[name] = .dense(
          layer.initialMatrix(matrix.shape, random.split("parameter/\(name)")))
      }
      for (part, shape, value) in layer.initialVectors {
        set["\(layer.name).\(part)"] = .dense(Tensor(repeating: value, shape: shape))
      }
      if case .batchNorm(let channels) = layer.operation {
        set[buffer: "\(layer.name).running_mean"] = Tensor(repeating: 0, shape: [channels])
        set[buffer: "\(layer.name).running_var"] = Tensor(repeating: 1, shape: [channels])
      }
      if case .gate(let input, let blocks, _, _) = layer.operation {
        set["\(layer.name).weight"] = .dense(
          layer.initialMatrix([blocks, input], random.split("parameter/\(layer.name).weight")))
        set["\(layer.name).bias"] = .dense(Tensor(repeating: 1, shape: [blocks]))
      }
    }
    return set
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
    let tensors = folded.tensors.mapValues { $0.rank == 4 ? $0.channelsLast : $0 }
    return graph.readsWords
      ? GraphWordNetwork(graph: folded.graph, tensors: tensors, straightThrough: straightThrough)
      : GraphNetwork(graph: folded.graph, tensors: tensors, straightThrough: straightThrough)
  }

  /// The graph itself; it holds no state.
  public func trainableNetwork() -> any TrainableNetwork {
    TrainableGraph(graph: graph, vectors: .tables)
  }

  /// The tables of words, whose gradients ``sparselyTrainableNetwork()`` keeps row by row.
  public var tables: [String] {
    graph.embeddings.map { "\(graph.layers[$0.index].name).weight" }
  }

  /// The graph with gradients of its ``tables`` that hold the rows that were read alone.
  ///
  /// - Precondition: The tables that it is given are leaves of autograd.
  public func sparselyTrainableNetwork() -> any TrainableNetwork {
    TrainableGraph(graph: graph, vectors: .sparseTables)
  }

  /// The same, but that some layers use their running statistics and do not move them.
  public func trainableNetwork(keeping layers: Set<String>) -> any TrainableNetwork {
    TrainableGraph(graph: graph, vectors: .tables, kept: layers)
  }

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
      let architecture = GraphArchitecture(
        name: name, inputShape: inputShape, classes: classes, graph: part)
      return ("part-\(index + 1)", architecture.exported(parameters.belonging(to: part)))
    }
  }
}
