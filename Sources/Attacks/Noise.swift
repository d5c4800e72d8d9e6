// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Random noise without an adversary: what robustness is not.
///
/// Every attempt draws fresh noise for each example that is still classified correctly.
public struct Noise: LabelAttack {
  /// The distributions.
  public enum Distribution: String, Sendable, CaseIterable {
    /// Uniform in the ball.
    case uniform
    /// Independent normal values of deviation epsilon / 2, pulled back into the ball.
    case gaussian
  }

  /// What is drawn.
  public var distribution: Distribution
  /// Draws for each example.
  public var attempts: Int

  /// Creates the noise.
  public init(_ distribution: Distribution, attempts: Int = 1) {
    self.distribution = distribution
    self.attempts = attempts
  }

  /// Draws noise until it breaks the example or the attempts are used up.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    let ball = Ball(threat, around: batch.inputs, inputRange: victim.inputRange)
    var search = Search(batch)
    try untilBudgetEnds {
      for attempt in 0..<attempts where !search.active.isEmpty {
        let active = ball.rows(search.active)
        let indices = search.active.map { batch.indices[$0] }
        var inputs =
          switch distribution {
          case .uniform: active.randomStart(indices, random, restart: attempt)
          case .gaussian: active.normalStart(indices, random, restart: attempt)
          }
        let predictions = try victim.predictions(of: inputs, rows: search.active)
        if let kept = search.record(inputs, predictions: predictions) { inputs = inputs.rows(kept) }
        search.settle(inputs)
      }
    }
    return search.inputs
  }
}

extension AttackMember {
  /// Uniform in the ball.
  static let uniform = noise(.uniform, "noise drawn uniformly from the ball")
  /// Normal values pulled back into the ball.
  static let gaussian = noise(.gaussian, "normal noise of deviation epsilon / 2 inside the ball")

  private static func noise(_ distribution: Noise.Distribution, _ summary: String) -> AttackMember {
    AttackMember(
      CatalogEntry(
        name: distribution.rawValue, summary: summary, knowledge: .label,
        parameters: [
          ParameterSchema(
            "attempts", .integer(1...1_000_000), default: .integer(10),
            summary: "draws for each example")
        ]),
      norms: [.linf, .l2, .l1]
    ) { values in .label(Noise(distribution, attempts: values.integer("attempts"))) }
  }
}
