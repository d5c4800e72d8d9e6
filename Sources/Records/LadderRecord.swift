// SPDX-License-Identifier: GPL-3.0-or-later

/// One model in one ball, attacked by those who see ever less of it.
public struct LadderRecord: Codable, Sendable, Hashable {
  /// One attacker.
  public struct Rung: Codable, Sendable, Hashable {
    /// The evaluation's id.
    public var evaluation: String
    /// What is kept from the attacker; `none` for the first rung.
    public var isolation: String
    /// What the attacker sees.
    public var knowledge: Knowledge
    /// Share of all examples that are right under the worst of this attacker's attacks.
    public var robustAccuracy: Estimate
    /// Against the attacker who sees everything, on the same examples; nil for that one itself.
    public var difference: ComparisonRecord?
    /// Queries of all examples together that this attacker spent while attacking.
    public var queries: Int

    /// Creates a rung.
    public init(
      evaluation: String, isolation: String, knowledge: Knowledge, robustAccuracy: Estimate,
      difference: ComparisonRecord?, queries: Int
    ) {
      self.evaluation = evaluation
      self.isolation = isolation
      self.knowledge = knowledge
      self.robustAccuracy = robustAccuracy
      self.difference = difference
      self.queries = queries
    }

    private enum CodingKeys: String, CodingKey {
      case evaluation, isolation, knowledge, difference, queries
      case robustAccuracy = "robust_accuracy"
    }
  }

  /// The variant's id.
  public var variant: String
  /// The norm of the ball.
  public var norm: Norm
  /// Its radius, in input units.
  public var epsilon: Epsilon
  /// At least two, the attacker who sees everything first.
  public var rungs: [Rung]
  /// What isolation bought, and what it did not.
  public var statement: String
  /// Why the numbers of the lower rungs must not be taken for robustness; nil where the model is robust
  /// to the attacker who sees everything.
  public var warning: String?

  /// Creates a ladder.
  public init(
    variant: String, norm: Norm, epsilon: Epsilon, rungs: [Rung], statement: String,
    warning: String?
  ) {
    self.variant = variant
    self.norm = norm
    self.epsilon = epsilon
    self.rungs = rungs
    self.statement = statement
    self.warning = warning
  }
}
