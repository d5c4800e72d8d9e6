// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// Where an interrupted training goes on.
public struct Checkpoint: Sendable {
  /// Finished steps.
  public let step: Int
  /// Every tensor of the moving state.
  public let tensors: [String: Tensor]

  /// Joins a step count and its tensors.
  public init(step: Int, tensors: [String: Tensor]) {
    self.step = step
    self.tensors = tensors
  }
}

/// Keeps the last checkpoint of one training.
public protocol CheckpointKeeper: Sendable {
  /// The last checkpoint, or nil where training starts afresh.
  func last() throws -> Checkpoint?
  /// Replaces the last checkpoint, wholly or not at all.
  func keep(_ checkpoint: Checkpoint) throws
}
