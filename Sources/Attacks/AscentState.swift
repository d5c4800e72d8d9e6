// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Where each example stands on its way up, and the best point it has seen.
///
/// Every tensor has a row for each active example, in the order of the active rows.
struct AscentState {
  private(set) var ball: Ball
  private(set) var labels: Tensor
  private(set) var targets: Tensor?
  private(set) var inputs: Tensor
  private(set) var gradient: Tensor
  private(set) var loss: Tensor
  /// The inputs of the highest loss so far.
  private(set) var best: Tensor
  private(set) var bestLoss: Tensor
  private var bestGradient: Tensor

  init(ball: Ball, labels: Tensor, targets: Tensor?, start: Tensor, answer: LossGradient) {
    self.ball = ball
    self.labels = labels
    self.targets = targets
    inputs = start
    gradient = answer.gradient
    loss = answer.losses
    best = start
    bestGradient = answer.gradient
    bestLoss = answer.losses
  }

  /// Moves to the inputs and learns what the victim answered there.
  mutating func take(_ new: Tensor, _ answer: LossGradient) {
    inputs = new
    gradient = answer.gradient
    loss = answer.losses
    let isBetter = loss .> bestLoss
    best = perExample(isBetter).select(inputs, else: best)
    bestGradient = perExample(isBetter).select(gradient, else: bestGradient)
    bestLoss = isBetter.select(loss, else: bestLoss)
  }

  /// Sends marked examples back to their best point.
  mutating func returnToBest(where marked: Tensor) {
    inputs = perExample(marked).select(best, else: inputs)
    gradient = perExample(marked).select(bestGradient, else: gradient)
    loss = marked.select(bestLoss, else: loss)
  }

  /// Drops every example but the kept ones.
  mutating func keep(_ positions: [Int], _ rows: Tensor) {
    ball = ball.rows(positions)
    labels = labels.rows(rows)
    targets = targets?.rows(rows)
    inputs = inputs.rows(rows)
    gradient = gradient.rows(rows)
    loss = loss.rows(rows)
    best = best.rows(rows)
    bestGradient = bestGradient.rows(rows)
    bestLoss = bestLoss.rows(rows)
  }

  /// One value for each example, shaped to meet its inputs.
  func perExample(_ values: Tensor) -> Tensor {
    values.perExample(of: inputs)
  }
}

/// A rule of ascent: where to go next, and how to learn from the answers.
protocol Ascent {
  /// Where the examples stand.
  var state: AscentState { get }
  /// The next inputs, inside the ball.
  func next(step: Int) -> Tensor
  /// Moves to the inputs, learns what the victim answered, and adapts where a checkpoint is reached.
  mutating func take(_ new: Tensor, _ answer: LossGradient, step: Int)
  /// Drops every example but the kept ones.
  mutating func keep(_ positions: [Int])
}
