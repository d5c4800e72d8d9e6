// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
import Torch

extension GraphArchitecture {
  /// What the first layers with weights compute, as `[N, F]`, with what follows each of them.
  ///
  /// - Parameters:
  ///   - layers: How many.
  ///   - parameters: Of these the first layers' are read alone.
  /// - Returns: What the last of these layers gives, flattened, `[N, features]`.
  public func front(_ layers: Int, _ parameters: ParameterSet) -> any Network {
    let ordinals = graph.weightedOrdinals
    let end = ordinals.firstIndex { $0 > layers } ?? graph.layers.count
    var front = Graph()
    for layer in graph.layers[..<end] {
      front.append(layer.name, layer.operation, reading: layer.inputs)
    }
    let inner = GraphArchitecture(
      name: name, inputShape: inputShape, classes: classes, graph: front)
    return FlatNetwork(inner: inner.straightThrough(parameters))
  }

  /// One member of a sharded model, alone.
  ///
  /// - Parameters:
  ///   - member: Counted from one.
  ///   - parameters: Of these the member's are read alone.
  /// - Returns: The member's own logits `[N, K]`.
  public func member(_ member: Int, _ parameters: ParameterSet) -> any Network {
    GraphArchitecture(
      name: name, inputShape: inputShape, classes: classes,
      graph: graph.part(graph.members[member - 1])
    ).straightThrough(parameters)
  }
}

private struct FlatNetwork: Network {
  let inner: any Network

  func logits(_ input: Tensor) throws -> Tensor {
    try inner.logits(input).contiguous.flattenedExamples
  }
}
