// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
public import Torch

/// What of a model's parameters an attacker does not hold.
public struct Exposure: Sendable {
  /// Parameters that are hidden in whole or in part: true where an element is hidden.
  public let hidden: [String: Tensor]
  /// Buffers that are hidden.
  public let hiddenBuffers: Set<String>
  /// Layers of which nothing is hidden.
  public let exposedLayers: Set<String>

  /// The elements that are hidden, and those of all parameters.
  public let counts: (hidden: Int, all: Int)

  /// Hides whole layers.
  ///
  /// - Parameters:
  ///   - graph: The layers.
  ///   - parameters: Their parameters and buffers.
  ///   - isHidden: By the layer's index in the graph.
  init(of graph: Graph, _ parameters: ParameterSet, hiding isHidden: (Int) -> Bool) {
    let names = Set(graph.layers.indices.filter(isHidden).map { graph.layers[$0].name })
    var hidden: [String: Tensor] = [:]
    for (name, weight) in parameters.parameters where names.contains(name.layerName) {
      hidden[name] = Tensor(repeating: 1, shape: weight.applied.shape) .> 0.5
    }
    self.init(
      hidden: hidden,
      buffers: Set(parameters.bufferNames.filter { names.contains($0.layerName) }),
      exposedLayers: Set(graph.layers.map(\.name)).subtracting(names), parameters)
  }

  /// Hides single weights.
  init(of graph: Graph, _ parameters: ParameterSet, hiding hidden: [String: Tensor]) {
    let touched = Set(hidden.keys.map(\.layerName))
    self.init(
      hidden: hidden, buffers: [],
      exposedLayers: Set(graph.layers.map(\.name)).subtracting(touched), parameters)
  }

  private init(
    hidden: [String: Tensor], buffers: Set<String>, exposedLayers: Set<String>,
    _ parameters: ParameterSet
  ) {
    self.hidden = hidden
    hiddenBuffers = buffers
    self.exposedLayers = exposedLayers
    counts = (hidden.values.reduce(0) { $0 + $1.nonZeroCount }, parameters.parameterCount)
  }

  /// Whether the attacker holds the whole model.
  public var isComplete: Bool { counts.hidden == 0 && hiddenBuffers.isEmpty }
}

extension String {
  /// The layer that a parameter belongs to: `conv1` for `conv1.weight`.
  fileprivate var layerName: String { lastIndex(of: ".").map { String(self[..<$0]) } ?? self }
}

extension Graph {
  /// For each layer the number of layers with weights up to it; a normalisation counts with the layer
  /// that it follows.
  var weightedOrdinals: [Int] {
    var count = 0
    var ordinals: [Int] = []
    for layer in layers {
      switch layer.operation {
      case .convolution, .linear:
        count += 1
        ordinals.append(count)
      case .batchNorm:
        ordinals.append(layer.inputs.first.map { $0 < 0 ? 0 : ordinals[$0] } ?? count)
      default:
        ordinals.append(count)
      }
    }
    return ordinals
  }

  /// Layers with weights.
  var weightedCount: Int {
    layers.count { if case .convolution = $0.operation { true } else { $0.operation.isLinear } }
  }
}

extension Layer.Operation {
  fileprivate var isLinear: Bool { if case .linear = self { true } else { false } }
}
