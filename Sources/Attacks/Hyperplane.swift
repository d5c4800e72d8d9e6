// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// Where a linearised loss of each example is zero.
struct Hyperplane {
  private let normal: Tensor
  private let offset: Tensor
  private let inputRange: ClosedRange<Double>

  /// Linearises a loss about some inputs.
  init(_ answer: LossGradient, at inputs: Tensor, inputRange: ClosedRange<Double>) {
    let gradient = answer.gradient.flattenedExamples
    normal = gradient.isFinite.select(gradient, else: Tensor(repeating: 0, shape: []))
    offset =
      (normal * inputs.flattenedExamples).sum(along: [1], keeping: true)
      - answer.losses.reshaped([-1, 1])
    self.inputRange = inputRange
  }

  /// The shortest movement of each point onto the plane that stays inside the range; the movement
  /// that comes nearest to the plane where none reaches it.
  ///
  /// Each coordinate moves towards the plane as far as `min(λ · pace, room)`, where the pace is 1 in
  /// linf and the weight in l2; the way gained is piecewise linear in λ. In l1 the heaviest
  /// coordinates move as far as they can.
  ///
  /// > Source: Croce and Hein, arXiv:1907.02044, section 2.1 and appendix A.
  ///
  /// - Parameters:
  ///   - points: `[N, C, H, W]`, inside the range.
  ///   - norm: Not `l0`.
  /// - Returns: In the shape of the points.
  func projection(of points: Tensor, in norm: Norm) -> Tensor {
    let flat = points.flattenedExamples
    let missing = offset - (normal * flat).sum(along: [1], keeping: true)
    let direction = normal.sign * missing.sign
    let upwards = Tensor(repeating: inputRange.upperBound, shape: []) - flat
    let downwards = flat - inputRange.lowerBound
    let room = (direction .> 0).select(upwards, else: downwards).relu
    let weights = normal.absolute
    let length =
      norm == .l1
      ? greedy(weights, room, missing.absolute)
      : paced(weights, norm == .linf ? weights * 0 + 1 : weights, room, missing.absolute)
    return (direction * length).reshaped(points.shape)
  }

  private func paced(
    _ weights: Tensor, _ pace: Tensor, _ room: Tensor, _ missing: Tensor
  ) -> Tensor {
    let ends = room / pace.clamped(atLeast: 1e-20)
    let (sorted, order) = ends.sorted(along: 1)
    let gained = (weights * room).gathered(order, along: 1).cumulativeSum(along: 1)
    let slopes = (weights * pace).gathered(order, along: 1)
    let slope = slopes.sum(along: [1], keeping: true) - slopes.cumulativeSum(along: 1)
    // How far the plane has come nearer when a coordinate has used up its room.
    let reached = gained + sorted * slope.relu
    let passed = (reached .< missing).cast(to: .int64).sum(along: [1], keeping: true)
      .cast(to: .int64)
    let before = (passed - 1).clamped(atLeast: 0).cast(to: .int64)
    let isFirst = passed .< 0.5
    let whole = slopes.sum(along: [1], keeping: true)
    let gainedBefore = isFirst.select(missing * 0, else: gained.gathered(before, along: 1))
    let slopeBefore = isFirst.select(whole, else: slope.gathered(before, along: 1))
    let scale = (missing - gainedBefore) / slopeBefore.clamped(atLeast: 1e-20)
    return (pace * scale.clamped(to: 0...1e20)).minimum(room)
  }

  private func greedy(_ weights: Tensor, _ room: Tensor, _ missing: Tensor) -> Tensor {
    let (sorted, order) = weights.sorted(along: 1, descending: true)
    let rooms = room.gathered(order, along: 1)
    let gains = sorted * rooms
    let before = gains.cumulativeSum(along: 1) - gains
    let length = ((missing - before).relu / sorted.clamped(atLeast: 1e-20)).minimum(rooms)
    return (room * 0).scattering(length, at: order, along: 1)
  }
}
