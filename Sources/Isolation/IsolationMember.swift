// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
import RobustCore

/// An isolation as the catalog knows it: what it is called, and how to make a rung of it.
public struct IsolationMember: Sendable {
  /// Name, summary, citation, knowledge and parameters.
  public let entry: CatalogEntry
  private let make: @Sendable (ParameterValues) -> Rung

  init(
    _ name: String, _ summary: String, citation: String? = nil, knowledge: Knowledge,
    parameters: [ParameterSchema] = [], value: CatalogEntry.Value? = nil,
    make: @escaping @Sendable (ParameterValues) -> Rung
  ) {
    entry = CatalogEntry(
      name: name, summary: summary, citation: citation, knowledge: knowledge,
      parameters: parameters, value: value)
    self.make = make
  }

  /// The rung that a specification states.
  ///
  /// - Throws: `SpecificationError` where a parameter is missing, unknown or wrong.
  public func rung(
    _ specification: Specification
  ) throws(SpecificationError) -> (rung: Rung, parameters: [String: ParameterValue]) {
    let values = try entry.resolve(specification)
    if let form = entry.value, form.parameters.contains(where: { values[$0] == nil }) {
      let text = form.parameters.map { $0.uppercased() }.joined(separator: form.separator)
      throw SpecificationError(
        .malformed, subject: "isolation '\(specification)'",
        detail: "it does not say which part the attacker holds",
        remedy: "write \(entry.name):\(text)")
    }
    if let first = values["first"]?.integer, let last = values["last"]?.integer, first > last {
      throw SpecificationError(
        .outOfRange, subject: "isolation '\(specification)'",
        detail: "layer \(first) comes after layer \(last)", remedy: "give the first one first")
    }
    if let member = values["member"]?.integer, let count = values["of"]?.integer, member > count {
      throw SpecificationError(
        .outOfRange, subject: "isolation '\(specification)'",
        detail: "there is no member \(member) of \(count)",
        remedy: "give a member from 1 to \(count)")
    }
    return (make(ParameterValues(values)), values)
  }
}

extension IsolationMember {
  /// The model is not kept from the attacker at all.
  static let none = IsolationMember(
    "none", "the attacker sees everything", knowledge: .whiteBox
  ) { _ in Rung(.everything) }

  /// The dense model is public, the compressed one is not.
  static let parent = IsolationMember(
    "parent", "the attacker holds the dense parent; the compressed model answers its class",
    citation: "Papernot et al., 2016, arXiv:1605.07277", knowledge: .partial,
    parameters: [.search]
  ) { Rung(.parent, searchQueries: $0.integer("search")) }

  private static let partition =
    "Zhang et al., \"No Privacy Left Outside\", IEEE S&P 2024, arXiv:2310.07152"

  /// Shallow layers are exposed.
  static let front = IsolationMember(
    "front", "the attacker holds the first layers with weights, and learns the rest",
    citation: partition, knowledge: .partial,
    parameters: [.layers] + ParameterSchema.extraction,
    value: CatalogEntry.Value(["layers"])
  ) {
    Rung(
      .front($0.integer("layers")), extraction: Rung.Extraction($0),
      searchQueries: $0.integer("search"))
  }

  /// Deep layers are exposed.
  static let back = IsolationMember(
    "back", "the attacker holds the last layers with weights, and learns the rest",
    citation: partition, knowledge: .partial,
    parameters: [.layers] + ParameterSchema.extraction,
    value: CatalogEntry.Value(["layers"])
  ) {
    Rung(
      .back($0.integer("layers")), extraction: Rung.Extraction($0),
      searchQueries: $0.integer("search"))
  }

  /// Layers between are exposed.
  static let middle = IsolationMember(
    "middle", "the attacker holds neighbouring layers with weights, and learns the rest",
    citation: partition, knowledge: .partial,
    parameters: [
      ParameterSchema(
        "first", .integer(1...10_000), default: nil, summary: "the first exposed layer, from 1"),
      ParameterSchema(
        "last", .integer(1...10_000), default: nil, summary: "the last exposed layer"),
    ] + ParameterSchema.extraction,
    value: CatalogEntry.Value(["first", "last"])
  ) {
    Rung(
      .middle($0.integer("first")...$0.integer("last")), extraction: Rung.Extraction($0),
      searchQueries: $0.integer("search"))
  }

  /// The largest weights are hidden.
  static let largest = IsolationMember(
    "largest", "the weights of largest magnitude are hidden, and learned",
    citation: partition, knowledge: .partial,
    parameters: [
      ParameterSchema(
        "share", .real(0...1), default: nil, summary: "share of the weights that is hidden")
    ] + ParameterSchema.extraction,
    value: CatalogEntry.Value(["share"])
  ) {
    Rung(
      .largest(hidden: $0.real("share")), extraction: Rung.Extraction($0),
      searchQueries: $0.integer("search"))
  }

  /// One member of a sharded model is exposed.
  static let member = IsolationMember(
    "member", "the attacker holds one member of a sharded model, and learns the others",
    citation: "Tramer et al., NeurIPS 2020, arXiv:2002.08347", knowledge: .partial,
    parameters: [
      ParameterSchema(
        "member", .integer(1...10_000), default: nil, summary: "which one, from 1"),
      ParameterSchema("of", .integer(2...10_000), default: nil, summary: "how many there are"),
    ] + ParameterSchema.extraction,
    value: CatalogEntry.Value(["member", "of"], separator: "-of-")
  ) {
    Rung(
      .member($0.integer("member"), of: $0.integer("of")), extraction: Rung.Extraction($0),
      searchQueries: $0.integer("search"))
  }

  /// An isolated process answers logits.
  static let scores = IsolationMember(
    "scores", "an isolated process answers logits",
    citation: "Tramer et al., USENIX Security 2016, arXiv:1609.02943", knowledge: .scores,
    parameters: ParameterSchema.extraction + [
      ParameterSchema(
        "decimals", .integer(0...7), default: nil,
        summary: "probabilities of so many decimals in the place of logits")
    ] + ParameterSchema.limits
  ) {
    Rung(
      .scores, extraction: Rung.Extraction($0), searchQueries: $0.integer("search"),
      policy: AnswerPolicy(.scores(decimals: $0.optionalInteger("decimals")), $0))
  }

  /// An isolated process answers the class.
  static let label = IsolationMember(
    "label", "an isolated process answers the class alone",
    citation: "Papernot et al., ASIA CCS 2017, arXiv:1602.02697", knowledge: .label,
    parameters: ParameterSchema.extraction + ParameterSchema.limits
  ) {
    Rung(
      .label, extraction: Rung.Extraction($0), searchQueries: $0.integer("search"),
      policy: AnswerPolicy(.label, $0))
  }
}

extension Rung.Extraction {
  fileprivate init(_ values: ParameterValues) {
    self.init(
      queries: values.integer("queries"), inputs: values.choice("inputs"),
      epochs: values.real("epochs"))
  }
}

extension AnswerPolicy {
  fileprivate init(_ answers: Answers, _ values: ParameterValues) {
    self.init(
      answers: answers, queryBudget: values.optionalInteger("budget"),
      queriesPerSecond: values.optionalReal("rate"))
  }
}

extension ParameterSchema {
  /// What the process that holds the model allows.
  fileprivate static let limits = [
    ParameterSchema(
      "budget", .integer(1...1_000_000_000), default: nil,
      summary: "queries that the process answers in its life"),
    ParameterSchema(
      "rate", .real(0.001...1e9), default: nil,
      summary: "queries that the process answers in a second"),
  ]

  fileprivate static let layers = ParameterSchema(
    "layers", .integer(1...10_000), default: nil, summary: "how many layers are exposed")

  fileprivate static let search = ParameterSchema(
    "search", .integer(1...1_000_000), default: .integer(1000),
    summary: "the most queries of one search on an example")

  /// What it takes to learn the hidden part.
  fileprivate static let extraction = [
    ParameterSchema(
      "queries", .integer(1...10_000_000), default: .integer(4000),
      summary: "queries to the victim by which the hidden part is learned"),
    ParameterSchema(
      "inputs", .choice(Rung.Inputs.allCases.map(\.rawValue)),
      default: .choice(Rung.Inputs.both.rawValue),
      summary: "a part of the training data, generated inputs, or both"),
    ParameterSchema(
      "epochs", .real(0.1...1000), default: .real(12), summary: "passes over the answers"),
    .search,
  ]
}
