// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Torch

/// A last layer that tells one point on the sphere around an example from many inside its ball.
///
/// With it in place of the model's own last layer an adversarial input exists by construction: that
/// point. An attack that works finds it, or one beyond it.
///
/// > Source: Zimmermann et al. "Increasing Confidence in Adversarial Robustness Evaluations." NeurIPS
/// > 2022, [arXiv:2206.13991](https://arxiv.org/abs/2206.13991), section 3 and appendix.
///
/// - Note: The read-out is the ridge discriminant of the point against the inner ones, in closed form,
///   where the paper fits a logistic regression; both separate them without an error.
struct PlantedReadOut: Sendable {
  /// `[1, D]`.
  let weight: Tensor
  let bias: Double

  /// Inner points lie within this share of epsilon.
  private static let innerShare = 0.95
  /// Where the boundary lies on the way from the inner points to the planted one.
  private static let closeness = 0.999
  /// Points on the sphere that are tried.
  private static let candidates = 8
  /// The least part of the way to the planted point that must be free of inner ones.
  private static let leastGap = 0.05
  /// The score of a typical inner point, negative; small, so that no softmax is saturated.
  private static let scale = 5.0
  /// As a share of the mean variance: directions that hardly move are not read.
  private static let ridge = 1.0

  private init(weight: Tensor, bias: Double) {
    self.weight = weight
    self.bias = bias
  }

  /// Plants a point around one example.
  ///
  /// - Parameters:
  ///   - input: `[1, C, H, W]`.
  ///   - inner: The number of points inside the ball.
  ///   - features: Gives one row of features for an input.
  ///   - threat: The ball.
  ///   - inputRange: The range of every input value.
  ///   - random: The example's own.
  /// - Returns: Nil where no point on the sphere can be told from those inside.
  /// - Throws: What the model throws.
  static func planted(
    around input: Tensor, inner: Int, features: any Network, threat: ThreatModel,
    inputRange: ClosedRange<Double>, random: RandomKey
  ) throws -> PlantedReadOut? {
    let points = try Tensor.concatenated([
      input, inside(input, inner, threat, inputRange, random.split("inside")),
      onSphere(input, threat, inputRange, random.split("sphere")),
    ])
    let all = try features.tiledLogits(points).flattenedExamples.cast(to: .float64)
    guard all.isFinite.not.nonZeroCount == 0 else { return nil }
    let others = all.slice(0..<inner + 1)
    let mean = others.mean(along: [0]).reshaped([1, -1])
    let centred = others - mean
    for candidate in inner + 1..<inner + 1 + candidates {
      let point = all.slice(candidate..<candidate + 1) - mean
      if let found = separating(point, from: centred, mean: mean) { return found }
    }
    return nil
  }

  private static func separating(
    _ point: Tensor, from inner: Tensor, mean: Tensor
  ) -> PlantedReadOut? {
    let direction = discriminant(of: point, from: inner)
    let length = point.matrixProduct(direction).scalar
    let highest = inner.matrixProduct(direction).reshaped([-1]).largest(along: [0]).scalar
    guard length > 0, length.isFinite, length - highest >= leastGap * length else { return nil }
    let border = highest + closeness * (length - highest)
    let offset = mean.matrixProduct(direction).scalar + border
    let factor = scale / length
    return PlantedReadOut(
      weight: (direction * factor).reshaped([1, -1]).cast(to: .float32), bias: -offset * factor)
  }

  /// Solves `(XᵀX / N + λ) w = point` by conjugate gradients.
  private static func discriminant(of point: Tensor, from inner: Tensor) -> Tensor {
    let (count, size) = (Double(inner.size(0)), inner.size(1))
    let lambda = max(ridge * (inner * inner).sum.scalar / count / Double(size), 1e-12)
    let transposed = inner.transposed(0, 1)
    var solution = point.reshaped([-1, 1]) * 0
    var residual = point.reshaped([-1, 1])
    var step = residual
    var square = (residual * residual).sum.scalar
    let enough = square * 1e-16
    for _ in 0..<min(size, 100) where square > enough {
      let image = transposed.matrixProduct(inner.matrixProduct(step)) / count + step * lambda
      let length = square / (step * image).sum.scalar
      solution = solution + step * length
      residual = residual - image * length
      let next = (residual * residual).sum.scalar
      step = residual + step * (next / square)
      square = next
    }
    return solution
  }

  private static func inside(
    _ input: Tensor, _ count: Int, _ threat: ThreatModel, _ range: ClosedRange<Double>,
    _ random: RandomKey
  ) throws -> Tensor {
    guard let radius = Epsilon(String(threat.epsilon.value * innerShare)) else {
      preconditionFailure("a part of a radius is a radius")
    }
    let batch = Batch(
      inputs: input.rows(Array(repeating: 0, count: count)),
      labels: Tensor(Array(repeating: 0, count: count)), indices: Array(0..<count))
    return try Noise(.uniform).perturb(
      batch, within: ThreatModel(norm: threat.norm, epsilon: radius),
      against: SilentVictim(inputRange: range), random: random)
  }

  /// Points as far away as the ball allows; for linf its corners.
  private static func onSphere(
    _ input: Tensor, _ threat: ThreatModel, _ range: ClosedRange<Double>, _ random: RandomKey
  ) -> Tensor {
    // A hair inside, so that rounding leads none out.
    let radius = Float(threat.epsilon.value * (1 - 1e-6))
    let size = input.count
    let shape = [candidates] + input.shape.dropFirst()
    let noise = Tensor(shape: Array(shape)) { (buffer: UnsafeMutableBufferPointer<Float>) in
      for candidate in 0..<candidates {
        let row = UnsafeMutableBufferPointer(
          rebasing: buffer[candidate * size..<(candidate + 1) * size])
        let stream = random.split(candidate).stream()
        switch threat.norm {
        case .linf: stream.fillSigns(row, size: radius)
        case .l2: stream.fillL2Sphere(row, radius: radius)
        case .l1, .l0: stream.fillL1Sphere(row, radius: radius)
        }
      }
    }
    return (input + noise).clamped(to: range)
  }
}

/// Answers class 0 to everything, so that noise is neither judged nor paid for.
private struct SilentVictim: LabelVictim {
  let inputRange: ClosedRange<Double>
  let classes = 2

  func predictions(of inputs: Tensor, rows: [Int]) -> Tensor {
    Tensor(repeating: 0, shape: [inputs.size(0)], type: .int64)
  }
}
