// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// A model of which the attacker sees the predicted class only.
///
/// A victim counts every query itself; `rows` says which examples of the batch under attack the
/// inputs belong to, so that each example pays for its own.
public protocol LabelVictim {
  /// The number of classes.
  var classes: Int { get }
  /// The range of valid input values.
  var inputRange: ClosedRange<Double> { get }
  /// Predicted classes `[M]` for inputs `[M, C, H, W]`; one query for each.
  ///
  /// - Throws: ``AttackError`` with code `budgetSpent`, before anything is answered.
  func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor
}

/// A model that answers its logits.
public protocol ScoreVictim: LabelVictim {
  /// Logits `[M, K]` for inputs `[M, C, H, W]`; one query for each.
  ///
  /// - Throws: ``AttackError`` with code `budgetSpent`, before anything is answered.
  func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor
}

/// A model whose input gradients the attacker can take.
public protocol GradientVictim: ScoreVictim {
  /// Logits, losses and input gradients in one pass; one query and one gradient for each input.
  ///
  /// - Parameters:
  ///   - loss: What to differentiate, example by example.
  ///   - inputs: `[M, C, H, W]`.
  ///   - labels: `[M]`.
  ///   - targets: `[M]`, the classes that the loss leads to; nil where any mistake will do.
  ///   - rows: The examples that the inputs belong to.
  /// - Returns: One logit row, loss and gradient for each input.
  /// - Throws: ``AttackError`` with code `budgetSpent`, before anything is answered.
  func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient
}

extension GradientVictim {
  /// The same without a target.
  public func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, rows: [Int]
  ) throws -> LossGradient {
    try gradient(of: loss, at: inputs, labels: labels, targets: nil, rows: rows)
  }
}

/// What one gradient query answers.
public struct LossGradient: Sendable {
  /// `[M, K]`.
  public let logits: Tensor
  /// `[M]`.
  public let losses: Tensor
  /// The gradient of each example's own loss, in the shape of the inputs.
  public let gradient: Tensor

  /// Joins the three.
  public init(logits: Tensor, losses: Tensor, gradient: Tensor) {
    self.logits = logits
    self.losses = losses
    self.gradient = gradient
  }
}

/// Why an attack stopped before its end.
public struct AttackError: Error, Equatable {
  /// The kinds.
  public enum Code: Sendable {
    /// The threat model's query budget is used up.
    case budgetSpent
  }

  /// The kind.
  public let code: Code
  /// Facts for a message.
  public let detail: String

  /// Creates an error.
  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }
}
