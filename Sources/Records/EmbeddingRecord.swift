// SPDX-License-Identifier: GPL-3.0-or-later

/// How near a model of texts is to its boundary in the space of its vectors of words.
///
/// A diagnostic: no text has the moved vectors, so that nothing of it counts towards robust accuracy.
public struct EmbeddingRecord: Codable, Sendable, Hashable {
  /// What is left in balls of one radius.
  public struct Point: Codable, Sendable, Hashable {
    /// The radius as a share of ``EmbeddingRecord/meanLength``, as it was written.
    public var share: Epsilon
    /// The radius of the ball of each word, in the l2 norm.
    public var radius: Double
    /// Share of all examples that stay right wherever the search moved their vectors.
    public var accuracy: Estimate

    /// Creates a point.
    public init(share: Epsilon, radius: Double, accuracy: Estimate) {
      self.share = share
      self.radius = radius
      self.accuracy = accuracy
    }
  }

  /// The variant's id.
  public var variant: String
  /// Always false: readers of a report alone are to see it too.
  public private(set) var isTextAttack = false
  /// The mean length of the vectors of all words that the model knows.
  public var meanLength: Double
  /// The steps of the search in each ball.
  public var steps: Int
  /// Gradients that all examples took together.
  public var gradients: Int
  /// Examples that were judged.
  public var examples: Int
  /// Share of all examples that are right as they are.
  public var cleanAccuracy: Estimate
  /// By rising radius.
  public var points: [Point]

  /// Creates a record.
  public init(
    variant: String, meanLength: Double, steps: Int, gradients: Int, examples: Int,
    cleanAccuracy: Estimate, points: [Point]
  ) {
    self.variant = variant
    self.meanLength = meanLength
    self.steps = steps
    self.gradients = gradients
    self.examples = examples
    self.cleanAccuracy = cleanAccuracy
    self.points = points
  }

  private enum CodingKeys: String, CodingKey {
    case variant, steps, gradients, examples, points
    case isTextAttack = "text_attack"
    case meanLength = "mean_length"
    case cleanAccuracy = "clean_accuracy"
  }
}
