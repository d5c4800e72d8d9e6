// SPDX-License-Identifier: GPL-3.0-or-later

public import Comparing
public import Records

/// What a version must satisfy to ship.
public struct Policy: Sendable, Hashable {
  /// The rules, all of which must pass.
  public var rules: [Rule]

  /// Creates a policy from rules with different names.
  public init(rules: [Rule]) {
    precondition(Set(rules.map(\.id)).count == rules.count, "each rule has a name of its own")
    self.rules = rules
  }

  /// Both policies together.
  ///
  /// - Throws: ``GateError`` with code `repeatedRule` if a name is in both.
  public func joined(with other: Policy) throws(GateError) -> Policy {
    if let both = rules.first(where: { rule in other.rules.contains { $0.id == rule.id } }) {
      throw GateError(
        .repeatedRule, subject: "rule '\(both.id)'", detail: "--max-drop has a rule of this name",
        remedy: "rename it, or leave out --max-drop")
    }
    return Policy(rules: rules + other.rules)
  }

  /// The policy behind a largest drop alone: neither clean nor robust accuracy may fall by more.
  public static func largestDrop(_ margin: Double) -> Policy {
    Policy(
      rules: [Quantity.robust, .clean].map { quantity in
        Rule(
          id: "max-drop-\(quantity.rawValue)",
          demand: .loss(quantity, atMost: margin, against: .baseline, classes: nil))
      })
  }
}

/// One demand on a selection of models.
public struct Rule: Sendable, Hashable {
  /// The name, which stays the same from one run to the next.
  public var id: String
  /// What is demanded.
  public var demand: Demand
  /// Of which models and under which attackers.
  public var selector: Selector
  /// How sure a pass must be.
  public var confidence: Double

  /// Creates a rule.
  public init(
    id: String, demand: Demand, selector: Selector = Selector(), confidence: Double = 0.95
  ) {
    self.id = id
    self.demand = demand
    self.selector = selector
    self.confidence = confidence
  }
}

/// What a rule demands.
public enum Demand: Sendable, Hashable {
  /// What a loss is measured against.
  public enum Reference: String, Sendable, CaseIterable {
    /// The same model in another report.
    case baseline
    /// The dense model that this one comes from, in the same report.
    case parent
  }

  /// Which classes are judged one by one.
  public enum Classes: Sendable, Hashable {
    /// Every class, so that the worst one counts.
    case each
    /// Classes by name or number.
    case named([String])
  }

  /// The accuracy is at least so high.
  case floor(Quantity, atLeast: Double, classes: Classes?)
  /// The accuracy is lower by no more than a margin.
  case loss(Quantity, atMost: Double, against: Reference, classes: Classes?)
  /// The mean over seeds is lower by no more than a margin.
  case methodLoss(Quantity, atMost: Double)
  /// No soundness flag of this severity or a worse one is up.
  case flags(SoundnessFlag.Severity)
  /// A figure of the model lies within bounds.
  case footprint(FootprintFigure, FootprintBound)
  /// Robust accuracy with something kept from the attacker is lower by no more than a margin than
  /// with less kept.
  case isolation(String, than: String, atMost: Double)
}
