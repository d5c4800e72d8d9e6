// SPDX-License-Identifier: GPL-3.0-or-later

/// Everything a run found, the source of every other output format.
public struct Report: Codable, Sendable, Hashable {
  /// The version of this layout; it changes only when a reader would break.
  public static let currentSchema = 1

  /// The version of the layout that this report has.
  public var schema: Int
  /// The program that made the report.
  public var tool: ToolRecord
  /// When the run ended: ISO 8601, UTC.
  public var created: String
  /// The command line.
  public var command: String
  /// The first seed.
  public var seed: UInt64
  /// The machine.
  public var environment: EnvironmentRecord
  /// The data.
  public var dataset: DatasetRecord
  /// Every setting after defaults were filled in, so that the run can be repeated.
  public var experiment: JSONValue
  /// How the number of examples came about; nil where it was fixed in advance.
  public var stopping: StoppingRecord?
  /// The models that were judged.
  public var variants: [VariantRecord]
  /// Each variant under each threat model.
  public var evaluations: [EvaluationRecord]
  /// The true classes of the judged examples; nil in reports of older programs.
  public var labels: LabelRecord?
  /// Paired tests between evaluations.
  public var comparisons: [ComparisonRecord]
  /// Robust accuracy against epsilon; absent where one radius was judged and no distances are known.
  public var curves: [CurveRecord]?
  /// What the attacks spent; nil in reports of older programs.
  public var effort: EffortRecord?
  /// Each model under those who see ever less of it; absent where nothing was kept from the attacker.
  public var ladders: [LadderRecord]?
  /// Sharded models whose members were attacked apart; absent where there were none.
  public var members: [MembersRecord]?
  /// Models of texts whose vectors of words were moved, which is no text attack; absent where that was not
  /// asked.
  public var embeddings: [EmbeddingRecord]?
  /// What a policy says of the report; absent where nobody held one against it.
  public var gate: GateResult?
  /// Plain sentences that the numbers support.
  public var findings: [Finding]
  /// Adversarial images to look at; absent where none were kept.
  public var gallery: [GalleryRecord]?
  /// Adversarial texts to read; absent where none were kept.
  public var texts: [AttackedTextRecord]?

  /// Creates a report.
  public init(
    tool: ToolRecord, created: String, command: String, seed: UInt64,
    environment: EnvironmentRecord, dataset: DatasetRecord, experiment: JSONValue,
    variants: [VariantRecord], evaluations: [EvaluationRecord], labels: LabelRecord? = nil,
    comparisons: [ComparisonRecord] = [], findings: [Finding] = []
  ) {
    schema = Report.currentSchema
    self.tool = tool
    self.created = created
    self.command = command
    self.seed = seed
    self.environment = environment
    self.dataset = dataset
    self.experiment = experiment
    self.variants = variants
    self.evaluations = evaluations
    self.labels = labels
    self.comparisons = comparisons
    self.findings = findings
  }
}
