// SPDX-License-Identifier: GPL-3.0-or-later

/// How many examples are still right when so many queries have been spent on each.
public struct QueryPoint: Codable, Sendable, Hashable {
  /// Queries for one example, over all attacks in the order in which they ran; those by which a stand-in
  /// was learned are not among them.
  public var queries: Int
  /// Share of all examples that are right and were not broken by that many queries.
  public var robustAccuracy: Double

  /// Creates a point.
  public init(queries: Int, robustAccuracy: Double) {
    self.queries = queries
    self.robustAccuracy = robustAccuracy
  }

  private enum CodingKeys: String, CodingKey {
    case queries
    case robustAccuracy = "robust_accuracy"
  }
}
