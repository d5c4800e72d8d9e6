// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics

/// The most of `dense` weights that may stay where the share `sparsity` of them is to be gone.
func weightBudget(of dense: Int, at sparsity: Double) -> Int {
  dense - LayerShares.leastCount(of: dense, forShare: sparsity)
}

extension Classifier {
  /// The prunable parameters that may stay at a sparsity, which is a share of the dense model's.
  func prunableBudget(at sparsity: Double) -> Int {
    weightBudget(of: densePrunableCount, at: sparsity)
  }

  /// The share of this architecture's own prunable parameters that must be gone at a sparsity.
  ///
  /// A model that an earlier step made smaller has less to give.
  func ownShare(reaching sparsity: Double) -> Double {
    let own = parameters.prunableCounts(architecture.prunable).all
    guard own != densePrunableCount, own > 0 else { return sparsity }
    return max(0, Double(own - prunableBudget(at: sparsity)) / Double(own))
  }

  /// The model in the form of which layers can be rewritten.
  ///
  /// - Throws: An `InputError` where the layers are not known.
  func layered() throws -> (classifier: Classifier, architecture: GraphArchitecture) {
    guard let known = architecture as? any LayeredArchitecture else {
      throw CompressionError(
        .unknownLayers, subject: "model '\(architecture.name)'",
        detail: "its layers are not known, so that their shapes cannot be changed",
        remedy: "choose a compression that masks weights, such as magnitude")
    }
    let (layers, named) = try known.layered(parameters)
    return (replacing(architecture: layers, parameters: named), layers)
  }
}

extension Architecture {
  /// The layers, where they are known.
  ///
  /// - Throws: An `InputError` where they are not.
  func layers() throws -> GraphArchitecture {
    let parameters = initialParameters(random: RandomKey(seed: 0))
    return try Classifier(architecture: self, parameters: parameters).layered().architecture
  }
}
