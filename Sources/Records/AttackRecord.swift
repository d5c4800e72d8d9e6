// SPDX-License-Identifier: GPL-3.0-or-later

/// What one attack of a suite did.
public struct AttackRecord: Codable, Sendable, Hashable {
  /// The attack's name.
  public var name: String
  /// Its parameters after defaults were filled in.
  public var parameters: [String: JSONValue]
  /// Share of all examples that are right and that neither this attack nor an earlier one broke.
  public var robustAccuracy: Double
  /// Lower end of that share's interval.
  public var low: Double
  /// Upper end of that share's interval.
  public var high: Double
  /// Share of all examples that are right and that this attack alone did not break, where it met all.
  public var ownAccuracy: Estimate?
  /// Examples that the attack was run on.
  public var attacked: Int
  /// Examples that this attack broke first.
  public var broken: Int
  /// Input gradients spent, all examples together.
  public var gradients: Int
  /// Forward passes spent, all examples together.
  public var queries: Int
  /// Median distance of the broken examples in the threat's norm; nil where none was broken.
  public var medianDistance: Double?
  /// Seconds that the attack took, all workers together.
  public var seconds: Double

  /// Creates a record.
  public init(
    name: String, parameters: [String: JSONValue], robustAccuracy: Double, low: Double,
    high: Double, attacked: Int, broken: Int, gradients: Int, queries: Int,
    medianDistance: Double? = nil, seconds: Double
  ) {
    self.name = name
    self.parameters = parameters
    self.robustAccuracy = robustAccuracy
    self.low = low
    self.high = high
    self.attacked = attacked
    self.broken = broken
    self.gradients = gradients
    self.queries = queries
    self.medianDistance = medianDistance
    self.seconds = seconds
  }

  private enum CodingKeys: String, CodingKey {
    case name, parameters, low, high, attacked, broken, gradients, queries, seconds
    case robustAccuracy = "robust_accuracy"
    case ownAccuracy = "own_accuracy"
    case medianDistance = "median_distance"
  }
}
