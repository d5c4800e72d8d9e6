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
  /// - Throws: An error where training fails, or the task is cancelled.
  func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]]

  /// Trains on by a part of a fine-tuning, masks held.
  ///
  /// - Parameters:
  ///   - classifier: Where to start.
  ///   - epochs: The length of the whole fine-tuning in passes over the training data.
  ///   - span: The part of it to run; the learning rate follows the whole.
  /// - Returns: The parameters at the end of that part.
  /// - Throws: An error where training fails, or the task is cancelled.
  func tuned(
    _ classifier: Classifier, epochs: Double, span: ClosedRange<Double>
  ) async throws -> ParameterSet
}
