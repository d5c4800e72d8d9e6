// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics

/// The most of `dense` weights that may stay where the share `sparsity` of them is to be gone.
///
/// 0.07 · 100 is a hair above 7 in double precision, yet 93 of 100 may stay at the sparsity 0.07.
func weightBudget(of dense: Int, at sparsity: Double) -> Int {
  var gone = min(dense, Int((Double(dense) * sparsity).rounded(.up)))
  while gone > 0, Double(gone - 1) / Double(dense) >= sparsity { gone -= 1 }
  while gone < dense, Double(gone) / Double(dense) < sparsity { gone += 1 }
  return dense - gone
}

extension Classifier {
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
