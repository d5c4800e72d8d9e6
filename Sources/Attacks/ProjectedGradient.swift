// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Projected gradient ascent on a loss; with one step and no random start, the fast gradient method.
///
/// Each restart takes `steps` steps `x ← Π(x + stepSize · epsilon · direction(∇L))`, where the
/// direction is the steepest one of the norm.
///
/// > Source: Madry et al. "Towards Deep Learning Models Resistant to Adversarial Attacks." ICLR 2018,
/// > [arXiv:1706.06083](https://arxiv.org/abs/1706.06083), section 2.1; for one step Goodfellow et al.
/// > "Explaining and Harnessing Adversarial Examples." ICLR 2015,
/// > [arXiv:1412.6572](https://arxiv.org/abs/1412.6572), section 4.
public struct ProjectedGradient: GradientAttack {
  /// Steps of each restart.
  public var steps: Int
  /// Independent starts; an example that one of them breaks is left alone by the rest.
  public var restarts: Int
  /// The length of a step as a share of epsilon.
  public var stepSize: Double
  /// Whether a restart begins at a point drawn uniformly from the ball.
  public var startsRandomly: Bool
  /// What is raised.
  public var loss: Loss
  /// Whether an example is left alone once it is broken; training climbs on.
  public var stopsAtSuccess: Bool

  /// Creates the attack.
  ///
  /// - Parameters:
  ///   - steps: Steps of each restart.
  ///   - restarts: Independent starts.
  ///   - stepSize: As a share of epsilon; by default `2.5 / steps`, so that the steps together can
  ///     cross the ball.
  ///   - startsRandomly: Whether a restart begins at a point drawn uniformly from the ball.
  ///   - loss: What is raised.
  ///   - stopsAtSuccess: Whether an example is left alone once it is broken.
  public init(
    steps: Int, restarts: Int = 1, stepSize: Double? = nil, startsRandomly: Bool = true,
    loss: Loss = .crossEntropy, stopsAtSuccess: Bool = true
  ) {
    self.steps = steps
    self.restarts = restarts
    self.stepSize = stepSize ?? 2.5 / Double(steps)
    self.startsRandomly = startsRandomly
    self.loss = loss
    self.stopsAtSuccess = stopsAtSuccess
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `restarts × (steps + 1)` forward and `restarts × steps` backward passes.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
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
    var ball = wholeBall.rows(search.active)
    var labels = search.activeLabels
    var inputs =
      startsRandomly
      ? ball.randomStart(search.active.map { batch.indices[$0] }, random, restart: restart)
      : ball.center
    for _ in 0..<steps {
      let answer = try victim.gradient(of: loss, at: inputs, labels: labels, rows: search.active)
      var gradient = answer.gradient
      if stopsAtSuccess, let kept = search.record(inputs, logits: answer.logits) {
        guard !kept.isEmpty else { return }
        let rows = Tensor(kept)
        (inputs, gradient, labels) = (inputs.rows(rows), gradient.rows(rows), labels.rows(rows))
        ball = ball.rows(kept)
      }
      inputs = ball.projected(
        inputs + ball.steepestStep(gradient, size: stepSize * ball.epsilon))
    }
    if stopsAtSuccess {
      let logits = try victim.logits(of: inputs, rows: search.active)
      if let kept = search.record(inputs, logits: logits) { inputs = inputs.rows(kept) }
    }
    search.settle(inputs)
  }
}

extension AttackMember {
  /// One step of the whole radius.
  static let fgsm = AttackMember(
    CatalogEntry(
      name: "fgsm", summary: "one gradient step of length epsilon",
      citation: "Goodfellow et al., ICLR 2015, arXiv:1412.6572", knowledge: .whiteBox,
      parameters: [.loss]),
    norms: [.linf, .l2, .l1]
  ) { values in
    .gradient(
      ProjectedGradient(
        steps: 1, stepSize: 1, startsRandomly: false, loss: values.choice("loss")))
  }

  /// Many steps from random starts.
  static let pgd = AttackMember(
    CatalogEntry(
      name: "pgd", summary: "projected gradient ascent from random starts",
      citation: "Madry et al., ICLR 2018, arXiv:1706.06083", knowledge: .whiteBox,
      parameters: [
        ParameterSchema(
          "steps", .integer(1...100_000), default: .integer(20), summary: "steps of each restart"),
        .restarts,
        ParameterSchema(
          "step-size", .real(1e-6...10), default: nil,
          summary: "share of epsilon; 2.5 / steps if not stated"),
        .loss,
      ]),
    norms: [.linf, .l2, .l1]
  ) { values in
    .gradient(
      ProjectedGradient(
        steps: values.integer("steps"), restarts: values.integer("restarts"),
        stepSize: values.optionalReal("step-size"), loss: values.choice("loss")))
  }
}

extension ParameterSchema {
  /// What a gradient attack raises.
  static let loss = ParameterSchema(
    "loss", .choice(Loss.allCases.map(\.rawValue)), default: .choice(Loss.crossEntropy.rawValue),
    summary: "what is raised")
  /// Independent starts.
  static let restarts = ParameterSchema(
    "restarts", .integer(1...10_000), default: .integer(1), summary: "independent random starts")
}
