// SPDX-License-Identifier: GPL-3.0-or-later

/// One accuracy of one method in two reports, over all seeds that either tried.
public struct ComparedMethod: Codable, Sendable, Hashable {
  /// Which accuracy.
  public var quantity: Quantity
  /// The method in words.
  public var method: String
  /// The attacker in words; empty for clean accuracy.
  public var attacker: String
  /// The base's seeds.
  public var baseSeeds: [UInt64]
  /// The head's seeds.
  public var headSeeds: [UInt64]
  /// Whether the seeds are the same and were paired.
  public var isPairedBySeed: Bool
  /// Whether both were judged on the same examples.
  public var isPaired: Bool
  /// Examples that every seed was judged on.
  public var examples: Int
  /// The base's accuracy, the mean over its seeds.
  public var baseAccuracy: Double
  /// The head's accuracy, the mean over its seeds.
  public var headAccuracy: Double
  /// The difference with its interval; nil where the noise of seeds is not known.
  public var estimate: Estimate?
  /// What it shows.
  public var answer: Answer
  /// About how many seeds on each side would tell with these examples; nil if no number would.
  public var seedsNeeded: Int?
  /// Why it is not judged.
  public var note: String?

  /// A difference of means and what it rests on.
  public struct Estimate: Codable, Sendable, Hashable {
    /// Accuracy of the head minus accuracy of the base.
    public var difference: Double
    /// Lower end of its interval, from examples and seeds.
    public var low: Double
    /// Upper end of its interval.
    public var high: Double
    /// The standard error that examples alone would leave.
    public var exampleError: Double
    /// The standard error that seeds alone would leave.
    public var seedError: Double
    /// The degrees of freedom of both together.
    public var degreesOfFreedom: Double
    /// Two-sided p-value.
    public var p: Double
    /// The p-value after Holm's correction over all methods of the table.
    public var pHolm: Double

    private enum CodingKeys: String, CodingKey {
      case difference, low, high, p
      case exampleError = "example_error"
      case seedError = "seed_error"
      case degreesOfFreedom = "degrees_of_freedom"
      case pHolm = "p_holm"
    }
  }

  private enum CodingKeys: String, CodingKey {
    case quantity, method, attacker, examples, estimate, answer, note
    case baseSeeds = "base_seeds"
    case headSeeds = "head_seeds"
    case isPairedBySeed = "paired_by_seed"
    case isPaired = "paired"
    case baseAccuracy = "base_accuracy"
    case headAccuracy = "head_accuracy"
    case seedsNeeded = "seeds_needed"
  }
}
