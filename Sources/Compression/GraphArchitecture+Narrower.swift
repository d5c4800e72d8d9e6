// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore

extension GraphArchitecture {
  /// The widest model of the same kind that has at most some prunable parameters.
  ///
  /// - Throws: ``CompressionError`` with code `unreachableSparsity`.
  func narrowed(keeping budget: Int) throws(CompressionError) -> GraphArchitecture {
    try narrowed(keeping: StructureBudget(parameters: budget))
  }

  /// The widest model of the same kind within a budget.
  ///
  /// Every width is multiplied by its proportion and by one factor for all, and rounded down; none
  /// becomes zero or more than it is. Inputs and logits keep theirs.
  ///
  /// - Parameters:
  ///   - budget: What it may cost.
  ///   - proportions: A number above zero for each of ``adjustableWidths``; nil for equal ones.
  /// - Returns: The model, with shapes alone rewritten.
  /// - Throws: ``CompressionError`` with code `unreachableSparsity`.
  func narrowed(
    keeping budget: StructureBudget, proportions: [Double]? = nil
  ) throws(CompressionError) -> GraphArchitecture {
    let choice = ChannelChoice(graph)
    let adds = budget.multiplyAdds.map {
      (most: $0, choice: ChannelChoice(graph, positions: positions))
    }
    var shares = (proportions ?? choice.groups.map { _ in 1 })[...]
    let scales = choice.groups.map { $0.isFixed ? nil : shares.popFirst() }
    func widths(_ factor: Double) -> [Int] {
      zip(choice.groups, scales).map { group, scale in
        guard let scale else { return group.channels }
        return min(group.channels, max(1, Int(Double(group.channels) * scale * factor)))
      }
    }
    func fits(_ factor: Double) -> Bool {
      choice.weightCount(widths(factor)) <= budget.parameters
        && adds.map { $0.choice.weightCount(widths(factor)) <= $0.most } ?? true
    }
    guard fits(0) else { throw unreachable(budget, choice, adds?.choice, least: widths(0)) }
    // With the second factor every width is whole.
    var (inside, outside) = (0.0, (1 + 1e-9) / (scales.compactMap(\.self).min() ?? 1))
    if fits(outside) { inside = outside }
    // Enough to tell widths below 2⁴⁰ apart.
    for _ in 0..<40 where inside < outside {
      let middle = (inside + outside) / 2
      if fits(middle) { inside = middle } else { outside = middle }
    }
    let kept = zip(choice.groups, widths(inside)).map { group, width in
      KeptChannels(group: group, channels: Array(0..<width))
    }
    // There are no parameters yet: the layers' shapes alone are wanted.
    return replacing(graph.narrowed(ParameterSet(), keeping: kept).graph)
  }

  private func unreachable(
    _ budget: StructureBudget, _ weights: ChannelChoice, _ adds: ChannelChoice?, least: [Int]
  ) -> CompressionError {
    let whole = weights.groups.map(\.channels)
    if let adds, let most = budget.multiplyAdds, adds.weightCount(least) > most {
      let all = adds.weightCount(whole)
      return .unreachable(
        "narrower layers", of: name, sparsity: 1 - Double(most) / Double(max(all, 1)),
        least: adds.weightCount(least), all: all, unit: "multiply-adds")
    }
    let all = weights.weightCount(whole)
    return .unreachable(
      "narrower layers", of: name, sparsity: 1 - Double(budget.parameters) / Double(max(all, 1)),
      least: weights.weightCount(least), all: all)
  }
}

extension Graph {
  /// How many groups of channels may change their width.
  var adjustableWidths: Int { channelGroups.count { !$0.isFixed } }

  /// The weights of all matrices.
  var prunableCount: Int {
    layers.reduce(0) { sum, layer in
      layer.matrices.reduce(sum) { $0 + $1.shape.reduce(1, *) }
    }
  }
}
