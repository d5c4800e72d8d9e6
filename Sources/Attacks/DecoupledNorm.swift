// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records
public import RobustCore
public import Statistics
public import Torch

/// Gradient steps whose length in l2 is set apart from their direction: shorter where the last input
/// was adversarial, longer where it was not (DDN).
///
/// > Source: Rony et al. "Decoupling Direction and Norm for Efficient Gradient-Based L2 Adversarial
/// > Attacks and Defenses." CVPR 2019, [arXiv:1811.09600](https://arxiv.org/abs/1811.09600),
/// > algorithm 1.
public struct DecoupledNorm: NearestGradientAttack {
  /// Steps.
  public var steps: Int
  /// By what share the length changes from step to step.
  public var gamma: Double
  /// The length before the first step, in input units.
  public var firstLength: Double

  private static let halvings = 10

  /// Creates the attack.
  public init(steps: Int = 100, gamma: Double = 0.05, firstLength: Double = 1) {
    self.steps = steps
    self.gamma = gamma
    self.firstLength = firstLength
  }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: `steps` forward and backward passes, and 11 forward passes at the end.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(norm == .l2, "checked before the run")
    var search = NearestSearch(batch, in: norm, enough: enough)
    try untilBudgetEnds {
      try walk(&search, victim)
      try search.approach(victim, halvings: Self.halvings)
    }
    return search.inputs
  }

  private func walk(_ search: inout NearestSearch, _ victim: any GradientVictim) throws {
    var originals = search.originals
    var movement = originals * 0
    var inputs = originals
    var length = Tensor(repeating: firstLength, shape: [originals.size(0)])
    for step in 0..<steps where !search.active.isEmpty {
      let answer = try victim.gradient(
        of: .crossEntropy, at: inputs, labels: search.activeLabels, rows: search.active)
      let verdict = search.record(inputs, logits: answer.logits)
      let factors = verdict.isAdversarial.map { Float($0 ? 1 - gamma : 1 + gamma) }
      var direction = unit(answer.gradient)
      if step > 0 { length = length * Tensor(factors) }
      if let kept = verdict.kept {
        let rows = Tensor(kept)
        (originals, movement) = (originals.rows(rows), movement.rows(rows))
        (direction, length) = (direction.rows(rows), length.rows(rows))
      }
      guard !search.active.isEmpty else { return }
      let alpha = 0.01 + 0.99 * (1 + cos(.pi * Double(step) / Double(steps))) / 2
      movement = unit(movement + direction * alpha) * length.perExample(of: movement)
      inputs = (originals + movement).clamped(to: victim.inputRange)
      movement = inputs - originals
    }
    guard !search.active.isEmpty else { return }
    _ = search.record(inputs, logits: try victim.logits(of: inputs, rows: search.active))
  }

  /// Scaled to length one; nothing where there is no direction.
  private func unit(_ answer: Tensor) -> Tensor {
    let finite = answer.isFinite.select(answer, else: Tensor(repeating: 0, shape: []))
    let length = finite.flattenedExamples.norm(2, along: [1]).clamped(atLeast: 1e-20)
    return finite / length.perExample(of: finite)
  }
}

extension AttackMember {
  /// Direction and length apart.
  static let ddn = AttackMember(
    CatalogEntry(
      name: "ddn", summary: "gradient steps whose length shrinks while they succeed",
      citation: "Rony et al., CVPR 2019, arXiv:1811.09600", knowledge: .whiteBox,
      parameters: [
        .steps(100), .gamma(0.05),
        ParameterSchema(
          "first-length", .real(1e-6...1e6), default: .real(1),
          summary: "length before the first step, in input units"),
      ]),
    norms: [.l2], reach: .nearest
  ) { values in
    .nearestByGradient(
      DecoupledNorm(
        steps: values.integer("steps"), gamma: values.real("gamma"),
        firstLength: values.real("first-length")))
  }
}

extension ParameterSchema {
  /// By what share a radius changes from step to step.
  static func gamma(_ value: Double) -> ParameterSchema {
    ParameterSchema(
      "gamma", .real(1e-6...0.99), default: .real(value),
      summary: "share by which the radius changes at first")
  }
}
