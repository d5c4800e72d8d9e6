// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import Statistics

/// An attack that makes something before it meets the first example: a perturbation learned from
/// other examples, or adversarial inputs of another model.
public protocol PreparedAttack: Sendable {
  /// The most that the attacker must see of the model under attack.
  var knowledge: Knowledge { get }
  /// The model that stands in for the one under attack, where one is needed.
  var surrogate: Surrogate? { get }
  /// The attack on a model that is its own stand-in, whose gradients it asks for and pays; nil for one that
  /// needs no stand-in.
  var onItself: AnyAttack? { get }

  /// Makes the attack that examples are met with.
  ///
  /// - Parameters:
  ///   - materials: Models and examples to learn from.
  ///   - threat: Norm and radius.
  ///   - random: The attack's own randomness.
  /// - Returns: The attack, ready to meet examples; it sees no more than ``knowledge`` says.
  /// - Throws: What a model throws.
  func prepared(
    with materials: AttackMaterials, within threat: ThreatModel, random: RandomKey
  ) throws -> AnyAttack
}

extension PreparedAttack {
  /// Nil, as for an attack that needs no stand-in.
  public var onItself: AnyAttack? { nil }
}

/// A model that stands in for the one under attack.
public enum Surrogate: String, Sendable, CaseIterable {
  /// The dense model that a compressed one was made from; a dense model is its own, and attacked as
  /// ``PreparedAttack/onItself`` says.
  case parent
  /// A dense model of the same architecture and training with another seed.
  case sibling
  /// A model of the same layers: those that the attacker holds, and others learned by queries.
  case learned
  /// The member of a sharded model that the attacker holds.
  case member
  /// The features that the exposed first layers compute, in the place of logits.
  case front

  /// Those that any run can give to an attack by its name; the others belong to an isolation.
  public static let named: [Surrogate] = [.parent, .sibling]
}

/// What an attack may learn from before the first example.
public struct AttackMaterials: Sendable {
  /// The model under attack.
  public let model: any Network
  /// The stand-in that the attack asked for.
  public let surrogate: (any Network)?
  /// Examples apart from the attacked ones; the attacked ones where the data set has no others.
  public let examples: Examples
  /// How models read texts; nil for images.
  public let encoding: TextEncoding?

  /// The same for an attack that did ask for one.
  ///
  /// - Precondition: There is one.
  public var standIn: any Network {
    guard let surrogate else {
      preconditionFailure("an attack is given the stand-in that it asks for")
    }
    return surrogate
  }

  /// Joins models and examples.
  public init(
    model: any Network, surrogate: (any Network)?, examples: Examples,
    encoding: TextEncoding? = nil
  ) {
    self.model = model
    self.surrogate = surrogate
    self.examples = examples
    self.encoding = encoding
  }
}
