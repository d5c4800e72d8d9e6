// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// The inputs an attacker may return: a norm ball around each example, cut to the input range.
struct Ball {
  let norm: Norm
  let epsilon: Double
  let inputRange: ClosedRange<Double>
  let center: Tensor
  // For linf both ends are exact: no float between them is further than epsilon from the centre.
  private let low: Tensor
  private let high: Tensor

  /// The balls of a threat model, or balls of a share of their radius.
  init(
    _ threat: ThreatModel, around center: Tensor, inputRange: ClosedRange<Double>, share: Double = 1
  ) {
    norm = threat.norm
    epsilon = threat.epsilon.value * share
    self.center = center
    self.inputRange = inputRange
    if threat.norm == .linf {
      let exact = center.cast(to: .float64)
      let limit = Tensor(repeating: epsilon, shape: [], type: .float64)
      low = Ball.inward(exact - epsilon, of: exact, limit).clamped(to: inputRange)
      high = Ball.inward(exact + epsilon, of: exact, limit).clamped(to: inputRange)
    } else {
      low = center
      high = center
    }
  }

  private init(_ ball: Ball, rows: Tensor) {
    norm = ball.norm
    epsilon = ball.epsilon
    inputRange = ball.inputRange
    center = ball.center.rows(rows)
    low = ball.low.rows(rows)
    high = ball.high.rows(rows)
  }

  private init(_ ball: Ball, epsilon: Double) {
    norm = ball.norm
    self.epsilon = epsilon
    inputRange = ball.inputRange
    center = ball.center
    low = ball.low
    high = ball.high
  }

  /// The balls around some of the examples.
  func rows(_ positions: [Int]) -> Ball { Ball(self, rows: Tensor(positions)) }

  /// Rounds to single precision, towards the centre where rounding would go beyond the limit.
  private static func inward(_ exact: Tensor, of center: Tensor, _ limit: Tensor) -> Tensor {
    let rounded = exact.cast(to: .float32)
    let outside = (rounded.cast(to: .float64) - center).absolute .> limit
    let towards = rounded.next(towards: center.cast(to: .float32))
    return outside.select(towards, else: rounded)
  }

  /// The nearest inputs inside the ball and the range.
  func projected(_ inputs: Tensor) -> Tensor {
    switch norm {
    case .linf:
      return inputs.maximum(low).minimum(high)
    case .l2:
      return shrunk(inputs.clamped(to: inputRange))
    case .l1:
      return shrunk(onSimplexAndBox(inputs))
    case .l0:
      preconditionFailure("the l0 ball is not convex; its attacks choose pixels themselves")
    }
  }

  /// Scales perturbations that are too long; no value is rounded away from the centre.
  private func shrunk(_ inputs: Tensor) -> Tensor {
    let from = center.cast(to: .float64).flattenedExamples
    let perturbation = inputs.cast(to: .float64).flattenedExamples - from
    let lengths = perturbation.norm(norm == .l1 ? 1 : 2, along: [1], keeping: true)
    let tooLong = lengths .> epsilon
    guard tooLong.nonZeroCount > 0 else { return inputs }
    let scaled = perturbation * (lengths.clamped(atLeast: 1e-300).power(-1) * epsilon)
    let inside = Ball.inward(from + scaled, of: from, scaled.absolute)
    return tooLong.select(inside, else: inputs.flattenedExamples).reshaped(inputs.shape)
  }

  /// The nearest inputs inside the l1 ball and the range together.
  ///
  /// Each coordinate moves `min(max(|d| − λ, 0), room)`, and λ is the one for which the movements add
  /// up to epsilon. Their sum is piecewise linear in λ with ends at `|d|` and `|d| − room`, so that
  /// sorting these finds the piece.
  ///
  /// > Source: Croce and Hein. "Mind the Box." ICML 2021,
  /// > [arXiv:2103.01208](https://arxiv.org/abs/2103.01208), proposition 2.2.
  private func onSimplexAndBox(_ inputs: Tensor) -> Tensor {
    let movement = (inputs - center).flattenedExamples
    let flat = center.flattenedExamples
    let upwards = Tensor(repeating: inputRange.upperBound, shape: []) - flat
    let downwards = flat - inputRange.lowerBound
    let size = movement.absolute
    let room = (movement .> 0).select(upwards, else: downwards)
    let ends = Tensor.concatenated([size, size - room], along: 1)
    let slopes = Tensor.concatenated([size * 0 + 1, size * 0 - 1], along: 1)
    let (values, order) = ends.sorted(along: 1, descending: true)
    let weights = slopes.gathered(order, along: 1)
    let counts = weights.cumulativeSum(along: 1)
    let sums = (weights * values).cumulativeSum(along: 1)
    // The sum of movements were λ this end; it grows as λ falls.
    let totals = sums - counts * values
    let isBelow = (totals .> epsilon).not.and(values .> 0).cast(to: .int64)
    let last = (isBelow.sum(along: [1], keeping: true) - 1).cast(to: .int64)
      .clamped(atLeast: 0).cast(to: .int64)
    let slope = counts.gathered(last, along: 1).clamped(atLeast: 1)
    let threshold = ((sums.gathered(last, along: 1) - epsilon) / slope).clamped(atLeast: 0)
    let moved = (size - threshold).relu.minimum(room)
    return (flat + movement.sign * moved).clamped(to: inputRange).reshaped(inputs.shape)
  }

  /// The balls of another radius around the same centres.
  func scaled(to epsilon: Double) -> Ball {
    precondition(norm != .linf, "its ends are exact for one radius")
    return Ball(self, epsilon: epsilon)
  }

  /// Starts drawn uniformly from the ball, one stream for each example.
  func randomStart(_ indices: [Int], _ random: RandomKey, restart: Int) -> Tensor {
    start(indices, random, restart) { stream, row in
      switch norm {
      case .linf: stream.fillLInfBall(row, radius: Float(epsilon))
      case .l2: stream.fillL2Ball(row, radius: Float(epsilon))
      case .l1: stream.fillL1Ball(row, radius: Float(epsilon))
      case .l0: preconditionFailure("there is no uniform start in the l0 ball")
      }
    }
  }

  /// Starts of independent normal values of deviation epsilon / 2, pulled back into the ball.
  func normalStart(_ indices: [Int], _ random: RandomKey, restart: Int) -> Tensor {
    start(indices, random, restart) { stream, row in
      stream.fillNormal(row, mean: 0, sigma: Float(epsilon / 2))
    }
  }

  private func start(
    _ indices: [Int], _ random: RandomKey, _ restart: Int,
    _ fill: (RandomStream, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> Tensor {
    let size = center.count / max(indices.count, 1)
    let noise = Tensor(shape: center.shape) { (buffer: UnsafeMutableBufferPointer<Float>) in
      for (position, index) in indices.enumerated() {
        let row = UnsafeMutableBufferPointer(
          rebasing: buffer[position * size..<(position + 1) * size])
        fill(random.split(example: index).split(restart: restart).stream(), row)
      }
    }
    return projected(center + noise)
  }

  /// The step of length `size` along which a linear function rises fastest.
  ///
  /// For `l1` the step goes to the `share` of the coordinates with the largest gradients, as a single
  /// coordinate at a time would need far too many steps.
  ///
  /// > Source: for l1, Tramer and Boneh. "Adversarial Training and Robustness for Multiple
  /// > Perturbations." NeurIPS 2019, [arXiv:1904.13000](https://arxiv.org/abs/1904.13000), section 2.2.
  ///
  /// A component that is not a number, or infinite, says nothing and counts as zero.
  func steepestStep(_ answer: Tensor, size: Double, share: Double = 0.01) -> Tensor {
    let gradient = answer.isFinite.select(answer, else: Tensor(repeating: 0, shape: []))
    switch norm {
    case .linf:
      return gradient.sign * size
    case .l2:
      let flat = gradient.flattenedExamples
      // Scaled first, as squares of components below 1e-23 vanish in single precision.
      let largest = flat.absolute.largest(along: [1], keeping: true)
      let scaled = flat / largest.clamped(atLeast: Double(Float.leastNormalMagnitude))
      let lengths = scaled.norm(2, along: [1], keeping: true).clamped(atLeast: 1e-30)
      return (scaled / lengths * size).reshaped(gradient.shape)
    case .l1:
      return sparseStep(gradient, size: size, share: share)
    case .l0:
      preconditionFailure("the l0 ball has no steepest step")
    }
  }

  private func sparseStep(_ gradient: Tensor, size: Double, share: Double) -> Tensor {
    let count = max(1, (Double(gradient.flattenedExamples.size(1)) * share).rounded())
    let chosen = Tensor(repeating: count, shape: [gradient.size(0), 1])
    return sparseStep(gradient, coordinates: chosen) * size
  }

  /// A step of length 1 in equal parts to the coordinates of the largest gradients.
  ///
  /// - Parameters:
  ///   - answer: The gradient; what is not finite in it counts as zero.
  ///   - coordinates: How many, for each example: `[N, 1]`, rounded down.
  /// - Returns: In the shape of the gradient.
  func sparseStep(_ answer: Tensor, coordinates: Tensor) -> Tensor {
    let gradient = answer.isFinite.select(answer, else: Tensor(repeating: 0, shape: []))
    let flat = gradient.flattenedExamples
    let magnitudes = flat.absolute
    let sorted = magnitudes.sorted(along: 1, descending: true).values
    let last = (coordinates - 1).cast(to: .int64)
    let threshold = sorted.gathered(last, along: 1)
    let step = (magnitudes .>= threshold).cast(to: .float32) * flat.sign
    let lengths = step.norm(1, along: [1], keeping: true).clamped(atLeast: 1)
    return (step / lengths).reshaped(gradient.shape)
  }
}
