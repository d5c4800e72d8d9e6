// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records

/// Reads one rule of a policy file.
struct RuleReader {
  private static let common = ["id", "check", "where", "confidence"]
  private static let checks =
    ["robust_accuracy", "clean_accuracy", "certified_accuracy", "flags", "isolation"]
    + FootprintFigure.allCases.map(\.rawValue)

  private let node: PolicyNode
  private let confidence: Double

  init(_ node: PolicyNode, confidence: Double) {
    self.node = node
    self.confidence = confidence
  }

  /// The rule; `isTaken` says whether another has a name already, so that one without an id is numbered.
  func rule(isTaken: (String) -> Bool) throws(GateError) -> Rule {
    let every = [
      "at_least", "at_most", "max_drop", "max_increase", "against", "classes", "seeds", "severity",
      "isolation", "than",
    ]
    let all = try node.mapping(RuleReader.common + every, example: "check: robust_accuracy")
    guard let check = all["check"] else {
      throw node.error(
        .missingKey, "a rule has no check",
        "write check: and one of \(RuleReader.checks.joined(separator: ", "))")
    }
    let name = try check.text()
    let (keys, demand) = try demand(name, check, all)
    for key in node.keys where !RuleReader.common.contains(key) && !keys.contains(key) {
      throw (all[key] ?? node).error(
        .unknownKey, "has no meaning for \(name)",
        "the keys there are \(keys.joined(separator: ", "))")
    }
    let selector =
      try all["where"].map { node throws(GateError) in
        try SelectorReader(node, isOfAttacker: FootprintFigure(rawValue: name) == nil).selector()
      } ?? Selector()
    return Rule(
      id: try all["id"].map { node throws(GateError) in try id(node) }
        ?? RuleReader.numbered(name, isTaken: isTaken), demand: demand, selector: selector,
      confidence: try all["confidence"]?.confidence() ?? confidence)
  }

  private func id(_ node: PolicyNode) throws(GateError) -> String {
    let text = try node.text()
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard isPlain, text.utf8.count <= 80 else {
      throw node.error(
        .badValue, "'\(text)' is not a name", "use up to 80 letters, digits, '-', '_' and '.'")
    }
    return text
  }

  private static func numbered(_ check: String, isTaken: (String) -> Bool) -> String {
    let name = check.split(separator: "_").joined(separator: "-")
    var number = 1
    var id = name
    while isTaken(id) {
      number += 1
      id = "\(name)-\(number)"
    }
    return id
  }

  /// The demand, and the keys that belong to it.
  private func demand(
    _ name: String, _ check: PolicyNode, _ all: [String: PolicyNode]
  ) throws(GateError) -> (keys: [String], demand: Demand) {
    switch name {
    case "robust_accuracy", "clean_accuracy", "certified_accuracy":
      let quantity = Quantity(rawValue: String(name.prefix { $0 != "_" })) ?? .robust
      return (
        ["at_least", "max_drop", "against", "classes", "seeds"], try accuracy(quantity, all)
      )
    case "flags":
      let severity = try needed("severity", all, "severity: warning")
      return (["severity"], .flags(try severity.word(SoundnessFlag.Severity.self)))
    case "isolation":
      let isolation = try needed("isolation", all, "isolation: NAME")
      return (
        ["isolation", "than", "max_drop"],
        .isolation(
          try isolation.text(), than: try all["than"]?.text() ?? "none",
          atMost: try all["max_drop"]?.margin() ?? 0)
      )
    default:
      guard let figure = FootprintFigure(rawValue: name) else {
        throw check.unknown(name, RuleReader.checks)
      }
      return (
        ["at_most", "at_least", "max_increase"], .footprint(figure, try bound(all))
      )
    }
  }

  private func accuracy(
    _ quantity: Quantity, _ all: [String: PolicyNode]
  ) throws(GateError) -> Demand {
    var classes: Demand.Classes?
    if let stated = all["classes"] { classes = try self.classes(stated) }
    let (key, bound) = try only(["at_least", "max_drop"], all)
    if key == "at_least" {
      for other in ["against", "seeds"] {
        guard let node = all[other] else { continue }
        throw node.error(.conflict, "has no meaning beside at_least", "it belongs to max_drop")
      }
      return .floor(quantity, atLeast: try bound.share(), classes: classes)
    }
    let reference = try all["against"]?.word(Demand.Reference.self) ?? .baseline
    let margin = try bound.margin()
    guard let seeds = all["seeds"], try seeds.word(Seeds.self) == .together else {
      return .loss(quantity, atMost: margin, against: reference, classes: classes)
    }
    guard reference == .baseline, classes == nil else {
      throw seeds.error(
        .conflict, "'together' goes with the baseline and with all classes",
        "leave out 'against' and 'classes'")
    }
    return .methodLoss(quantity, atMost: margin)
  }

  /// Whether seeds are judged one by one or as one method.
  private enum Seeds: String, CaseIterable {
    case each
    case together
  }

  private func classes(_ node: PolicyNode) throws(GateError) -> Demand.Classes {
    let texts = try node.texts()
    guard Set(texts).count == texts.count else {
      throw node.error(.badValue, "names a class twice", "name each class once")
    }
    return texts == ["each"] ? .each : .named(texts)
  }

  private func bound(_ all: [String: PolicyNode]) throws(GateError) -> FootprintBound {
    let (key, node) = try only(["at_most", "at_least", "max_increase"], all)
    let value = try node.number("a number from 0") { $0 >= 0 }
    return key == "at_most"
      ? .atMost(value) : key == "at_least" ? .atLeast(value) : .increase(value)
  }

  private func needed(
    _ key: String, _ all: [String: PolicyNode], _ example: String
  ) throws(GateError) -> PolicyNode {
    guard let found = all[key] else {
      throw node.error(.missingKey, "the rule has no \(key)", "write \(example)")
    }
    return found
  }

  /// The one of some keys that is stated.
  private func only(
    _ keys: [String], _ all: [String: PolicyNode]
  ) throws(GateError) -> (key: String, node: PolicyNode) {
    let stated = keys.compactMap { key in all[key].map { (key, $0) } }
    guard let first = stated.first else {
      throw node.error(
        .missingKey, "the rule has no bound", "write one of \(keys.joined(separator: ", "))")
    }
    guard stated.count == 1 else {
      throw stated[1].1.error(
        .conflict, "stands beside \(first.0)", "write two rules, one for each")
    }
    return first
  }
}
