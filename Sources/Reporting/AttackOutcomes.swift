// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// What one attack of a suite did to each example of an evaluation.
public struct AttackOutcomes: Sendable, Hashable {
  /// The attack's name.
  public var name: String
  /// Its parameters after defaults were filled in.
  public var parameters: [String: JSONValue]
  /// Seconds that it took, all workers together.
  public var seconds: Double
  /// One outcome for each example of the evaluation, in any order.
  public var outcomes: [Outcome]

  /// Creates a list of outcomes.
  public init(
    name: String, parameters: [String: JSONValue] = [:], seconds: Double, outcomes: [Outcome]
  ) {
    self.name = name
    self.parameters = parameters
    self.seconds = seconds
    self.outcomes = outcomes
  }
}
