// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Where each example stands on its way up, for ``AutoProjectedGradient``.
///
/// Every tensor has a row for each active example, in the order of the active rows.
struct AscentPath {
  private var ball: Ball
  private(set) var labels: Tensor
  private var inputs: Tensor
  private var previous: Tensor
  private var gradient: Tensor
  private var loss: Tensor
  /// The inputs of the highest loss so far.
  private(set) var best: Tensor
  private var bestGradient: Tensor
  private var bestLoss: Tensor
  private var bestLossAtCheckpoint: Tensor
  private var stepSize: Tensor
  private var wasHalved: Tensor
  private var rises: Tensor
  private var stepsSinceCheckpoint = 0
  private let rho: Double

  init(ball: Ball, labels: Tensor, start: Tensor, answer: LossGradient, rho: Double) {
    let count = start.size(0)
    self.ball = ball
    self.labels = labels
    self.rho = rho
    inputs = start
    previous = start
    gradient = answer.gradient
    loss = answer.losses
    best = start
    bestGradient = answer.gradient
    bestLoss = answer.losses
    bestLossAtCheckpoint = answer.losses
    stepSize = Tensor(repeating: 2 * ball.epsilon, shape: [count])
    wasHalved = Tensor(repeating: 1, shape: [count], type: .bool)
    rises = Tensor(repeating: 0, shape: [count])
  }

  /// The next inputs: a projected step, mixed with the last movement.
  func next(momentum: Double) -> Tensor {
    let step = ball.steepestStep(gradient, size: 1) * perExample(stepSize)
    let ahead = ball.projected(inputs + step)
    let mixed = inputs + (ahead - inputs) * momentum + (inputs - previous) * (1 - momentum)
    return ball.projected(mixed)
  }

  /// Moves to the inputs and learns what the victim answered there.
  mutating func take(_ new: Tensor, _ answer: LossGradient) {
    previous = inputs
    inputs = new
    gradient = answer.gradient
    rises = rises + (answer.losses .> loss).cast(to: .float32)
    loss = answer.losses
    let isBetter = loss .> bestLoss
    best = perExample(isBetter).select(inputs, else: best)
    bestGradient = perExample(isBetter).select(gradient, else: bestGradient)
    bestLoss = isBetter.select(loss, else: bestLoss)
    stepsSinceCheckpoint += 1
  }

  /// Halves the steps of examples that make no headway and sends them back to their best point.
  mutating func adapt() {
    let roseTooSeldom = rises .< rho * Double(stepsSinceCheckpoint)
    let isStuck = wasHalved.not.and((bestLoss .> bestLossAtCheckpoint).not)
    let halve = roseTooSeldom.or(isStuck)
    stepSize = halve.select(stepSize * 0.5, else: stepSize)
    inputs = perExample(halve).select(best, else: inputs)
    gradient = perExample(halve).select(bestGradient, else: gradient)
    loss = halve.select(bestLoss, else: loss)
    wasHalved = halve
    bestLossAtCheckpoint = bestLoss
    rises = rises * 0
    stepsSinceCheckpoint = 0
  }

  /// Drops every example but the kept ones; nil keeps all.
  mutating func keep(_ positions: [Int]?) {
    guard let positions else { return }
    let rows = Tensor(positions)
    ball = ball.rows(positions)
    labels = labels.rows(rows)
    inputs = inputs.rows(rows)
    previous = previous.rows(rows)
    gradient = gradient.rows(rows)
    loss = loss.rows(rows)
    best = best.rows(rows)
    bestGradient = bestGradient.rows(rows)
    bestLoss = bestLoss.rows(rows)
    bestLossAtCheckpoint = bestLossAtCheckpoint.rows(rows)
    stepSize = stepSize.rows(rows)
    wasHalved = wasHalved.rows(rows)
    rises = rises.rows(rows)
  }

  private func perExample(_ values: Tensor) -> Tensor {
    values.reshaped([-1] + Array(repeating: 1, count: inputs.rank - 1))
  }
}
