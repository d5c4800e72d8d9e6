// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// What a compression may ask of training: gradients of the variant's own loss, and more training.
public protocol Tuning: Sendable {
  /// The gradients of the mean loss over each of the first batches of an epoch.
  ///
  /// - Parameters:
  ///   - classifier: The model; nothing of it changes.
  ///   - batches: How many batches.
  /// - Returns: For each batch, a gradient for each parameter by name.
  func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]]

  /// Trains on.
  ///
  /// - Parameters:
  ///   - classifier: Where to start; masks are held.
  ///   - epochs: Passes over the training data; a fraction of one is allowed.
  ///   - prune: Called before every step with the share of the way done, 0 at first; gives new
  ///     parameters with more masked, or nil to leave them.
  func tuned(
    _ classifier: Classifier, epochs: Double,
    prune: (@Sendable (Double, ParameterSet) throws -> ParameterSet?)?
  ) async throws -> ParameterSet
}
