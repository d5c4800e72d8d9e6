// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore

/// An attack as the catalog knows it: what it is called, where it works, how to make it.
public struct AttackMember: Sendable {
  /// Where an attack's inputs may lie.
  public enum Reach: String, Sendable {
    /// Inside the ball of the threat model.
    case ball
    /// As near as possible, in the norm of the threat model; the ball says which ones count.
    case nearest
    /// Anywhere in the input range: rotations and corruptions obey no norm.
    case anywhere
  }

  /// Name, citation, knowledge and parameters.
  public let entry: CatalogEntry
  /// The norms that it has a form for.
  public let norms: Set<Norm>
  /// Where its inputs may lie.
  public let reach: Reach
  /// Whether the attack follows the model's own gradient where others are given a straight-through one.
  public let usesOwnGradient: Bool
  /// What it may write in the place of words; nil for an attack on images.
  public let constraints: ConstraintSet?
  private let fewestClasses: @Sendable (ParameterValues) -> Int
  private let make: @Sendable (ParameterValues) -> AnyAttack

  init(
    _ entry: CatalogEntry, norms: Set<Norm>, reach: Reach = .ball,
    usesOwnGradient: Bool = false,
    fewestClasses: @escaping @Sendable (ParameterValues) -> Int = { _ in 2 },
    make: @escaping @Sendable (ParameterValues) -> AnyAttack
  ) {
    self.entry = entry
    self.norms = norms
    self.reach = reach
    self.usesOwnGradient = usesOwnGradient
    constraints = nil
    self.fewestClasses = fewestClasses
    self.make = make
  }

  /// An attack on texts, where the norm counts words.
  init(
    _ entry: CatalogEntry, constraints: ConstraintSet,
    fewestClasses: @escaping @Sendable (ParameterValues) -> Int = { _ in 2 },
    make: @escaping @Sendable (ParameterValues) -> AnyAttack
  ) {
    self.entry = entry
    norms = [.l0]
    reach = .ball
    usesOwnGradient = false
    self.constraints = constraints
    self.fewestClasses = fewestClasses
    self.make = make
  }

  /// The attack with the parameters that a specification states.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  public func attack(
    _ specification: Specification
  ) throws(SpecificationError) -> (attack: AnyAttack, parameters: [String: ParameterValue]) {
    let values = try entry.resolve(specification)
    return (make(ParameterValues(values)), values)
  }

  /// The fewest classes of a model that the attack can be run on with these parameters.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  public func minimumClasses(_ specification: Specification) throws(SpecificationError) -> Int {
    fewestClasses(ParameterValues(try entry.resolve(specification)))
  }
}
