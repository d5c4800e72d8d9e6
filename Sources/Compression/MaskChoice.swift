// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Which weights go, once each has a score.
public enum MaskScope: String, Sendable, CaseIterable {
  /// The same share of every layer.
  case local
  /// The least important weights of the whole model, wherever they lie.
  case global
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
  ///   - scores: A score for each weight of each of them, none negative.
  ///   - scope: Whether the share is of each parameter or of all.
  /// - Returns: The parameters with their masks.
  func pruned(
    _ names: [String], to sparsity: Double, scores: [String: Tensor], scope: MaskScope
  ) -> ParameterSet {
    switch scope {
    case .local:
      return names.reduce(self) { $0.pruned(together: [$1], to: sparsity, scores: scores) }
    case .global:
      return pruned(together: names, to: sparsity, scores: scores)
    }
  }

  private func pruned(
    together names: [String], to sparsity: Double, scores: [String: Tensor]
  ) -> ParameterSet {
    let chosen = names.compactMap { name in self[name].map { (name: name, weight: $0) } }
    let ranked = chosen.map { item in
      let score = scores[item.name] ?? item.weight.applied.absolute
      let flat = score.reshaped([-1])
      return item.weight.mask.map { $0.reshaped([-1]).select(flat, else: flat * 0 - 1) } ?? flat
    }
    let all = Tensor.concatenated(ranked)
    let stored = chosen.reduce(0) { $0 + $1.weight.storedCount }
    let removed = leastCount(of: all.count, forShare: sparsity)
    guard removed > all.count - stored else { return self }
    let order = all.sorted(along: 0).indices
    let kept = Tensor(repeating: 1, shape: [all.count], type: .bool)
      .scattering(0, at: order.slice(0..<removed), along: 0)
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

  /// The least part of `count` that is at least the share.
  ///
  /// 0.07 · 100 is a hair above 7 in double precision, yet 7 of 100 are the share 0.07.
  private func leastCount(of count: Int, forShare share: Double) -> Int {
    var least = Int((Double(count) * share).rounded(.up))
    while least > 0, Double(least - 1) / Double(count) >= share { least -= 1 }
    while least < count, Double(least) / Double(count) < share { least += 1 }
    return least
  }
}
