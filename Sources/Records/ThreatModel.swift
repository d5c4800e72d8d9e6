// SPDX-License-Identifier: GPL-3.0-or-later

/// What the attacker sees of the model, from most to least.
public enum Knowledge: String, Codable, Sendable, CaseIterable, Comparable {
  /// Everything: weights, gradients, logits.
  case whiteBox = "white-box"
  /// Some layers or sub-models.
  case partial
  /// The logits that an isolated process answers.
  case scores
  /// The class that an isolated process answers.
  case label

  /// Orders by how little is seen: white box comes first.
  public static func < (left: Knowledge, right: Knowledge) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int { Knowledge.allCases.firstIndex(of: self) ?? 0 }
}

/// What the attacker may change, sees and spends.
public struct ThreatModel: Codable, Sendable, Hashable {
  /// The norm that bounds the perturbation.
  public var norm: Norm
  /// The radius of the ball, in input units.
  public var epsilon: Epsilon
  /// What the attacker sees.
  public var knowledge: Knowledge
  /// The most queries for one example, or nil where the attacks' own budgets alone count.
  public var queryBudget: Int?
  /// What binds the attacker where a norm does not, in words; nil where the norm does.
  public var constraints: [String]?

  /// Creates a threat model.
  public init(
    norm: Norm, epsilon: Epsilon, knowledge: Knowledge = .whiteBox, queryBudget: Int? = nil,
    constraints: [String]? = nil
  ) {
    self.norm = norm
    self.epsilon = epsilon
    self.knowledge = knowledge
    self.queryBudget = queryBudget
    self.constraints = constraints
  }

  /// What the first constraint begins with where constraints stand beside norm and epsilon, as in texts,
  /// and not in their place.
  public static let setName = "constraint set "

  /// Whether norm and epsilon bind the attacker.
  public var hasRadius: Bool { constraints?.first?.hasPrefix(ThreatModel.setName) ?? true }

  private enum CodingKeys: String, CodingKey {
    case norm, epsilon, knowledge, constraints
    case queryBudget = "query_budget"
  }
}
