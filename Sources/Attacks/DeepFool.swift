// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Steps onto the nearest border of a linearised model until the border is crossed.
///
/// At the end the way back towards the input is halved, as one overshoot makes it needlessly long, and the
/// border is stepped over by a thousandth of the way, so that rounding does not undo what was found.
///
/// > Source: Moosavi-Dezfooli et al. "DeepFool: A Simple and Accurate Method to Fool Deep Neural
/// > Networks." CVPR 2016, [arXiv:1511.04599](https://arxiv.org/abs/1511.04599), algorithm 2, and
/// > section 3.3 for linf.
public struct DeepFool: NearestGradientAttack {
  /// Steps at most.
  public var steps: Int
  /// The share by which every step goes further than the border.
  public var overshoot: Double
  /// The classes whose borders are considered, those of the largest logits first.
  public var candidates: Int

  private static let halvings = 10

  /// Creates the attack.
  public init(steps: Int = 50, overshoot: Double = 0.02, candidates: Int = 9) {
    self.steps = steps
    self.overshoot = overshoot
    self.candidates = candidates
  }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: 1 forward pass, `candidates` forward and backward passes for each step, and 11
  ///   forward passes at the end.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    var search = NearestSearch(batch, in: norm, enough: enough)
    try untilBudgetEnds {
      try walk(&search, norm, victim)
      try search.approach(victim, halvings: Self.halvings)
      try search.stepOver(victim, by: 1 / Double(1 << Self.halvings))
    }
    return search.inputs
  }

  private func walk(
    _ search: inout NearestSearch, _ norm: Norm, _ victim: any GradientVictim
  ) throws {
    var inputs = search.originals
    let count = min(candidates, victim.classes - 1)
    let logits = try victim.logits(of: inputs, rows: search.active)
    var classes = logits.scattering(
      -.infinity, at: search.activeLabels.reshaped([-1, 1]), along: 1
    ).largest(count, along: 1).indices
    var isStanding = standing(&search, inputs, logits, &classes)
    var movement = (inputs * 0).rows(isStanding)
    inputs = inputs.rows(isStanding)
    for _ in 0..<steps where !search.active.isEmpty {
      let step = try nearestBorder(inputs, classes, search, norm, victim)
      movement = movement + step
      inputs = (search.activeOriginals + movement * (1 + overshoot)).clamped(to: victim.inputRange)
      let logits = try victim.logits(of: inputs, rows: search.active)
      isStanding = standing(&search, inputs, logits, &classes)
      (movement, inputs) = (movement.rows(isStanding), inputs.rows(isStanding))
    }
  }

  /// Records an answer; an example that is over the border needs no more steps.
  private func standing(
    _ search: inout NearestSearch, _ inputs: Tensor, _ logits: Tensor, _ classes: inout Tensor
  ) -> [Int] {
    let verdict = search.record(inputs, logits: logits)
    let kept = verdict.kept ?? Array(verdict.isAdversarial.indices)
    let isStanding = kept.indices.filter { !verdict.isAdversarial[kept[$0]] }
    search.retire(allBut: isStanding)
    let positions = isStanding.map { kept[$0] }
    classes = classes.rows(positions)
    return positions
  }

  /// The shortest step onto a border of the linearised model.
  private func nearestBorder(
    _ inputs: Tensor, _ classes: Tensor, _ search: NearestSearch, _ norm: Norm,
    _ victim: any GradientVictim
  ) throws -> Tensor {
    let labels = search.activeLabels
    var best: (distance: Tensor, step: Tensor)?
    for column in 0..<classes.size(1) {
      let target = classes.slice(column..<column + 1, along: 1).reshaped([-1])
      let answer = try victim.gradient(
        of: .margin, at: inputs, labels: labels, targets: target, rows: search.active)
      let flat = answer.gradient.flattenedExamples
      let length = flat.norm(norm == .linf ? 1 : 2, along: [1]).clamped(atLeast: 1e-20)
      // What is missing, and a little more, so that a step of no length still leaves the border.
      let distance = (answer.losses.absolute + 1e-6) / length
      let direction =
        norm == .linf
        ? answer.gradient.sign : answer.gradient / length.perExample(of: answer.gradient)
      let step = direction * distance.perExample(of: direction)
      if let known = best {
        let isNearer = distance .< known.distance
        best = (
          isNearer.select(distance, else: known.distance),
          isNearer.perExample(of: step).select(step, else: known.step)
        )
      } else {
        best = (distance, step)
      }
    }
    return best?.step ?? inputs * 0
  }
}

extension AttackMember {
  /// Steps onto the nearest linearised border.
  static let deepFool = AttackMember(
    CatalogEntry(
      name: "deepfool", summary: "steps onto the nearest border of the linearised model",
      citation: "Moosavi-Dezfooli et al., CVPR 2016, arXiv:1511.04599", knowledge: .whiteBox,
      parameters: [
        ParameterSchema(
          "steps", .integer(1...10_000), default: .integer(50), summary: "steps at most"),
        ParameterSchema(
          "overshoot", .real(0...1), default: .real(0.02),
          summary: "share by which a step goes beyond the border"),
        ParameterSchema(
          "candidates", .integer(1...1000), default: .integer(9),
          summary: "classes considered, those of the largest logits first"),
      ]),
    norms: [.linf, .l2], reach: .nearest
  ) { values in
    .nearestByGradient(
      DeepFool(
        steps: values.integer("steps"), overshoot: values.real("overshoot"),
        candidates: values.integer("candidates")))
  }
}
