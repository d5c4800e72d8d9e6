// SPDX-License-Identifier: GPL-3.0-or-later

/// A sharded model whose members are attacked apart.
public struct MembersRecord: Codable, Sendable, Hashable {
  /// How many changes of the training data each prediction is proved to survive.
  public struct Poisoning: Codable, Sendable, Hashable {
    /// Training examples put in or taken out; to change one is to do both.
    public var changes: Int
    /// Share of all examples that are right, and stay so whatever examples are put in or taken out.
    public var certifiedAccuracy: Estimate

    /// Creates a point.
    public init(changes: Int, certifiedAccuracy: Estimate) {
      self.changes = changes
      self.certifiedAccuracy = certifiedAccuracy
    }

    private enum CodingKeys: String, CodingKey {
      case changes
      case certifiedAccuracy = "certified_accuracy"
    }
  }

  /// The variant's id.
  public var variant: String
  /// The norm of the ball.
  public var norm: Norm
  /// Its radius, in input units.
  public var epsilon: Epsilon
  /// The attack that was made on each of them.
  public var attack: String
  /// Examples that were attacked.
  public var examples: Int
  /// `member 1` and so on, and last `whole`, their combined answer.
  public var names: [String]
  /// Share of all examples that each has right unchanged.
  public var cleanAccuracy: [Double]
  /// In each row the share of all examples that each has right when they were perturbed to mislead the one
  /// that the row is named after.
  public var transfer: [[Double]]
  /// By rising number of changes; nil where the members do not vote, or were trained on the same data.
  public var poisoning: [Poisoning]?

  /// Creates a record.
  public init(
    variant: String, norm: Norm, epsilon: Epsilon, attack: String, examples: Int,
    names: [String], cleanAccuracy: [Double], transfer: [[Double]], poisoning: [Poisoning]?
  ) {
    self.variant = variant
    self.norm = norm
    self.epsilon = epsilon
    self.attack = attack
    self.examples = examples
    self.names = names
    self.cleanAccuracy = cleanAccuracy
    self.transfer = transfer
    self.poisoning = poisoning
  }

  private enum CodingKeys: String, CodingKey {
    case variant, norm, epsilon, attack, examples, names, transfer, poisoning
    case cleanAccuracy = "clean_accuracy"
  }
}
