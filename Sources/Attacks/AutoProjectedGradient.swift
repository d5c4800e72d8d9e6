// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Projected gradient ascent that chooses its own step sizes (APGD).
///
/// Each example adapts its step at checkpoints where the loss rose too seldom or its best value did
/// not move, and goes on from its best point. With targets, each of the classes that the unchanged
/// input is nearest to is led to in turn.
///
/// > Source: Croce and Hein. "Reliable Evaluation of Adversarial Robustness with an Ensemble of
/// > Diverse Parameter-free Attacks." ICML 2020,
/// > [arXiv:2003.01690](https://arxiv.org/abs/2003.01690), algorithm 1 and sections 3 and 4; for l1
/// > "Mind the Box", ICML 2021, [arXiv:2103.01208](https://arxiv.org/abs/2103.01208), section 4, where
/// > two shorter climbs in larger balls find the start.
public struct AutoProjectedGradient: GradientAttack {
  /// Steps of each restart.
  public var steps: Int
  /// Independent starts, for each target.
  public var restarts: Int
  /// What is raised.
  public var loss: Loss
  /// How many classes are led to, those of the largest logits first; nil for any mistake.
  public var targets: Int?
  /// The share of steps that must raise the loss between two checkpoints.
  public var rho: Double
  /// Answers over which logits and gradients are averaged, for models that answer at random.
  public var samples: Int

  /// Creates the attack.
  public init(
    steps: Int = 100, restarts: Int = 1, loss: Loss = .crossEntropy, targets: Int? = nil,
    rho: Double = 0.75, samples: Int = 1
  ) {
    self.steps = steps
    self.restarts = restarts
    self.loss = loss
    self.targets = targets
    self.rho = rho
    self.samples = samples
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `samples × restarts × (steps + 1)` forward and backward passes for each target, and
  ///   `samples` forward passes to rank the targets.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against model: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(threat.norm != .l0, "checked before the run")
    let victim = model.averaged(over: samples)
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    var search = Search(batch)
    try untilBudgetEnds {
      guard let targets else {
        return try climb(ball, nil, batch, victim, random, &search)
      }
      let ranked = try rankedTargets(batch, victim, &search)
      for target in 0..<min(targets, victim.classes - 1) {
        let classes = ranked.slice(target..<target + 1, along: 1).reshaped([-1])
        try climb(ball, classes, batch, victim, random.split(target), &search)
      }
    }
    return search.inputs
  }

  /// Every class but the label's, by falling logit of the unchanged input: `[N, K - 1]`.
  private func rankedTargets(
    _ batch: Batch, _ victim: any GradientVictim, _ search: inout Search
  ) throws -> Tensor {
    let logits = try victim.logits(of: batch.inputs, rows: search.active)
    let column = batch.labels.reshaped([-1, 1])
    let ranked = logits.scattering(-.infinity, at: column, along: 1)
      .largest(victim.classes - 1, along: 1).indices
    _ = search.record(batch.inputs, logits: logits)
    return ranked
  }

  /// All restarts towards one target, or none.
  private func climb(
    _ ball: Ball, _ targets: Tensor?, _ batch: Batch, _ victim: any GradientVictim,
    _ random: RandomKey, _ search: inout Search
  ) throws {
    for restart in 0..<restarts where !search.active.isEmpty {
      let near = ball.rows(search.active)
      let indices = search.active.map { batch.indices[$0] }
      let goal = Goal(labels: search.activeLabels, targets: targets?.rows(search.active))
      let start = near.randomStart(indices, random, restart: restart)
      guard ball.norm == .l1 else {
        try climb(from: start, in: near, goal, victim, &search, steps: steps) {
          AscentPath($0, steps: steps, rho: rho)
        }
        continue
      }
      // Fewer than two steps would not leave the start.
      let share = steps >= 7 ? steps * 3 / 10 : 0
      let found =
        share == 0
        ? start : try explore(from: start, around: near, steps: share, goal, victim, &search)
      guard !search.active.isEmpty else { return }
      let last = steps - 2 * share
      let left =
        share == 0
        ? goal
        : Goal(
          labels: search.activeLabels, targets: targets?.rows(search.active))
      try climb(
        from: found, in: ball.rows(search.active), left, victim, &search, steps: last
      ) {
        SparseAscentPath($0, steps: last, isWarm: share > 0)
      }
    }
  }

  /// What a climb is told of its examples.
  private struct Goal {
    let labels: Tensor
    let targets: Tensor?
  }

  /// Climbs until the steps end or no example is left, and keeps what is adversarial.
  private func climb(
    from start: Tensor, in ball: Ball, _ goal: Goal, _ victim: any GradientVictim,
    _ search: inout Search, steps: Int, _ makePath: (AscentState) -> some Ascent
  ) throws {
    let answer = try victim.gradient(
      of: loss, at: start, labels: goal.labels, targets: goal.targets, rows: search.active)
    var path = makePath(
      AscentState(
        ball: ball, labels: goal.labels, targets: goal.targets, start: start, answer: answer))
    if let kept = search.record(start, logits: answer.logits) { path.keep(kept) }
    for step in 0..<steps where !search.active.isEmpty {
      let inputs = path.next(step: step)
      let answer = try victim.gradient(
        of: loss, at: inputs, labels: path.state.labels, targets: path.state.targets,
        rows: search.active)
      path.take(inputs, answer, step: step)
      if let kept = search.record(inputs, logits: answer.logits) { path.keep(kept) }
    }
    search.settle(path.state.best)
  }

  /// Climbs in balls of three and two times the radius, where nothing but the start counts yet.
  ///
  /// - Returns: A start inside the ball for every example that is still active.
  private func explore(
    from start: Tensor, around ball: Ball, steps: Int, _ goal: Goal,
    _ victim: any GradientVictim, _ search: inout Search
  ) throws -> Tensor {
    var state: AscentState?
    for radius in [3.0, 2] {
      let wide = (state?.ball ?? ball).scaled(to: radius * ball.epsilon)
      let inputs = wide.projected(state?.best ?? start)
      let (labels, targets) = (state?.labels ?? goal.labels, state?.targets ?? goal.targets)
      // The start's own answer is one of the steps.
      let answer = try victim.gradient(
        of: loss, at: inputs, labels: labels, targets: targets, rows: search.active)
      var path = SparseAscentPath(
        AscentState(ball: wide, labels: labels, targets: targets, start: inputs, answer: answer),
        steps: steps, isWarm: state != nil)
      if state == nil, let kept = search.record(inputs, logits: answer.logits) { path.keep(kept) }
      for step in 0..<steps - 1 where !search.active.isEmpty {
        let inputs = path.next(step: step)
        let answer = try victim.gradient(
          of: loss, at: inputs, labels: path.state.labels, targets: path.state.targets,
          rows: search.active)
        path.take(inputs, answer, step: step)
      }
      state = path.state
      if search.active.isEmpty { return inputs }
    }
    return state.map { $0.ball.scaled(to: ball.epsilon).projected($0.best) } ?? start
  }
}

extension AttackMember {
  /// Self-tuning steps on the cross-entropy.
  static let apgdCE = apgd(
    "apgd-ce", "gradient ascent that tunes its own steps, on the cross-entropy",
    losses: [.crossEntropy])
  /// Self-tuning steps on the logit ratio.
  static let apgdDLR = apgd(
    "apgd-dlr", "gradient ascent that tunes its own steps, on the logit ratio or margin",
    losses: [.logitRatio, .margin])
  /// Self-tuning steps towards each of several classes.
  static let apgdT = apgd(
    "apgd-t", "gradient ascent that tunes its own steps, towards each of the nearest classes",
    losses: [.logitRatio, .margin, .crossEntropy], targeted: true)

  private static func apgd(
    _ name: String, _ summary: String, losses: [Loss], targeted: Bool = false
  ) -> AttackMember {
    var parameters = [
      ParameterSchema(
        "steps", .integer(1...100_000), default: .integer(100), summary: "steps of each restart"),
      .restarts, .samples,
      ParameterSchema(
        "rho", .real(0...1), default: .real(0.75),
        summary: "share of steps that must raise the loss"),
    ]
    if losses.count > 1 { parameters.append(.loss(losses)) }
    if targeted { parameters.append(.targets) }
    @Sendable func loss(_ values: ParameterValues) -> Loss {
      losses.count > 1 ? values.choice("loss") : losses[0]
    }
    return AttackMember(
      CatalogEntry(
        name: name, summary: summary, citation: "Croce and Hein, ICML 2020, arXiv:2003.01690",
        knowledge: .whiteBox, parameters: parameters),
      norms: [.linf, .l2, .l1], fewestClasses: { loss($0).minimumClasses(targeted: targeted) }
    ) { values in
      .gradient(
        AutoProjectedGradient(
          steps: values.integer("steps"), restarts: values.integer("restarts"), loss: loss(values),
          targets: targeted ? values.integer("targets") : nil, rho: values.real("rho"),
          samples: values.integer("eot")))
    }
  }
}
