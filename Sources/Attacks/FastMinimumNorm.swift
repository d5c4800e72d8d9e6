// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records
public import RobustCore
public import Statistics
public import Torch

/// Projected gradient steps in a ball whose radius follows the border of the decision (FMN).
///
/// > Source: Pintor et al. "Fast Minimum-norm Adversarial Attacks through Adaptive Norm Constraints."
/// > NeurIPS 2021, [arXiv:2102.12827](https://arxiv.org/abs/2102.12827), algorithm 1.
public struct FastMinimumNorm: NearestGradientAttack {
  /// Steps.
  public var steps: Int
  /// The length in l2 of the first step, in input units; it falls along a cosine.
  public var stepSize: Double
  /// By what share the radius changes at first; it falls along a cosine to a fiftieth.
  public var gamma: Double

  private static let halvings = 10

  /// Creates the attack.
  public init(steps: Int = 100, stepSize: Double = 1, gamma: Double = 0.05) {
    self.steps = steps
    self.stepSize = stepSize
    self.gamma = gamma
  }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: `steps` forward and backward passes, and 11 forward passes at the end; one in l0,
  ///   where no way can be halved.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    var search = NearestSearch(batch, in: norm, enough: enough)
    try untilBudgetEnds {
      try walk(&search, norm, victim)
      if norm != .l0 { try search.approach(victim, halvings: Self.halvings) }
    }
    return search.inputs
  }

  private func walk(
    _ search: inout NearestSearch, _ norm: Norm, _ victim: any GradientVictim
  ) throws {
    var originals = search.originals
    var inputs = originals
    var radius = Tensor(repeating: norm == .l0 ? 1 : .infinity, shape: [originals.size(0)])
    for step in 0..<steps where !search.active.isEmpty {
      let answer = try victim.gradient(
        of: .margin, at: inputs, labels: search.activeLabels, rows: search.active)
      let known = search.activeDistances .< Double.infinity
      let verdict = search.record(inputs, logits: answer.logits)
      var gradient = answer.gradient.isFinite
        .select(answer.gradient, else: Tensor(repeating: 0, shape: []))
      let falling = (1 + cos(.pi * Double(step) / Double(steps))) / 2
      radius = self.radius(
        radius, norm, verdict: verdict, wasKnown: known, movement: inputs - originals,
        gradient: gradient, loss: answer.losses, share: gamma * (0.02 + 0.98 * falling))
      if let kept = verdict.kept {
        let rows = Tensor(kept)
        (originals, inputs) = (originals.rows(rows), inputs.rows(rows))
        (gradient, radius) = (gradient.rows(rows), radius.rows(rows))
      }
      guard !search.active.isEmpty else { return }
      radius = radius.minimum(search.activeDistances)
      let length = gradient.flattenedExamples.norm(2, along: [1]).clamped(atLeast: 1e-20)
      let size = stepSize * max(falling, 1e-5)
      let moved = inputs - originals + gradient / length.perExample(of: gradient) * size
      inputs = (originals + norm.projected(moved, radius: radius)).clamped(to: victim.inputRange)
    }
    guard !search.active.isEmpty else { return }
    _ = search.record(inputs, logits: try victim.logits(of: inputs, rows: search.active))
  }

  /// The radius of the next step: before the first success, where the linearised model has its
  /// border; then a little longer or shorter.
  private func radius(
    _ radius: Tensor, _ norm: Norm, verdict: NearestSearch.Verdict, wasKnown: Tensor,
    movement: Tensor, gradient: Tensor, loss: Tensor, share: Double
  ) -> Tensor {
    let isAdversarial = Tensor(verdict.isAdversarial.map { $0 ? Float(1) : 0 }) .> 0.5
    if norm == .l0 {
      let shorter = (radius - 1).minimum((radius * (1 - share)).floor)
      let longer = (radius + 1).maximum((radius * (1 + share)).floor)
      return isAdversarial.select(shorter, else: longer).clamped(atLeast: 1)
    }
    let dual: Double =
      switch norm {
      case .linf: 1
      case .l2: 2
      case .l1, .l0: .infinity
      }
    let slope = gradient.flattenedExamples.norm(dual, along: [1]).clamped(atLeast: 1e-12)
    let order = norm == .linf ? Double.infinity : norm == .l2 ? 2 : 1
    let length = movement.flattenedExamples.norm(order, along: [1])
    // Where the range cuts movements short the border lies further than the linearised one, so the
    // radius grows at least as it does after the first success.
    let grown = radius * (1 + share)
    let hasRadius = radius .< Double.infinity
    let border = length + loss.absolute / slope
    let searching = hasRadius.select(border.maximum(grown), else: border)
    let longer = wasKnown.select(grown, else: searching)
    return isAdversarial.select(radius.minimum(length) * (1 - share), else: longer)
  }
}

extension Norm {
  /// The nearest perturbations whose length is at most a radius of their own.
  ///
  /// - Parameters:
  ///   - movement: `[N, C, H, W]`.
  ///   - radius: `[N]`; for `l0` whole numbers.
  /// - Returns: In the shape of the movement.
  func projected(_ movement: Tensor, radius: Tensor) -> Tensor {
    let flat = movement.flattenedExamples
    let column = radius.reshaped([-1, 1])
    let size = flat.size(1)
    switch self {
    case .linf:
      return flat.minimum(column).maximum(-column).reshaped(movement.shape)
    case .l2:
      let length = flat.norm(2, along: [1], keeping: true).clamped(atLeast: 1e-20)
      return (flat * (column / length).clamped(atMost: 1)).reshaped(movement.shape)
    case .l1:
      let magnitudes = flat.absolute
      let sorted = magnitudes.sorted(along: 1, descending: true).values
      let ranks = Tensor((1...size).map(Float.init), shape: [1, size])
      let excess = (sorted.cumulativeSum(along: 1) - column) / ranks
      // The threshold is the largest of the excesses, where none is negative.
      let threshold = excess.largest(along: [1], keeping: true).clamped(atLeast: 0)
      return (flat.sign * (magnitudes - threshold).relu).reshaped(movement.shape)
    case .l0:
      let magnitudes = flat.absolute
      let order = magnitudes.sorted(along: 1, descending: true).indices
      let ranks = Tensor((0..<size).map(Float.init), shape: [1, size])
      let isKept = (ranks .< column).cast(to: .float32) + flat * 0
      let mask = (flat * 0).scattering(isKept, at: order, along: 1)
      return (flat * mask).reshaped(movement.shape)
    }
  }
}

extension AttackMember {
  /// A ball whose radius follows the border.
  static let fmn = AttackMember(
    CatalogEntry(
      name: "fmn", summary: "gradient steps in a ball whose radius follows the decision's border",
      citation: "Pintor et al., NeurIPS 2021, arXiv:2102.12827", knowledge: .whiteBox,
      parameters: [
        .steps(100), .gamma(0.05),
        ParameterSchema(
          "step-size", .real(1e-6...1e6), default: .real(1),
          summary: "l2 length of the first step, in input units"),
      ]),
    norms: Set(Norm.allCases), reach: .nearest
  ) { values in
    .nearestByGradient(
      FastMinimumNorm(
        steps: values.integer("steps"), stepSize: values.real("step-size"),
        gamma: values.real("gamma")))
  }
}
