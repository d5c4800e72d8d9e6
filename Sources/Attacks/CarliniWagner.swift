// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records
public import RobustCore
public import Statistics
public import Torch

/// Descends on the squared length of the perturbation and a weighted margin together, in a variable
/// that the range cannot bind (C&W, l2).
///
/// > Source: Carlini and Wagner. "Towards Evaluating the Robustness of Neural Networks." IEEE S&P
/// > 2017, [arXiv:1608.04644](https://arxiv.org/abs/1608.04644), sections V-A (f6), V-B (change of
/// > variables) and VI-A; the descent is Adam's (Kingma and Ba, ICLR 2015, arXiv:1412.6980).
public struct CarliniWagner: NearestGradientAttack {
  /// Steps for each weight.
  public var steps: Int
  /// Weights that are tried for each example.
  public var searches: Int
  /// The rate of the descent.
  public var learningRate: Double
  /// The first weight of the margin.
  public var firstWeight: Double

  /// Creates the attack.
  public init(
    steps: Int = 1000, searches: Int = 9, learningRate: Double = 0.01, firstWeight: Double = 0.001
  ) {
    self.steps = steps
    self.searches = searches
    self.learningRate = learningRate
    self.firstWeight = firstWeight
  }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: `searches × steps` forward and backward passes, and 11 forward passes besides.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(norm == .l2, "checked before the run")
    return try PenaltySearch.nearest(
      batch, in: norm, enough: enough, searches: searches, first: firstWeight, against: victim
    ) { try descend($0, &$1, victim) }
  }

  /// One descent from the inputs; the rows where an adversarial input was seen.
  private func descend(
    _ penalty: PenaltySearch, _ search: inout NearestSearch, _ victim: any GradientVictim
  ) throws -> Set<Int> {
    var succeeded: Set<Int> = []
    var space = TanhSpace(search.activeOriginals, inputRange: victim.inputRange)
    var weights = penalty.weights(of: search.active)
    var adam = Adam(like: space.variable, rate: learningRate)
    for _ in 0..<steps where !search.active.isEmpty {
      let inputs = space.inputs
      let answer = try victim.gradient(
        of: .margin, at: inputs, labels: search.activeLabels, rows: search.active)
      let verdict = search.record(inputs, logits: answer.logits)
      for (position, isWrong) in verdict.isAdversarial.enumerated() where isWrong {
        succeeded.insert(search.lastRows[position])
      }
      let isRight = (answer.losses .> 0).not.cast(to: .float32)
      let pull = answer.gradient * (weights * isRight).perExample(of: inputs)
      var slope = space.slope(of: (inputs - space.originals) * 2 - pull)
      if let kept = verdict.kept {
        let rows = Tensor(kept)
        space.keep(rows)
        adam.keep(rows)
        (weights, slope) = (weights.rows(rows), slope.rows(rows))
      }
      space.move(by: adam.step(slope))
    }
    return succeeded
  }
}

/// Inputs as the hyperbolic tangent of a free variable.
private struct TanhSpace {
  private(set) var originals: Tensor
  private(set) var variable: Tensor
  private let middle: Double
  private let half: Double

  /// Inputs at the ends of the range begin a hair inside, where the tangent still has a slope.
  init(_ originals: Tensor, inputRange: ClosedRange<Double>) {
    self.originals = originals
    middle = (inputRange.upperBound + inputRange.lowerBound) / 2
    half = (inputRange.upperBound - inputRange.lowerBound) / 2
    let unit = ((originals - middle) / half * 0.999_999).clamped(to: -0.999_999...0.999_999)
    variable = (((unit + 1) / (-unit + 1)).logarithm) * 0.5
  }

  var inputs: Tensor { variable.tanh * half + middle }

  func slope(of gradient: Tensor) -> Tensor {
    let tangent = variable.tanh
    return gradient * ((tangent * tangent) * -1 + 1) * half
  }

  mutating func move(by step: Tensor) { variable = variable + step }

  mutating func keep(_ rows: Tensor) {
    originals = originals.rows(rows)
    variable = variable.rows(rows)
  }
}

/// Adam's descent on each example's own variables.
private struct Adam {
  private var mean: Tensor
  private var square: Tensor
  private let rate: Double
  private var count = 0

  init(like variable: Tensor, rate: Double) {
    mean = variable * 0
    square = variable * 0
    self.rate = rate
  }

  mutating func step(_ slope: Tensor) -> Tensor {
    count += 1
    mean = mean * 0.9 + slope * 0.1
    square = square * 0.999 + slope * slope * 0.001
    let first = mean / (1 - pow(0.9, Double(count)))
    let second = square / (1 - pow(0.999, Double(count)))
    return first / (second.squareRoot + 1e-8) * -rate
  }

  mutating func keep(_ rows: Tensor) {
    mean = mean.rows(rows)
    square = square.rows(rows)
  }
}

extension AttackMember {
  /// Length and margin together.
  static let cw = AttackMember(
    CatalogEntry(
      name: "cw", summary: "descent on squared length and weighted margin together",
      citation: "Carlini and Wagner, IEEE S&P 2017, arXiv:1608.04644", knowledge: .whiteBox,
      parameters: [
        .steps(1000), .searches,
        ParameterSchema(
          "learning-rate", .real(1e-6...10), default: .real(0.01), summary: "rate of the descent"),
        .firstWeight(0.001),
      ]),
    norms: [.l2], reach: .nearest
  ) { values in
    .nearestByGradient(
      CarliniWagner(
        steps: values.integer("steps"), searches: values.integer("searches"),
        learningRate: values.real("learning-rate"), firstWeight: values.real("first-weight")))
  }
}

extension ParameterSchema {
  /// Weights of the loss that are tried.
  static let searches = ParameterSchema(
    "searches", .integer(1...30), default: .integer(9), summary: "weights tried for each example")

  /// The first weight of the loss.
  static func firstWeight(_ value: Double) -> ParameterSchema {
    ParameterSchema(
      "first-weight", .real(1e-9...1e9), default: .real(value),
      summary: "weight of the margin at first")
  }
}
