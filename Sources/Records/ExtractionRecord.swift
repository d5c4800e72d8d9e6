// SPDX-License-Identifier: GPL-3.0-or-later

/// What an attacker who sees a part of a model, or its answers alone, made of the whole by asking.
public struct ExtractionRecord: Codable, Sendable, Hashable {
  /// Queries that were spent before any example was attacked; no example's own are among them.
  public var queries: Int
  /// Where their inputs came from: `train`, `generated` or `both`.
  public var inputs: String
  /// Whether logits were answered, or the class alone.
  public var answersScores: Bool
  /// The share of the model's parameters that the attacker does not hold.
  public var hiddenShare: Double
  /// The share of the judged examples, which were not asked about, on which the stand-in and the model
  /// agree.
  public var fidelity: Estimate

  /// Creates a record.
  public init(
    queries: Int, inputs: String, answersScores: Bool, hiddenShare: Double, fidelity: Estimate
  ) {
    self.queries = queries
    self.inputs = inputs
    self.answersScores = answersScores
    self.hiddenShare = hiddenShare
    self.fidelity = fidelity
  }

  private enum CodingKeys: String, CodingKey {
    case queries, inputs, fidelity
    case answersScores = "answers_scores"
    case hiddenShare = "hidden_share"
  }
}
