// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Everything that was observed in one evaluation, before it is counted.
public struct EvaluationOutcomes: Sendable, Hashable {
  /// Unique within the report.
  public var id: String
  /// The variant's id.
  public var variant: String
  /// How the model is kept from the attacker; `none` if it is not.
  public var isolation: String
  /// What the attacker may change, sees and spends.
  public var threat: ThreatModel
  /// The name of the attack suite.
  public var suite: String
  /// The attacks in the order in which they ran, at least one, all over the same examples.
  public var attacks: [AttackOutcomes]
  /// Which examples are proved robust, in their order, where a certificate was computed.
  public var certified: [Bool]?
  /// What the soundness checks found, passed or not.
  public var checks: [CheckRecord]
  /// How the attacks shared the examples.
  public var mode: JudgingMode
  /// Whether the number of examples depends on what was found, so that intervals must hold at any
  /// time.
  public var isStopped = false
  /// What the attacker learned by asking; nil where nothing was learned.
  public var extraction: ExtractionRecord?
  /// What answering from a process of its own costs; nil where the model did not.
  public var process: ProcessRecord?

  /// Creates a set of outcomes.
  public init(
    id: String, variant: String, isolation: String = "none", threat: ThreatModel, suite: String,
    attacks: [AttackOutcomes], certified: [Bool]? = nil, checks: [CheckRecord] = [],
    mode: JudgingMode = .worstCase
  ) {
    self.id = id
    self.variant = variant
    self.isolation = isolation
    self.threat = threat
    self.suite = suite
    self.attacks = attacks
    self.certified = certified
    self.checks = checks
    self.mode = mode
  }
}
