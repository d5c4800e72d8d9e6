// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
import Torch

/// Images by which an attacker asks a victim.
///
/// > Source: for mixed inputs, Zhang et al. "mixup: Beyond Empirical Risk Minimization." ICLR 2018,
/// > [arXiv:1710.09412](https://arxiv.org/abs/1710.09412), section 2; for made-up ones, Truong et al.
/// > "Data-Free Model Extraction." CVPR 2021, [arXiv:2011.14779](https://arxiv.org/abs/2011.14779).
///
/// - Note: Truong et al. train a generator by thousands of times as many queries; fields are free.
public struct ImageQueries: QuerySource {
  /// Training data, of which the attacker has a part; nil where there is none.
  public let pool: Examples?
  /// `[C, H, W]`.
  public let shape: [Int]
  /// The range of valid input values.
  public let range: ClosedRange<Double>
  /// The ball in which examples will be attacked.
  public let threat: ThreatModel
  /// Moves inputs to where the stand-in errs; nil where all inputs are drawn.
  public let climb: (any GradientAttack)?

  /// Creates a source of images.
  public init(
    pool: Examples?, shape: [Int], range: ClosedRange<Double>, threat: ThreatModel,
    climb: (any GradientAttack)?
  ) {
    self.pool = pool
    self.shape = shape
    self.range = range
    self.threat = threat
    self.climb = climb
  }

  /// Whether there is an attack that moves inputs.
  public var explores: Bool { climb != nil }

  /// Draws images `[count, C, H, W]`, inside the input range; see ``QuerySource``.
  public func drawn(_ kind: Rung.Inputs, _ count: Int, random: RandomKey) -> QueryInputs {
    QueryInputs(values(kind, count, noise: threat.movement, random))
  }

  /// Moves images by the attack; see ``QuerySource``.
  public func moved(
    _ batch: Batch, on network: any Network, classes: Int, random: RandomKey
  ) throws -> QueryInputs {
    guard let climb else { return QueryInputs(batch.inputs) }
    let victim = ModelVictim(network, classes: classes, inputRange: range, rows: batch.count)
    return QueryInputs(
      try climb.perturb(batch, within: threat, against: victim, random: random))
  }

  /// Draws `count` images; mixed ones are moved by up to `noise` in every value.
  private func values(
    _ kind: Rung.Inputs, _ count: Int, noise: Double, _ random: RandomKey
  ) -> Tensor {
    guard let pool, pool.count > 1 else { return fields(count, random.split("fields")) }
    switch kind {
    case .train: return filled(chosen(count, of: pool, random), to: count, noise, random)
    case .generated: return fields(count, random.split("fields"))
    case .both:
      let part = chosen(count - count / 2, of: pool, random)
      return filled(part, to: count, noise, random)
    }
  }

  /// The inputs, and mixes of them where they are too few.
  private func filled(
    _ part: Tensor, to count: Int, _ noise: Double, _ random: RandomKey
  ) -> Tensor {
    let missing = count - part.size(0)
    return missing == 0
      ? part : .concatenated([part, mixes(missing, of: part, noise, random.split("mixes"))])
  }

  private func chosen(_ count: Int, of pool: Examples, _ random: RandomKey) -> Tensor {
    let order = random.split("part").stream().permutation(pool.count)
    return pool.inputs.rows(Array(order.prefix(count)))
  }

  /// Pairs of inputs in a random ratio, moved at random by up to `noise`.
  private func mixes(
    _ count: Int, of part: Tensor, _ noise: Double, _ random: RandomKey
  ) -> Tensor {
    let stream = random.stream()
    let pairs = (0..<2).map { _ in (0..<count).map { _ in stream.integer(below: part.size(0)) } }
    let ones = Array(repeating: 1, count: shape.count)
    let ratio = Tensor(shape: [count] + ones) { stream.fillUniform($0, low: 0, high: 1) }
    let strength = Tensor(shape: [count] + ones) { stream.fillUniform($0, low: 0, high: 1) }
    let signs = Tensor(shape: [count] + shape) { stream.fillSigns($0) }
    let (left, right) = (part.rows(pairs[0]), part.rows(pairs[1]))
    return (right + (left - right) * ratio + signs * strength * noise).clamped(to: range)
  }

  /// Sums of smooth random fields of several widths, spread over the range and cut off at its ends.
  private func fields(_ count: Int, _ random: RandomKey) -> Tensor {
    let (channels, rows, columns) = shape.count == 3 ? (shape[0], shape[1], shape[2]) : (1, 1, 1)
    guard shape.count == 3 else {
      return Tensor(shape: [count] + shape) {
        random.stream().fillUniform(
          $0, low: Float(range.lowerBound), high: Float(range.upperBound))
      }
    }
    let stream = random.stream()
    var sum = Tensor(repeating: 0, shape: [count * channels, rows, columns])
    for side in [3, 5, 9] where side <= min(rows, columns) {
      let coarse = Tensor(shape: [count * channels, side, side]) {
        stream.fillNormal($0, mean: 0, sigma: 1)
      }
      let (down, across) = (Self.widening(side, to: rows), Self.widening(side, to: columns))
      sum = sum + down.matrixProduct(coarse).matrixProduct(across.transposed(0, 1))
    }
    let middle = (range.lowerBound + range.upperBound) / 2
    let width = range.upperBound - range.lowerBound
    return (sum * (width / 2) + middle).clamped(to: range).reshaped([count] + shape)
  }

  /// The matrix `[size, side]` that draws a line through `side` values.
  private static func widening(_ side: Int, to size: Int) -> Tensor {
    var weights = [Float](repeating: 0, count: side * size)
    for row in 0..<size {
      let place = size == 1 ? 0 : Double(row) * Double(side - 1) / Double(size - 1)
      let left = min(Int(place), side - 1)
      let share = Float(place - Double(left))
      weights[row * side + left] += 1 - share
      if left + 1 < side { weights[row * side + left + 1] += share }
    }
    return Tensor(weights, shape: [size, side])
  }
}

extension ThreatModel {
  /// How far single values are moved by a perturbation of the ball, at most.
  fileprivate var movement: Double { norm == .linf ? epsilon.value : min(epsilon.value, 0.1) }
}
