// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// The rule of ascent for l1: steps along the coordinates of the largest gradients, as many as the
/// best perturbation so far suggests.
///
/// > Source: Croce and Hein. "Mind the Box: l1-APGD for Sparse Adversarial Attacks on Image
/// > Classifiers." ICML 2021, [arXiv:2103.01208](https://arxiv.org/abs/2103.01208), section 4.
struct SparseAscentPath: Ascent {
  private(set) var state: AscentState
  /// Coordinates that a step moves.
  private var chosen: Tensor
  private var stepSize: Tensor
  /// Values that the best perturbation changed at the last checkpoint.
  private var sparsity: Tensor
  private let interval: Int

  /// A step begins with a fifth of all coordinates.
  private static let firstShare = 0.2
  private static let reduction = 1.5
  /// Below this ratio of sparsities the perturbation is still getting sparser.
  private static let settled = 0.95

  /// Begins a climb.
  ///
  /// - Parameters:
  ///   - state: Where it starts.
  ///   - steps: How long it is.
  ///   - isWarm: Whether the start was found by an earlier climb, and tells how sparse to be.
  init(_ state: AscentState, steps: Int, isWarm: Bool) {
    self.state = state
    let (count, size) = (state.inputs.size(0), Double(state.inputs.flattenedExamples.size(1)))
    stepSize = Tensor(repeating: state.ball.epsilon, shape: [count])
    interval = max(1, Int(0.04 * Double(steps)))
    if isWarm {
      sparsity = Self.changed(state.inputs, state.ball.center)
      chosen = (sparsity / Self.reduction).clamped(atLeast: 1)
    } else {
      sparsity = Tensor(repeating: size, shape: [count, 1])
      chosen = Tensor(repeating: max(1, Self.firstShare * size), shape: [count, 1])
    }
  }

  private static func changed(_ inputs: Tensor, _ center: Tensor) -> Tensor {
    ((inputs - center).flattenedExamples .!= 0).cast(to: .float32).sum(along: [1], keeping: true)
  }

  /// A step of the current length to the chosen coordinates, projected.
  func next(step: Int) -> Tensor {
    let movement = state.ball.sparseStep(state.gradient, coordinates: chosen)
    return state.ball.projected(state.inputs + movement * state.perExample(stepSize))
  }

  mutating func take(_ new: Tensor, _ answer: LossGradient, step: Int) {
    state.take(new, answer)
    if (step + 1).isMultiple(of: interval) { adapt() }
  }

  /// Follows the sparsity of the best perturbation: while it still falls, long steps from the best
  /// point; then shorter ones.
  private mutating func adapt() {
    let epsilon = state.ball.epsilon
    let current = Self.changed(state.best, state.ball.center)
    let isFalling = (current .< sparsity * Self.settled).reshaped([-1])
    let shorter = (stepSize / Self.reduction).clamped(atLeast: epsilon / 10)
    stepSize = isFalling.select(Tensor(repeating: epsilon, shape: [1]), else: shorter)
    state.returnToBest(where: isFalling)
    sparsity = current
    chosen = (current / Self.reduction).clamped(atLeast: 1)
  }

  mutating func keep(_ positions: [Int]) {
    let rows = Tensor(positions)
    state.keep(positions, rows)
    chosen = chosen.rows(rows)
    sparsity = sparsity.rows(rows)
    stepSize = stepSize.rows(rows)
  }
}
