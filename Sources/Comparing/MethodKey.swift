// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// What a model is, apart from its seed: the method that made it.
public struct MethodKey: Sendable, Hashable {
  /// The architecture or the model file.
  public let architecture: String
  /// The training.
  public let training: String
  /// The compression.
  public let compression: String
  /// The share of parameters that was to go.
  public let sparsity: Double

  /// Reads it off a variant.
  public init(_ variant: VariantRecord) {
    architecture = variant.architecture
    training = variant.training
    compression = variant.compression
    sparsity = variant.sparsity.requested
  }

  /// The method in words, such as `cnn, pgd, magnitude at 0.5`.
  public var text: String {
    let compressed = compression == "none" ? "dense" : "\(compression) at \(sparsity.shortText)"
    return "\(architecture), \(training), \(compressed)"
  }
}

/// Who attacks, and how well that is tried: what must agree for robust accuracies to be comparable.
public struct AttackerKey: Sendable, Hashable {
  /// What is kept from the attacker.
  public let isolation: String
  /// What the attacker may change, sees and spends; radii are equal where their values are.
  public let threat: Threat
  /// The attacks.
  public let suite: String

  /// The threat without the way its radius was written.
  public struct Threat: Sendable, Hashable {
    let norm: Norm
    let epsilon: Double
    let knowledge: Knowledge
    let queryBudget: Int?
    let constraints: [String]?
  }

  /// The attacker in words.
  public let text: String

  /// Reads it off an evaluation.
  public init(_ evaluation: EvaluationRecord) {
    let record = evaluation.threat
    isolation = evaluation.isolation
    threat = Threat(
      norm: record.norm, epsilon: record.epsilon.value, knowledge: record.knowledge,
      queryBudget: record.queryBudget, constraints: record.constraints)
    suite = evaluation.suite
    text = AttackerKey.words(evaluation)
  }

  private static func words(_ evaluation: EvaluationRecord) -> String {
    let threat = evaluation.threat
    var parts = [
      "\(threat.norm.rawValue) \(threat.epsilon.text)", threat.knowledge.rawValue,
    ]
    if let budget = threat.queryBudget { parts.append("at most \(budget) queries") }
    if let constraints = threat.constraints {
      parts.append("bound by \(constraints.joined(separator: " and "))")
    }
    if evaluation.isolation != "none" { parts.append("isolation \(evaluation.isolation)") }
    return parts.joined(separator: ", ")
  }

  /// Equal where attacker and attacks are; the words do not count.
  public static func == (left: AttackerKey, right: AttackerKey) -> Bool {
    left.isolation == right.isolation && left.threat == right.threat && left.suite == right.suite
  }

  /// Feeds what ``==(_:_:)`` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(isolation)
    hasher.combine(threat)
    hasher.combine(suite)
  }
}

extension Double {
  /// The shortest decimal form, without a fraction of zero.
  package var shortText: String {
    let text = description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
