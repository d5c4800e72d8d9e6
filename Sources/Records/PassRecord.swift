// SPDX-License-Identifier: GPL-3.0-or-later

/// How fast a model runs on one core by itself, in the tiles that attacks use.
public struct PassRecord: Codable, Sendable, Hashable {
  /// Forward passes of one example, a second.
  public var queriesPerSecond: Double
  /// Forward and backward passes of one example, a second.
  public var gradientsPerSecond: Double

  /// Creates a record.
  public init(queriesPerSecond: Double, gradientsPerSecond: Double) {
    self.queriesPerSecond = queriesPerSecond
    self.gradientsPerSecond = gradientsPerSecond
  }

  private enum CodingKeys: String, CodingKey {
    case queriesPerSecond = "queries"
    case gradientsPerSecond = "gradients"
  }
}
