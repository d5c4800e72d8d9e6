// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Which weights go, once each has a score.
public enum MaskScope: String, Sendable, CaseIterable {
  /// The same share of every layer.
  case local
  /// The least important weights of the whole model, wherever they lie.
  case global
  /// A share of each layer by the sum of its dimensions: small layers stay denser.
  ///
  /// > Source: Evci et al. "Rigging the Lottery: Making All Tickets Winners." ICML 2020,
  /// > [arXiv:1911.11134](https://arxiv.org/abs/1911.11134), section 3, part 1.
  case erk

  /// Layers among which weights are ranked together, and how many of theirs go.
  struct Group: Sendable, Hashable {
    let names: [String]
    let removed: Int
  }

  /// The groups of some layers.
  ///
  /// - Parameters:
  ///   - layers: Names and shapes, in order.
  ///   - sparsity: The share of them, or of each of them, that is to be gone.
  /// - Returns: Every layer in one group.
  func groups(_ layers: [(name: String, shape: [Int])], to sparsity: Double) -> [Group] {
    let counts = layers.map { $0.shape.reduce(1, *) }
    let all = counts.reduce(0, +)
    switch self {
    case .local:
      return zip(layers, counts).map { layer, count in
        Group(
          names: [layer.name], removed: LayerShares.leastCount(of: count, forShare: sparsity))
      }
    case .global:
      let removed = LayerShares.leastCount(of: all, forShare: sparsity)
      return [Group(names: layers.map(\.name), removed: removed)]
    case .erk:
      let kept = all - LayerShares.leastCount(of: all, forShare: sparsity)
      let parts = LayerShares.erdosRenyiKernel(keeping: kept, of: layers.map(\.shape))
      return layers.indices.map {
        Group(names: [layers[$0].name], removed: counts[$0] - parts[$0])
      }
    }
  }
}

extension ParameterSet {
  /// Masks the weights of least score until at least the share `sparsity` is gone.
  ///
  /// Weights that are masked already go first, so a second call changes nothing. Of equal scores the
  /// earlier weight goes first, and exactly as many go as the share asks for, rounded up.
  ///
  /// - Parameters:
  ///   - names: The parameters to prune, in order.
  ///   - sparsity: The share of them, or of each of them, that is to be gone.
  ///   - scores: A score for each weight of each of them.
  ///   - scope: Whether the share is of each parameter or of all.
  /// - Returns: The parameters with their masks.
  func pruned(
    _ names: [String], to sparsity: Double, scores: [String: Tensor], scope: MaskScope
  ) -> ParameterSet {
    scope.groups(shapes(of: names), to: sparsity).reduce(self) { set, group in
      set.pruned(group, scores: scores)
    }
  }

  /// The shapes of named parameters.
  func shapes(of names: [String]) -> [(name: String, shape: [Int])] {
    names.compactMap { name in self[name].map { (name, $0.applied.shape) } }
  }

  private func pruned(_ group: MaskScope.Group, scores: [String: Tensor]) -> ParameterSet {
    let chosen = group.names.compactMap { name in self[name].map { (name: name, weight: $0) } }
    let ranked = chosen.map { item in
      let score = scores[item.name] ?? item.weight.applied.absolute
      let flat = score.reshaped([-1])
      return item.weight.mask.map {
        $0.reshaped([-1]).select(flat, else: Tensor(repeating: -.infinity, shape: []))
      } ?? flat
    }
    let all = Tensor.concatenated(ranked)
    let stored = chosen.reduce(0) { $0 + $1.weight.storedCount }
    guard group.removed > all.count - stored else { return self }
    let order = all.sorted(along: 0).indices
    let kept = Tensor(repeating: 1, shape: [all.count], type: .bool)
      .scattering(0, at: order.slice(0..<group.removed), along: 0)
    var result = self
    var start = 0
    for item in chosen {
      let count = item.weight.parameterCount
      let mask = kept.slice(start..<start + count).reshaped(item.weight.applied.shape)
      result[item.name] = .masking(item.weight.applied, with: mask.copy)
      start += count
    }
    return result
  }
}
