// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// A classifier of texts that can be run from the vectors of their words.
///
/// An attack that follows gradients needs them: ids have none.
public protocol WordNetwork: Network {
  /// The vector of every id, that of the padding first and zero: `[V, D]`.
  var wordVectors: Tensor { get }

  /// The vectors of some texts, `[N, M, D]`, for ids `[N, L]`.
  ///
  /// The first L vectors of a text are those of its words; a model of pairs of words has more behind
  /// them.
  func embedded(_ ids: Tensor) -> Tensor

  /// Logits for vectors in the place of those that ``embedded(_:)`` gives.
  ///
  /// - Parameters:
  ///   - embedded: `[N, M, D]`.
  ///   - ids: `[N, L]`, which say what is padding.
  /// - Returns: `[N, K]`, differentiable in the vectors.
  /// - Throws: Nothing that vectors of the right shape could cause.
  func logits(embedded: Tensor, ids: Tensor) throws -> Tensor
}
