// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Records
public import RobustCore
public import Statistics
public import Torch

/// Projected gradient ascent on a loss; with one step and no random start, the fast gradient method.
///
/// Each restart takes `steps` steps `x ← Π(x + stepSize · epsilon · direction(g))`, where the
/// direction is the steepest one of the norm and `g` the gradient, or a running sum of gradients of
/// length one in l1 where there is momentum.
///
/// > Source: Madry et al. "Towards Deep Learning Models Resistant to Adversarial Attacks." ICLR 2018,
/// > [arXiv:1706.06083](https://arxiv.org/abs/1706.06083), section 2.1; for one step Goodfellow et al.
/// > "Explaining and Harnessing Adversarial Examples." ICLR 2015,
/// > [arXiv:1412.6572](https://arxiv.org/abs/1412.6572), section 4; for momentum Dong et al. "Boosting
/// > Adversarial Attacks with Momentum." CVPR 2018,
/// > [arXiv:1710.06081](https://arxiv.org/abs/1710.06081), algorithm 1.
public struct ProjectedGradient: GradientAttack {
  /// How the length of a step changes on the way.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Constant in linf, falling in l2 and l1.
    case automatic
    /// It stays.
    case constant
    /// It falls along a line to nothing, and in l1 ever fewer coordinates are moved: the first steps
    /// cross the ball, the last ones settle.
    case falling
  }

  /// Steps of each restart.
  public var steps: Int
  /// Independent starts; an example that one of them breaks is left alone by the rest.
  public var restarts: Int
  /// The length of a step, at first, as a share of epsilon; nil for `2.5 / steps`, so that the steps
  /// together can cross the ball, or for 1 where it falls.
  public var stepSize: Double?
  /// How the length of a step changes on the way.
  public var schedule = Schedule.constant
  /// Whether a restart begins at a point drawn uniformly from the ball.
  public var startsRandomly: Bool
  /// What is raised.
  public var loss: Loss
  /// Whether an example is left alone once it is broken; training climbs on.
  public var stopsAtSuccess: Bool
  /// What of the running sum of gradients stays from step to step; nil for no such sum.
  public var momentum: Double?
  /// The chance that a step's gradient is that of a resized input; nil for none.
  public var diversity: Double?
  /// Answers over which logits and gradients are averaged, for models that answer at random.
  public var samples = 1

  /// Creates the attack.
  ///
  /// - Parameters:
  ///   - steps: Steps of each restart.
  ///   - restarts: Independent starts.
  ///   - stepSize: As a share of epsilon.
  ///   - startsRandomly: Whether a restart begins at a point drawn uniformly from the ball.
  ///   - loss: What is raised.
  ///   - stopsAtSuccess: Whether an example is left alone once it is broken.
  public init(
    steps: Int, restarts: Int = 1, stepSize: Double? = nil, startsRandomly: Bool = true,
    loss: Loss = .crossEntropy, stopsAtSuccess: Bool = true
  ) {
    self.steps = steps
    self.restarts = restarts
    self.stepSize = stepSize
    self.startsRandomly = startsRandomly
    self.loss = loss
    self.stopsAtSuccess = stopsAtSuccess
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `samples × restarts × (steps + 1)` forward and `samples × restarts × steps` backward
  ///   passes; `samples × restarts` forward passes more with diversity.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against model: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    let victim = model.averaged(over: samples)
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    var search = Search(batch)
    try untilBudgetEnds {
      for restart in 0..<restarts where !search.active.isEmpty {
        try climb(restart, ball, batch, victim, random, &search)
      }
    }
    return search.inputs
  }

  private func climb(
    _ restart: Int, _ wholeBall: Ball, _ batch: Batch, _ victim: any GradientVictim,
    _ random: RandomKey, _ search: inout Search
  ) throws {
    if diversity != nil, stopsAtSuccess {
      // No later answer before the last is to an input itself.
      let inputs = batch.inputs.rows(search.active)
      _ = search.record(inputs, logits: try victim.logits(of: inputs, rows: search.active))
      guard !search.active.isEmpty else { return }
    }
    var ball = wholeBall.rows(search.active)
    var labels = search.activeLabels
    var indices = search.active.map { batch.indices[$0] }
    var inputs =
      startsRandomly ? ball.randomStart(indices, random, restart: restart) : ball.center
    var sum: Tensor?
    for step in 0..<steps {
      let resizing = diversity.map {
        Resizing(indices, shape: inputs.shape, chance: $0, random.split(restart).split(step))
      }
      let answer = try victim.gradient(
        of: loss, at: resizing?.applied(to: inputs) ?? inputs, labels: labels,
        rows: search.active)
      var gradient = resizing?.adjoint(answer.gradient) ?? answer.gradient
      if let momentum { gradient = accumulated(gradient, onto: sum, momentum) }
      // The answer to a resized input says nothing of the input itself.
      if stopsAtSuccess, resizing == nil, let kept = search.record(inputs, logits: answer.logits) {
        guard !kept.isEmpty else { return }
        let rows = Tensor(kept)
        (inputs, gradient, labels) = (inputs.rows(rows), gradient.rows(rows), labels.rows(rows))
        ball = ball.rows(kept)
        indices = kept.map { indices[$0] }
      }
      if momentum != nil { sum = gradient }
      inputs = ball.projected(inputs + self.step(step, along: gradient, in: ball))
    }
    if stopsAtSuccess {
      let logits = try victim.logits(of: inputs, rows: search.active)
      if let kept = search.record(inputs, logits: logits) { inputs = inputs.rows(kept) }
    }
    search.settle(inputs)
  }

  /// The running sum of gradients, each scaled to length one in l1 as published.
  private func accumulated(_ gradient: Tensor, onto sum: Tensor?, _ momentum: Double) -> Tensor {
    let finite = gradient.isFinite.select(gradient, else: Tensor(repeating: 0, shape: []))
    let flat = finite.flattenedExamples
    let lengths = flat.norm(1, along: [1], keeping: true).clamped(atLeast: 1e-30)
    let unit = (flat / lengths).reshaped(gradient.shape)
    return sum.map { $0 * momentum + unit } ?? unit
  }

  private func step(_ step: Int, along gradient: Tensor, in ball: Ball) -> Tensor {
    guard schedule == .falling || schedule == .automatic && ball.norm != .linf else {
      let size = (stepSize ?? 2.5 / Double(steps)) * ball.epsilon
      return ball.steepestStep(gradient, size: size)
    }
    let left = 1 - Double(step) / Double(steps)
    // In l1 the hundredth of all coordinates shrinks to a single one half way.
    let count = Double(gradient.flattenedExamples.size(1))
    let share = pow(max(1, count / 100), max(0, 2 * left - 1)) / count
    return ball.steepestStep(
      gradient, size: left * (stepSize ?? 1) * ball.epsilon, share: share)
  }
}
