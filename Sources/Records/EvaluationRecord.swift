// SPDX-License-Identifier: GPL-3.0-or-later

/// One variant under one threat model.
public struct EvaluationRecord: Codable, Sendable, Hashable {
  /// Unique within the report.
  public var id: String
  /// The variant's id.
  public var variant: String
  /// How the model is kept from the attacker; `none` if it is not.
  public var isolation: String
  /// What the attacker may change, sees and spends.
  public var threat: ThreatModel
  /// The name of the attack suite, or the names of its attacks joined with commas.
  public var suite: String
  /// Examples that were judged.
  public var examples: Int
  /// Share of all examples that are classified correctly unchanged.
  public var cleanAccuracy: Estimate
  /// Share of all examples that are classified correctly under the worst attack for each.
  public var robustAccuracy: Estimate
  /// Share of all examples that are proved robust, where a certificate was computed.
  public var certifiedAccuracy: Estimate?
  /// Mean over the attacks of the share that each alone leaves right, where no ball binds them.
  public var meanAccuracy: Double?
  /// The attacks in the order in which they ran.
  public var attacks: [AttackRecord]
  /// Checks that were not passed.
  public var flags: [SoundnessFlag]
  /// All checks that were made, passed or not; nil in reports of earlier versions.
  public var checks: [CheckRecord]?
  /// The verdict on each example; nil in reports of older programs.
  public var verdicts: VerdictRecord?
  /// What the attacker learned by asking; nil where nothing was learned.
  public var extraction: ExtractionRecord?
  /// What answering from a process of its own costs; nil where the model did not.
  public var process: ProcessRecord?
  /// Robust accuracy against queries for one example; nil where the attacker sees everything.
  public var queryCurve: [QueryPoint]?

  /// Creates a record.
  public init(
    id: String, variant: String, isolation: String = "none", threat: ThreatModel, suite: String,
    examples: Int, cleanAccuracy: Estimate, robustAccuracy: Estimate,
    certifiedAccuracy: Estimate? = nil, meanAccuracy: Double? = nil, attacks: [AttackRecord],
    flags: [SoundnessFlag] = [], verdicts: VerdictRecord? = nil
  ) {
    self.id = id
    self.variant = variant
    self.isolation = isolation
    self.threat = threat
    self.suite = suite
    self.examples = examples
    self.cleanAccuracy = cleanAccuracy
    self.robustAccuracy = robustAccuracy
    self.certifiedAccuracy = certifiedAccuracy
    self.meanAccuracy = meanAccuracy
    self.attacks = attacks
    self.flags = flags
    self.verdicts = verdicts
  }

  private enum CodingKeys: String, CodingKey {
    case id, variant, isolation, threat, suite, examples, attacks, flags, checks, verdicts
    case extraction, process
    case queryCurve = "query_curve"
    case cleanAccuracy = "clean_accuracy"
    case robustAccuracy = "robust_accuracy"
    case meanAccuracy = "mean_accuracy"
    case certifiedAccuracy = "certified_accuracy"
  }
}
