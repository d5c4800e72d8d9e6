// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

extension GraphArchitecture {
  /// Whether parts of the model are left out input by input.
  public var choosesAtRuntime: Bool {
    graph.layers.contains {
      switch $0.operation {
      case .keepLargest, .gate: true
      default: false
      }
    }
  }

  /// Multiply-adds of one input, where parts of the model are left out input by input.
  ///
  /// What a layer multiplies with zeros, because the layers before it kept a share of their values
  /// alone, could be left out; so of its multiply-adds with weights that are not zero that share counts.
  /// What a gate leaves out behind a layer need not be computed by that layer either. Values that come
  /// together at a sum are taken to be kept apart from one another.
  ///
  /// - Throws: Nothing that a right set of parameters could cause.
  public func multiplyAdds(_ parameters: ParameterSet) throws -> MultiplyAdds {
    let tensors = parameters.applied
    let input = probe(1)
    let outputs = withoutGradients { graph.activations(input, tensors: tensors) }
    let shares = graph.keptShares
    let wanted = graph.wantedShares
    var sum = MultiplyAdds(dense: 0, effective: 0)
    for (index, layer) in graph.layers.enumerated() {
      let inputs = layer.inputs.map { $0 < 0 ? input : outputs[$0] }
      if case .gate(let channels, let blocks, _, _) = layer.operation {
        let own = channels * blocks
        sum = MultiplyAdds(dense: sum.dense + own, effective: sum.effective + own)
        continue
      }
      let counted = try MultiplyAdds.counted {
        _ = withoutGradients { graph.output(of: index, inputs, tensors: tensors) }
      }
      let source = layer.inputs[0]
      let kept =
        Double(counted.effective) * (source < 0 ? 1 : shares[source]) * (wanted[index] ?? 1)
      sum = MultiplyAdds(
        dense: sum.dense + counted.dense, effective: sum.effective + Int(kept.rounded()))
    }
    return sum
  }
}

extension Graph {
  /// The layer with weights whose channels a layer passes on, one by one; nil where it joins several, or
  /// where another one reads them too.
  public func producer(of index: Int) -> Int? {
    guard index >= 0 else { return nil }
    switch layers[index].operation {
    case .convolution, .linear: return index
    case .relu, .maxPoolRelu, .maxPool, .averagePool, .batchNorm:
      let source = layers[index].inputs[0]
      guard layers.count(where: { $0.inputs.contains(source) }) == 1 else { return nil }
      return producer(of: source)
    default: return nil
    }
  }

  /// The share of a layer's outputs that the gate behind it passes on, by the layer's index.
  fileprivate var wantedShares: [Int: Double] {
    let kept = keptShares
    return layers.indices.reduce(into: [:]) { shares, index in
      guard case .gate = layers[index].operation else { return }
      if let producer = producer(of: layers[index].inputs[0]) { shares[producer] = kept[index] }
    }
  }

  /// The share of each layer's output that is not zero by choice.
  var keptShares: [Double] {
    var shares: [Double] = []
    for layer in layers {
      let before = layer.inputs.map { $0 < 0 ? 1 : shares[$0] }
      switch layer.operation {
      case .keepLargest(let share): shares.append(min(share, before[0]))
      case .gate(_, let blocks, _, let share):
        shares.append(min(Double(max(1, Int(share * Double(blocks)))) / Double(blocks), before[0]))
      case .quantize, .flatten, .relu: shares.append(before[0])
      case .add: shares.append(min(1, before.reduce(0, +)))
      default: shares.append(1)
      }
    }
    return shares
  }
}
