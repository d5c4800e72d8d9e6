// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Statistics

/// Where the inputs come from by which an attacker learns a stand-in.
public protocol QuerySource: Sendable {
  /// Whether inputs can be moved to where a stand-in errs; else all are drawn.
  var explores: Bool { get }
  /// The range of valid input values.
  var range: ClosedRange<Double> { get }

  /// Draws inputs; none is attacked later.
  ///
  /// - Parameters:
  ///   - kind: Where they come from; without training data all are made up.
  ///   - count: How many.
  ///   - random: Consumed in the same way whatever the kind.
  /// - Returns: As many inputs, inside the range.
  func drawn(_ kind: Rung.Inputs, _ count: Int, random: RandomKey) -> QueryInputs

  /// Moves inputs to where a stand-in gets them wrong.
  ///
  /// - Parameters:
  ///   - batch: Inputs with the classes that were answered; indices tell equal ones apart.
  ///   - network: The stand-in.
  ///   - classes: Its number of logits.
  ///   - random: Split by index.
  /// - Returns: One input for each.
  /// - Throws: What the stand-in or an attack throws.
  func moved(
    _ batch: Batch, on network: any Network, classes: Int, random: RandomKey
  ) throws -> QueryInputs
}
