// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore

extension Classifier {
  /// The prunable parameters of this architecture, masked ones included.
  var prunableCount: Int { parameters.prunableCounts(architecture.prunable).all }

  /// The prunable parameters that may stay at a sparsity, which is a share of the dense model's.
  func prunableBudget(at sparsity: Double) -> Int {
    densePrunableCount - LayerShares.leastCount(of: densePrunableCount, forShare: sparsity)
  }

  /// The share of this architecture's own prunable parameters that must be gone at a sparsity.
  ///
  /// A model that an earlier step made smaller has less to give.
  func ownShare(reaching sparsity: Double) -> Double {
    let own = prunableCount
    guard own != densePrunableCount, own > 0 else { return sparsity }
    return max(0, Double(own - prunableBudget(at: sparsity)) / Double(own))
  }
}
