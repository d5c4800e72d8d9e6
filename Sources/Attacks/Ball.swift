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

  init(_ threat: ThreatModel, around center: Tensor, inputRange: ClosedRange<Double>) {
    norm = threat.norm
    epsilon = threat.epsilon.value
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

  /// The balls around some of the examples.
  func rows(_ positions: [Int]) -> Ball { Ball(self, rows: Tensor(positions)) }

  /// Rounds to single precision, towards the centre where rounding would go beyond the limit.
  private static func inward(_ exact: Tensor, of center: Tensor, _ limit: Tensor) -> Tensor {
    let rounded = exact.cast(to: .float32)
    let outside = (rounded.cast(to: .float64) - center).absolute .> limit
    let towards = rounded.next(towards: center.cast(to: .float32))
    return outside.select(towards, else: rounded)
  }

  /// The nearest inputs inside the ball and the range, for `l1` first the ball and then the range.
  ///
  /// > Source: for the l1 ball, Duchi et al. "Efficient Projections onto the l1-Ball for Learning in
  /// > High Dimensions." ICML 2008, figure 1.
  func projected(_ inputs: Tensor) -> Tensor {
    switch norm {
    case .linf:
      return inputs.maximum(low).minimum(high)
    case .l2:
      return shrunk(inputs.clamped(to: inputRange))
    case .l1:
      let flat = (inputs - center).flattenedExamples
      let inside = l1Projected(flat).reshaped(inputs.shape)
      return shrunk((center + inside).clamped(to: inputRange))
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

  private func l1Projected(_ flat: Tensor) -> Tensor {
    let magnitudes = flat.absolute
    let sorted = magnitudes.sorted(along: 1, descending: true).values
    let sums = sorted.cumulativeSum(along: 1)
    let ranks = Tensor((1...flat.size(1)).map(Float.init), shape: [1, flat.size(1)])
    let isKept = (sorted * ranks) .> (sums - epsilon)
    let kept = isKept.cast(to: .int64).sum(along: [1], keeping: true).clamped(atLeast: 1)
    // A difference from a real number is real, and no index.
    let last = (kept - 1).cast(to: .int64)
    let excess = (sums.gathered(last, along: 1) - epsilon) / kept.cast(to: .float32)
    return flat.sign * (magnitudes - excess.clamped(atLeast: 0)).relu
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
    let flat = gradient.flattenedExamples
    let chosen = max(1, Int((Double(flat.size(1)) * share).rounded()))
    let threshold = flat.absolute.largest(chosen, along: 1).values
      .slice(chosen - 1..<chosen, along: 1)
    let step = (flat.absolute .>= threshold).cast(to: .float32) * flat.sign
    let lengths = step.norm(1, along: [1], keeping: true).clamped(atLeast: 1)
    return (step / lengths * size).reshaped(gradient.shape)
  }
}
