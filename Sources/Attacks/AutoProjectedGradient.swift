// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Projected gradient ascent that chooses its own step sizes (APGD).
///
/// Each example halves its step at a checkpoint where the loss rose too seldom or its best value did
/// not move, and goes on from its best point.
///
/// > Source: Croce and Hein. "Reliable Evaluation of Adversarial Robustness with an Ensemble of
/// > Diverse Parameter-free Attacks." ICML 2020,
/// > [arXiv:2003.01690](https://arxiv.org/abs/2003.01690), algorithm 1 and section 3.
public struct AutoProjectedGradient: GradientAttack {
  /// Steps of each restart.
  public var steps: Int
  /// Independent starts.
  public var restarts: Int
  /// What is raised.
  public var loss: Loss
  /// The share of steps that must raise the loss between two checkpoints.
  public var rho: Double

  private static let momentum = 0.75

  /// Creates the attack.
  public init(steps: Int = 100, restarts: Int = 1, loss: Loss = .crossEntropy, rho: Double = 0.75) {
    self.steps = steps
    self.restarts = restarts
    self.loss = loss
    self.rho = rho
  }

  /// Searches for adversarial inputs.
  ///
  /// - Complexity: `restarts × (steps + 1)` forward and backward passes.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(threat.norm == .linf || threat.norm == .l2, "checked before the run")
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    var search = Search(batch)
    try untilBudgetEnds {
      for restart in 0..<restarts where !search.active.isEmpty {
        try climb(restart, ball.rows(search.active), batch, victim, random, &search)
      }
    }
    return search.inputs
  }

  private func climb(
    _ restart: Int, _ ball: Ball, _ batch: Batch, _ victim: any GradientVictim,
    _ random: RandomKey, _ search: inout Search
  ) throws {
    let indices = search.active.map { batch.indices[$0] }
    let start = ball.randomStart(indices, random, restart: restart)
    let answer = try victim.gradient(
      of: loss, at: start, labels: search.activeLabels, rows: search.active)
    var path = AscentPath(
      ball: ball, labels: search.activeLabels, start: start, answer: answer, rho: rho)
    path.keep(search.record(start, logits: answer.logits))
    var checkpoints = Self.checkpoints(steps)
    for step in 0..<steps where !search.active.isEmpty {
      let inputs = path.next(momentum: step == 0 ? 1 : Self.momentum)
      let answer = try victim.gradient(
        of: loss, at: inputs, labels: path.labels, rows: search.active)
      path.take(inputs, answer)
      path.keep(search.record(inputs, logits: answer.logits))
      if step + 1 == checkpoints.first {
        checkpoints.removeFirst()
        path.adapt()
      }
    }
    search.settle(path.best)
  }

  /// The steps after which step sizes may be halved.
  static func checkpoints(_ steps: Int) -> [Int] {
    // In hundredths, as a sum of real shares passes 0.57 by a hair, which is then rounded up.
    var (before, hundredths) = (0, 22)
    var result: [Int] = []
    while hundredths <= 100 {
      let step = (hundredths * steps + 99) / 100
      if step != result.last { result.append(step) }
      (before, hundredths) = (hundredths, hundredths + max(hundredths - before - 3, 6))
    }
    return result
  }
}

extension AttackMember {
  /// Self-tuning steps on the cross-entropy.
  static let apgdCE = AttackMember(
    CatalogEntry(
      name: "apgd-ce", summary: "gradient ascent that halves its own steps, on the cross-entropy",
      citation: "Croce and Hein, ICML 2020, arXiv:2003.01690", knowledge: .whiteBox,
      parameters: [
        ParameterSchema(
          "steps", .integer(1...100_000), default: .integer(100), summary: "steps of each restart"),
        .restarts,
        ParameterSchema(
          "rho", .real(0...1), default: .real(0.75),
          summary: "share of steps that must raise the loss"),
      ]),
    norms: [.linf, .l2]
  ) { values in
    .gradient(
      AutoProjectedGradient(
        steps: values.integer("steps"), restarts: values.integer("restarts"),
        rho: values.real("rho")))
  }
}
