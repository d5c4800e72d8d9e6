// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// Row 16, before a run: answers depend on the input alone and come without a gradient graph.
struct EvaluationMode {
  private static let row = SoundnessRow.evaluationMode
  private static let examples = 16
  /// Of the length of the logits; rounding alone differs by a millionth.
  private static let threshold = 1e-3

  /// Asks a model for a few answers, together and one by one.
  ///
  /// - Parameters:
  ///   - network: The model.
  ///   - inputs: `[N, C, H, W]`, a few of which are used.
  /// - Returns: What was found; blocking where dropout, batch statistics or autograd are at work.
  /// - Throws: What the model throws.
  static func finding(_ network: any Network, inputs: Tensor) throws -> SoundnessFinding {
    let count = min(examples, inputs.size(0))
    guard count > 0 else { return .leftOut(row, threshold: threshold, because: "no example") }
    let chosen = inputs.slice(0..<count)
    let together = try withoutGradients { try network.logits(chosen) }
    let alone = try withoutGradients {
      try Tensor.concatenated((0..<count).map { try network.logits(chosen.slice($0..<$0 + 1)) })
    }
    let lengths = together.norm(2, along: [1]).clamped(atLeast: 1e-10)
    let apart = ((together - alone).norm(2, along: [1]) / lengths).largest(along: [0]).scalar
    let difference = apart.isFinite ? apart : 0
    let remedy = "save the model after model.eval(), with no dropout and no optimiser inside"
    let message =
      together.requiresGradient
      ? "the model records gradients where it is asked for answers alone; \(remedy)"
      : difference > threshold
        ? "an answer changes by up to \(difference.fixed(4)) of its length with the other inputs of"
          + " its batch; \(remedy)"
        : "answers to \(count) inputs are the same alone and together"
    return SoundnessFinding(
      row, value: together.requiresGradient ? 1 : difference, threshold: threshold, sample: count,
      severity: together.requiresGradient || difference > threshold ? .blocking : nil,
      message: message)
  }
}
