// SPDX-License-Identifier: GPL-3.0-or-later

/// What the attacks of a report spent, and how well the workers were used.
public struct EffortRecord: Codable, Sendable, Hashable {
  /// Forward passes that the attacks asked for.
  public var queries: Int
  /// Input gradients among them.
  public var gradients: Int
  /// Seconds of all workers together.
  public var seconds: Double
  /// Queries and gradients as a share of what the attacks would have spent had every one met every
  /// example and none had fallen.
  public var shareOfAll: Double
  /// The pace of the attacks as a share of that of bare forward and backward passes of the same models
  /// on one core; nil where those were not timed.
  public var pace: Double?

  /// Creates a record.
  public init(
    queries: Int, gradients: Int, seconds: Double, shareOfAll: Double, pace: Double? = nil
  ) {
    self.queries = queries
    self.gradients = gradients
    self.seconds = seconds
    self.shareOfAll = shareOfAll
    self.pace = pace
  }

  private enum CodingKeys: String, CodingKey {
    case queries, gradients, seconds, pace
    case shareOfAll = "share_of_all"
  }
}
