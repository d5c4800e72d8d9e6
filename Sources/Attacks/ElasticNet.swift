// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records
public import RobustCore
public import Statistics
public import Torch

/// Descends on a weighted margin and the elastic net of the perturbation, whose small values are set
/// to nothing after each step (EAD, l1 decision rule).
///
/// > Source: Chen et al. "EAD: Elastic-Net Attacks to Deep Neural Networks via Adversarial Examples."
/// > AAAI 2018, [arXiv:1709.04114](https://arxiv.org/abs/1709.04114), algorithm 1.
public struct ElasticNet: NearestGradientAttack {
  /// Steps for each weight.
  public var steps: Int
  /// Weights that are tried for each example.
  public var searches: Int
  /// The rate of the first step; it falls as a square root.
  public var learningRate: Double
  /// The first weight of the margin.
  public var firstWeight: Double
  /// The weight of the l1 length.
  public var beta: Double

  /// Creates the attack.
  public init(
    steps: Int = 1000, searches: Int = 9, learningRate: Double = 0.01, firstWeight: Double = 0.001,
    beta: Double = 0.001
  ) {
    self.steps = steps
    self.searches = searches
    self.learningRate = learningRate
    self.firstWeight = firstWeight
    self.beta = beta
  }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: `searches × steps` backward and `2 × searches × steps` forward passes, and 11
  ///   forward passes besides.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(norm == .l1, "checked before the run")
    return try PenaltySearch.nearest(
      batch, in: norm, enough: enough, searches: searches, first: firstWeight, against: victim
    ) { try descend($0, &$1, victim) }
  }

  /// One descent from the inputs; the rows where an adversarial input was seen.
  private func descend(
    _ penalty: PenaltySearch, _ search: inout NearestSearch, _ victim: any GradientVictim
  ) throws -> Set<Int> {
    var succeeded: Set<Int> = []
    var originals = search.activeOriginals
    var weights = penalty.weights(of: search.active)
    var (ahead, last) = (originals, originals)
    for step in 0..<steps where !search.active.isEmpty {
      let answer = try victim.gradient(
        of: .margin, at: ahead, labels: search.activeLabels, rows: search.active)
      let isRight = (answer.losses .> 0).not.cast(to: .float32)
      let pull = answer.gradient * (weights * isRight).perExample(of: ahead)
      let rate = learningRate * (1 - Double(step) / Double(steps)).squareRoot()
      let moved = ahead - ((ahead - originals) * 2 - pull) * rate
      var inputs = shrunk(moved - originals, around: originals, victim.inputRange)
      ahead = inputs + (inputs - last) * (Double(step) / Double(step + 3))
      let logits = try victim.logits(of: inputs, rows: search.active)
      let verdict = search.record(inputs, logits: logits)
      for (position, isWrong) in verdict.isAdversarial.enumerated() where isWrong {
        succeeded.insert(search.lastRows[position])
      }
      if let kept = verdict.kept {
        let rows = Tensor(kept)
        (originals, weights) = (originals.rows(rows), weights.rows(rows))
        (inputs, ahead) = (inputs.rows(rows), ahead.rows(rows))
      }
      last = inputs
    }
    return succeeded
  }

  /// Values of the perturbation below beta are nothing, the others lose it.
  private func shrunk(
    _ movement: Tensor, around originals: Tensor, _ inputRange: ClosedRange<Double>
  ) -> Tensor {
    let small = (movement.absolute - beta).relu * movement.sign
    return (originals + small).clamped(to: inputRange)
  }
}

extension AttackMember {
  /// Margin and elastic net together.
  static let ead = AttackMember(
    CatalogEntry(
      name: "ead",
      summary: "descent on weighted margin and elastic net, small changes set to nothing",
      citation: "Chen et al., AAAI 2018, arXiv:1709.04114", knowledge: .whiteBox,
      parameters: [
        .steps(1000), .searches,
        ParameterSchema(
          "learning-rate", .real(1e-6...10), default: .real(0.01),
          summary: "rate of the first step"),
        .firstWeight(0.001),
        ParameterSchema(
          "beta", .real(1e-9...10), default: .real(0.001), summary: "weight of the l1 length"),
      ]),
    norms: [.l1], reach: .nearest
  ) { values in
    .nearestByGradient(
      ElasticNet(
        steps: values.integer("steps"), searches: values.integer("searches"),
        learningRate: values.real("learning-rate"), firstWeight: values.real("first-weight"),
        beta: values.real("beta")))
  }
}
