// SPDX-License-Identifier: GPL-3.0-or-later

/// One accuracy of one model in two reports.
public struct ComparedModel: Codable, Sendable, Hashable {
  /// Which accuracy.
  public var quantity: Quantity
  /// The method in words.
  public var method: String
  /// The seed.
  public var seed: UInt64
  /// The attacker in words; empty for clean accuracy.
  public var attacker: String
  /// The base's evaluation.
  public var base: String
  /// The head's evaluation.
  public var head: String
  /// Whether both were judged on the same examples.
  public var isPaired: Bool
  /// Examples of the base that were counted.
  public var baseExamples: Int
  /// Examples of the head that were counted; the same ones where paired.
  public var headExamples: Int
  /// The base's accuracy on them.
  public var baseAccuracy: Double
  /// The head's accuracy on them.
  public var headAccuracy: Double
  /// Examples that the base alone has right; nil where not paired.
  public var lost: Int?
  /// Examples that the head alone has right; nil where not paired.
  public var won: Int?
  /// Accuracy of the head minus accuracy of the base.
  public var difference: Double
  /// Lower end of the difference's interval.
  public var low: Double
  /// Upper end of the difference's interval.
  public var high: Double
  /// Two-sided p-value: McNemar's exact test where paired, Fisher's where not.
  public var pExact: Double
  /// McNemar's mid-p; nil where not paired.
  public var pMid: Double?
  /// The exact p-value after Holm's correction over all rows of the table.
  public var pHolm: Double
  /// What it shows.
  public var answer: Answer
  /// About how many examples would tell, where these do not; nil if no number would, or none is missing.
  public var examplesNeeded: Int?
  /// Why the examples are not paired, or why the number is not judged.
  public var note: String?

  private enum CodingKeys: String, CodingKey {
    case quantity, method, seed, attacker, base, head, lost, won, difference, low, high, answer
    case note
    case isPaired = "paired"
    case baseExamples = "base_examples"
    case headExamples = "head_examples"
    case baseAccuracy = "base_accuracy"
    case headAccuracy = "head_accuracy"
    case pExact = "p_exact"
    case pMid = "p_mid"
    case pHolm = "p_holm"
    case examplesNeeded = "examples_needed"
  }
}
