// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
import Torch

/// Random search with squares by the victim's scores, which begins at an adversarial input of a stand-in.
///
/// Even where such an input does not mislead the victim it has most often lowered its margin, so that far
/// fewer queries are left to do.
///
/// > Source: Suya et al. "Hybrid Batch Attacks: Finding Black-box Adversarial Examples with Limited
/// > Queries." USENIX Security 2020, [arXiv:1908.07000](https://arxiv.org/abs/1908.07000), section 4.1.
///
/// - Note: Suya et al. estimate gradients from there; here squares are drawn, as in ``SquareAttack``.
public struct HybridAttack: PreparedAttack {
  /// The stand-in.
  public var source: Surrogate
  /// The most queries for one example.
  public var queries: Int

  /// Creates the attack.
  public init(from source: Surrogate, queries: Int = 1000) {
    self.source = source
    self.queries = queries
  }

  /// Of the model under attack, its scores.
  public var knowledge: Knowledge { .scores }
  /// The stand-in that the attack asks for.
  public var surrogate: Surrogate? { source }
  /// The same beginning, on the model's own gradients.
  public var onItself: AnyAttack? { .gradient(SquaresFromGradients(queries: queries)) }

  /// Keeps the stand-in.
  ///
  /// - Precondition: The materials hold the stand-in.
  public func prepared(
    with materials: AttackMaterials, within threat: ThreatModel, random: RandomKey
  ) throws -> AnyAttack {
    .score(SquaresFromStandIn(surrogate: materials.standIn, queries: queries))
  }
}

/// Draws squares from where an attack on the stand-in ends.
private struct SquaresFromStandIn: ScoreAttack {
  let surrogate: any Network
  let queries: Int

  /// - Complexity: `queries` forward passes of the victim.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any ScoreVictim,
    random: RandomKey
  ) throws -> Tensor {
    let open = ModelVictim(
      surrogate, classes: victim.classes, inputRange: victim.inputRange, rows: batch.count)
    let start = try HybridAttack.climb.perturb(
      batch, within: threat, against: UnbrokenVictim(open, labels: batch.labels),
      random: random.split("start"))
    return try HybridAttack.squares(queries).perturb(
      batch, within: threat, against: victim, random: random.split("squares"), from: start)
  }
}

/// Draws squares from where the climb on the victim itself ends.
private struct SquaresFromGradients: GradientAttack {
  let queries: Int

  /// - Complexity: The steps of the climb, and `queries` forward passes.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    let start = try HybridAttack.climb.perturb(
      batch, within: threat, against: victim, random: random.split("start"))
    return try HybridAttack.squares(queries).perturb(
      batch, within: threat, against: victim, random: random.split("squares"), from: start)
  }
}

extension HybridAttack {
  /// The steps before the first query.
  fileprivate static let climb = AutoProjectedGradient(steps: 50, loss: .margin)

  /// The search; squares of most of the image would wipe out the start.
  fileprivate static func squares(_ queries: Int) -> SquareAttack {
    SquareAttack(queries: queries, initialShare: 0.2)
  }
}

extension AttackMember {
  /// Squares from a stand-in's adversarial inputs.
  static let hybrid = AttackMember(
    CatalogEntry(
      name: "hybrid",
      summary: "random search with squares that begins at another model's adversarial inputs",
      citation: "Suya et al., USENIX Security 2020, arXiv:1908.07000", knowledge: .scores,
      parameters: [
        .source,
        ParameterSchema(
          "queries", .integer(1...10_000_000), default: .integer(1000),
          summary: "the most queries for one example"),
      ]),
    norms: [.linf, .l2, .l1]
  ) { .prepared(HybridAttack(from: $0.choice("source"), queries: $0.integer("queries"))) }
}
