// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore

extension GraphArchitecture {
  /// The widest model of the same kind that has at most some prunable parameters.
  ///
  /// Every width is multiplied by one factor and rounded down; none becomes zero. Inputs and logits
  /// keep theirs.
  ///
  /// - Throws: ``CompressionError`` with code `unreachableSparsity`.
  func narrowed(keeping budget: Int) throws(CompressionError) -> GraphArchitecture {
    let choice = ChannelChoice(graph)
    func widths(_ factor: Double) -> [Int] {
      choice.groups.map { group in
        group.isFixed ? group.channels : max(1, Int(Double(group.channels) * factor))
      }
    }
    let least = choice.weightCount(widths(0))
    guard least <= budget else {
      let all = choice.weightCount(choice.groups.map(\.channels))
      throw .unreachable(
        "narrower layers", of: name, sparsity: 1 - Double(budget) / Double(max(all, 1)),
        least: least, all: all)
    }
    var (fits, tooWide) = (0.0, 1.0 + 1e-9)
    // Enough to tell widths below 2⁴⁰ apart.
    for _ in 0..<40 {
      let middle = (fits + tooWide) / 2
      if choice.weightCount(widths(middle)) <= budget { fits = middle } else { tooWide = middle }
    }
    let kept = zip(choice.groups, widths(fits)).map { group, width in
      KeptChannels(group: group, channels: Array(0..<width))
    }
    // There are no parameters yet: the layers' shapes alone are wanted.
    return replacing(graph.narrowed(ParameterSet(), keeping: kept).graph)
  }
}

extension Graph {
  /// The weights of convolutions and linear layers.
  var prunableCount: Int {
    layers.reduce(0) { sum, layer in
      switch layer.operation {
      case .convolution(let input, let output, let kernel, _, _, _):
        sum + input * output * kernel * kernel
      case .linear(let input, let output, _): sum + input * output
      default: sum
      }
    }
  }
}
