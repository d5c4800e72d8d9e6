// SPDX-License-Identifier: GPL-3.0-or-later

/// One adversarial text that a run kept to be read, beside what it was made from.
public struct AttackedTextRecord: Codable, Sendable, Hashable {
  /// A stretch of a text.
  public struct Span: Codable, Sendable, Hashable {
    /// As it stands in the text.
    public var text: String
    /// Whether it is a word that the attack changed.
    public var changed: Bool

    /// Joins the two.
    public init(text: String, changed: Bool) {
      self.text = text
      self.changed = changed
    }
  }

  /// The evaluation's id.
  public var evaluation: String
  /// Index of the example in the data set.
  public var example: Int
  /// The true class.
  public var label: Int
  /// The class of the unchanged text; the true one.
  public var cleanPrediction: Int
  /// The class of the adversarial text; another one.
  public var adversarialPrediction: Int
  /// The attack that found it.
  public var attack: String
  /// The unchanged text.
  public var clean: [Span]
  /// The adversarial text.
  public var adversarial: [Span]

  /// Creates a record.
  public init(
    evaluation: String, example: Int, label: Int, cleanPrediction: Int, adversarialPrediction: Int,
    attack: String, clean: [Span], adversarial: [Span]
  ) {
    self.evaluation = evaluation
    self.example = example
    self.label = label
    self.cleanPrediction = cleanPrediction
    self.adversarialPrediction = adversarialPrediction
    self.attack = attack
    self.clean = clean
    self.adversarial = adversarial
  }

  private enum CodingKeys: String, CodingKey {
    case evaluation, example, label, attack, clean, adversarial
    case cleanPrediction = "clean_prediction"
    case adversarialPrediction = "adversarial_prediction"
  }
}
