// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Reads which models a rule is for.
struct SelectorReader {
  private let node: PolicyNode
  private let fields: [Selector.Field]

  /// Reads for a rule that depends on who attacks, or for one that does not.
  init(_ node: PolicyNode, isOfAttacker: Bool) {
    self.node = node
    fields = Selector.Field.allCases.filter { isOfAttacker || !$0.isOfAttacker }
  }

  func selector() throws(GateError) -> Selector {
    let known = fields.map(\.rawValue) + ["sparsity", "seed", "compressed"]
    let members = try node.mapping(known, example: "training: pgd")
    var selector = Selector()
    for field in fields {
      guard let member = members[field.rawValue] else { continue }
      let texts = try member.texts()
      if field == .epsilon, let bad = texts.first(where: { $0 != "*" && Epsilon($0) == nil }) {
        throw member.error(.badValue, "'\(bad)' is not a radius", "give one, as in 8/255")
      }
      selector.patterns[field] = texts
    }
    selector.sparsity = try members["sparsity"].map { member throws(GateError) in
      try range(member)
    }
    selector.seeds = try members["seed"].map { member throws(GateError) in try seeds(member) }
    selector.isCompressed = try members["compressed"]?.isOn()
    return selector
  }

  /// One sparsity, or bounds.
  private func range(_ member: PolicyNode) throws(GateError) -> ClosedRange<Double> {
    guard !member.keys.isEmpty else {
      let value = try member.share()
      return value...value
    }
    let bounds = try member.mapping(["at_least", "at_most"], example: "at_least: 0.5")
    let low = try bounds["at_least"]?.share() ?? 0
    let high = try bounds["at_most"]?.share() ?? 1
    guard low <= high else {
      throw member.error(.badValue, "at_least is above at_most", "exchange them")
    }
    return low...high
  }

  private func seeds(_ member: PolicyNode) throws(GateError) -> [UInt64] {
    var seeds: [UInt64] = []
    for text in try member.texts() {
      guard let seed = UInt64(text) else {
        throw member.error(.badValue, "'\(text)' is not a seed", "give a whole number from 0")
      }
      seeds.append(seed)
    }
    return seeds
  }
}
