// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records

/// Which models a rule is for, and under which attackers; what is not stated fits everything.
public struct Selector: Sendable, Hashable {
  /// A property of a model that a text describes.
  public enum Field: String, Sendable, CaseIterable {
    /// The variant's id.
    case variant
    /// The architecture.
    case architecture
    /// The training.
    case training
    /// The compression.
    case compression
    /// What is kept from the attacker.
    case isolation
    /// The norm.
    case norm
    /// The radius.
    case epsilon
    /// What the attacker sees.
    case knowledge
    /// The attacks.
    case suite

    /// Whether the field says something of the attacker.
    var isOfAttacker: Bool {
      switch self {
      case .variant, .architecture, .training, .compression: false
      case .isolation, .norm, .epsilon, .knowledge, .suite: true
      }
    }
  }

  /// For each field the texts of which one must fit; `*` stands for any characters.
  public var patterns: [Field: [String]]
  /// The requested sparsity.
  public var sparsity: ClosedRange<Double>?
  /// The seeds.
  public var seeds: [UInt64]?
  /// Whether the model is compressed.
  public var isCompressed: Bool?

  /// Creates a selector.
  public init(
    patterns: [Field: [String]] = [:], sparsity: ClosedRange<Double>? = nil,
    seeds: [UInt64]? = nil, isCompressed: Bool? = nil
  ) {
    self.patterns = patterns
    self.sparsity = sparsity
    self.seeds = seeds
    self.isCompressed = isCompressed
  }

  /// Whether a model is meant, whoever attacks it.
  func fits(_ variant: VariantRecord) -> Bool {
    if let sparsity, !sparsity.contains(variant.sparsity.requested) { return false }
    if let seeds, !seeds.contains(variant.seed) { return false }
    if let isCompressed, isCompressed != (variant.parent != nil) { return false }
    return patterns.allSatisfy { field, texts in
      let value: String? =
        switch field {
        case .variant: variant.id
        case .architecture: variant.architecture
        case .training: variant.training
        case .compression: variant.compression
        case .isolation, .norm, .epsilon, .knowledge, .suite: nil
        }
      return value.map { value in texts.contains { Selector.matches(value, $0) } } ?? true
    }
  }

  /// Whether a model under an attacker is meant.
  func fits(_ entry: ReportIndex.Entry) -> Bool {
    fits(entry.variant) && fits(entry.evaluation, besides: [])
  }

  /// Whether an attacker is meant, without regard to the fields that are ignored.
  func fits(_ evaluation: EvaluationRecord, besides ignored: Set<Field>) -> Bool {
    patterns.allSatisfy { field, texts in
      guard !ignored.contains(field) else { return true }
      let threat = evaluation.threat
      return switch field {
      case .variant, .architecture, .training, .compression: true
      case .epsilon:
        texts.contains { text in
          Epsilon(text).map { $0.value == threat.epsilon.value } ?? (text == "*")
        }
      case .isolation: texts.contains { Selector.matches(evaluation.isolation, $0) }
      case .norm: texts.contains { Selector.matches(threat.norm.rawValue, $0) }
      case .knowledge: texts.contains { Selector.matches(threat.knowledge.rawValue, $0) }
      case .suite: texts.contains { Selector.matches(evaluation.suite, $0) }
      }
    }
  }

  /// Whether a text has the form of a pattern, in which `*` stands for any characters.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let (letters, form) = (Array(text.utf8), Array(pattern.utf8))
    let star = UInt8(ascii: "*")
    var (place, next) = (0, 0)
    var retry: (place: Int, next: Int)?
    while place < letters.count {
      if next < form.count, form[next] == star {
        next += 1
        retry = (place, next)
      } else if next < form.count, form[next] == letters[place] {
        place += 1
        next += 1
      } else if let last = retry {
        // The star takes one character more.
        retry = (last.place + 1, last.next)
        (place, next) = (last.place + 1, last.next)
      } else {
        return false
      }
    }
    return form[next...].allSatisfy { $0 == star }
  }
}
