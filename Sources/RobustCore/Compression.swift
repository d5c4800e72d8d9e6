// SPDX-License-Identifier: GPL-3.0-or-later

public import Statistics

/// A way to make a model smaller.
public protocol Compression: Sendable {
  /// Rewrites a model's parameters so that at least the share `sparsity` of the prunable ones is gone.
  ///
  /// Sparsity 0 changes nothing, and a model that is sparse enough already stays as it is.
  ///
  /// - Parameters:
  ///   - classifier: The dense parent, or what an earlier step of a recipe left of it.
  ///   - sparsity: The share to take away, `0..<1`.
  ///   - tuning: Gradients and training in the way that the variant was trained.
  ///   - random: Consumed only by methods that draw.
  /// - Returns: The rewritten parameters, under the same names.
  /// - Throws: What `tuning` throws.
  func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> ParameterSet
}
