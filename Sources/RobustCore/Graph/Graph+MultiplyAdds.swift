// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

extension GraphArchitecture {
  /// Whether parts of the model are left out input by input.
  public var choosesAtRuntime: Bool {
    graph.layers.contains { if case .keepLargest = $0.operation { true } else { false } }
  }

  /// Multiply-adds of one input, where parts of the model are left out input by input.
  ///
  /// What a layer multiplies with zeros, because the layers before it kept a share of their values
  /// alone, could be left out; so of its multiply-adds with weights that are not zero that share counts.
  /// Values that come together at a sum are taken to be kept apart from one another.
  ///
  /// - Throws: Nothing that a right set of parameters could cause.
  public func multiplyAdds(_ parameters: ParameterSet) throws -> MultiplyAdds {
    let tensors = parameters.applied
    let input = probe(1)
    let outputs = withoutGradients { graph.activations(input, tensors: tensors) }
    let shares = graph.keptShares
    var sum = MultiplyAdds(dense: 0, effective: 0)
    for (index, layer) in graph.layers.enumerated() {
      let inputs = layer.inputs.map { $0 < 0 ? input : outputs[$0] }
      let counted = try MultiplyAdds.counted {
        _ = withoutGradients { graph.output(of: index, inputs, tensors: tensors) }
      }
      let source = layer.inputs[0]
      let kept = Double(counted.effective) * (source < 0 ? 1 : shares[source])
      sum = MultiplyAdds(
        dense: sum.dense + counted.dense, effective: sum.effective + Int(kept.rounded()))
    }
    return sum
  }
}

extension Graph {
  /// The share of each layer's output that is not zero by choice.
  var keptShares: [Double] {
    var shares: [Double] = []
    for layer in layers {
      let before = layer.inputs.map { $0 < 0 ? 1 : shares[$0] }
      switch layer.operation {
      case .keepLargest(let share): shares.append(min(share, before[0]))
      case .quantize, .flatten, .relu: shares.append(before[0])
      case .add: shares.append(min(1, before.reduce(0, +)))
      default: shares.append(1)
      }
    }
    return shares
  }
}
