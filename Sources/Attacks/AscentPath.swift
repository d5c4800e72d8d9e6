// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// The rule of ascent for linf and l2: steps with momentum, halved where they make no headway.
///
/// > Source: Croce and Hein. "Reliable Evaluation of Adversarial Robustness with an Ensemble of
/// > Diverse Parameter-free Attacks." ICML 2020,
/// > [arXiv:2003.01690](https://arxiv.org/abs/2003.01690), algorithm 1 and section 3.
struct AscentPath: Ascent {
  private(set) var state: AscentState
  private var previous: Tensor
  private var bestLossAtCheckpoint: Tensor
  private var stepSize: Tensor
  private var wasHalved: Tensor
  private var rises: Tensor
  private var stepsSinceCheckpoint = 0
  private var checkpoints: [Int]
  private let rho: Double

  private static let momentum = 0.75

  init(_ state: AscentState, steps: Int, rho: Double) {
    self.state = state
    self.rho = rho
    let count = state.inputs.size(0)
    previous = state.inputs
    bestLossAtCheckpoint = state.loss
    stepSize = Tensor(repeating: 2 * state.ball.epsilon, shape: [count])
    wasHalved = Tensor(repeating: 1, shape: [count], type: .bool)
    rises = Tensor(repeating: 0, shape: [count])
    checkpoints = Self.checkpoints(steps)
  }

  /// A projected step, mixed with the last movement.
  func next(step: Int) -> Tensor {
    let (ball, inputs) = (state.ball, state.inputs)
    let momentum = step == 0 ? 1 : Self.momentum
    let movement = ball.steepestStep(state.gradient, size: 1) * state.perExample(stepSize)
    let ahead = ball.projected(inputs + movement)
    let mixed = inputs + (ahead - inputs) * momentum + (inputs - previous) * (1 - momentum)
    return ball.projected(mixed)
  }

  mutating func take(_ new: Tensor, _ answer: LossGradient, step: Int) {
    previous = state.inputs
    rises = rises + (answer.losses .> state.loss).cast(to: .float32)
    state.take(new, answer)
    stepsSinceCheckpoint += 1
    guard step + 1 == checkpoints.first else { return }
    checkpoints.removeFirst()
    adapt()
  }

  /// Halves the steps of examples that make no headway and sends them back to their best point.
  private mutating func adapt() {
    let roseTooSeldom = rises .< rho * Double(stepsSinceCheckpoint)
    let isStuck = wasHalved.not.and((state.bestLoss .> bestLossAtCheckpoint).not)
    let halve = roseTooSeldom.or(isStuck)
    stepSize = halve.select(stepSize * 0.5, else: stepSize)
    state.returnToBest(where: halve)
    wasHalved = halve
    bestLossAtCheckpoint = state.bestLoss
    rises = rises * 0
    stepsSinceCheckpoint = 0
  }

  mutating func keep(_ positions: [Int]) {
    let rows = Tensor(positions)
    state.keep(positions, rows)
    previous = previous.rows(rows)
    bestLossAtCheckpoint = bestLossAtCheckpoint.rows(rows)
    stepSize = stepSize.rows(rows)
    wasHalved = wasHalved.rows(rows)
    rises = rises.rows(rows)
  }

  /// The steps after which step sizes may be halved.
  static func checkpoints(_ steps: Int) -> [Int] {
    // In hundredths, as a sum of real shares passes 0.57 by a hair, which is then rounded up.
    var (before, hundredths) = (0, 22)
    var result: [Int] = []
    while hundredths <= 100 {
      let step = (hundredths * steps + 99) / 100
      if step != result.last { result.append(step) }
      (before, hundredths) = (hundredths, hundredths + max(hundredths - before - 3, 6))
    }
    return result
  }
}
