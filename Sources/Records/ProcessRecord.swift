// SPDX-License-Identifier: GPL-3.0-or-later

/// What answering from a process of its own costs, against the same model in this process.
public struct ProcessRecord: Codable, Sendable, Hashable {
  /// What stands between the model and the rest of the machine.
  public var walls: [String]
  /// Milliseconds of one query in this process; nil where too few were timed for an interval.
  public var latency: MedianRecord?
  /// The same through the process.
  public var latencyIsolated: MedianRecord?
  /// Queries in batches of 64 that were answered in a second in this process, by one thread.
  public var queriesPerSecond: Double
  /// The same through the process.
  public var queriesPerSecondIsolated: Double

  /// Creates a record.
  public init(
    walls: [String], latency: MedianRecord?, latencyIsolated: MedianRecord?,
    queriesPerSecond: Double, queriesPerSecondIsolated: Double
  ) {
    self.walls = walls
    self.latency = latency
    self.latencyIsolated = latencyIsolated
    self.queriesPerSecond = queriesPerSecond
    self.queriesPerSecondIsolated = queriesPerSecondIsolated
  }

  private enum CodingKeys: String, CodingKey {
    case walls
    case latency = "latency_ms"
    case latencyIsolated = "latency_ms_isolated"
    case queriesPerSecond = "queries_per_second"
    case queriesPerSecondIsolated = "queries_per_second_isolated"
  }
}
