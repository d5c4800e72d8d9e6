// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Which evaluations of two reports are to be held against each other.
struct Matching {
  /// Two evaluations of one model.
  struct Model {
    let quantity: Quantity
    let base: ReportIndex.Entry
    let head: ReportIndex.Entry
  }

  /// All evaluations of one method on either side, in the order of their seeds.
  struct Method {
    let quantity: Quantity
    let base: [ReportIndex.Entry]
    let head: [ReportIndex.Entry]
  }

  /// In the order of the head.
  let models: [Model]
  /// In the order of the head; methods of a single seed that both share are left out.
  let methods: [Method]
  /// Ids of evaluations without a counterpart.
  let onlyBase: [String]
  let onlyHead: [String]

  private struct Key: Hashable {
    let method: MethodKey
    let attacker: AttackerKey
  }

  /// What clean accuracy depends on: not on the attack.
  private struct CleanKey: Hashable {
    let method: MethodKey
    let seed: UInt64?
    let isolation: String
  }

  init(base: ReportIndex, head: ReportIndex) {
    models = Matching.models(base, head)
    let left = Matching.grouped(base.entries)
    let right = Matching.grouped(head.entries)
    let shared = Set(left.order).intersection(right.order)
    methods = Matching.methods(
      right.order.filter { shared.contains($0) }.map {
        (left.groups[$0] ?? [], right.groups[$0] ?? [])
      })
    func alone(_ entries: [ReportIndex.Entry]) -> [String] {
      entries.filter { !shared.contains(Key(method: $0.key.method, attacker: $0.key.attacker)) }
        .map(\.evaluation.id)
    }
    onlyBase = alone(base.entries)
    onlyHead = alone(head.entries)
  }

  private static func grouped(
    _ entries: [ReportIndex.Entry]
  ) -> (order: [Key], groups: [Key: [ReportIndex.Entry]]) {
    var order: [Key] = []
    var groups: [Key: [ReportIndex.Entry]] = [:]
    for entry in entries {
      let key = Key(method: entry.key.method, attacker: entry.key.attacker)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(entry)
    }
    return (order, groups.mapValues { $0.sorted { $0.key.seed < $1.key.seed } })
  }

  private static func models(_ base: ReportIndex, _ head: ReportIndex) -> [Model] {
    var seen: Set<CleanKey> = []
    return head.entries.flatMap { entry -> [Model] in
      guard let other = base[entry.key] else { return [] }
      let clean = CleanKey(
        method: entry.key.method, seed: entry.key.seed, isolation: entry.key.attacker.isolation)
      return quantities(seen.insert(clean).inserted, [other], [entry]).map {
        Model(quantity: $0, base: other, head: entry)
      }
    }
  }

  private static func methods(
    _ groups: [(base: [ReportIndex.Entry], head: [ReportIndex.Entry])]
  ) -> [Method] {
    var seen: Set<CleanKey> = []
    return groups.flatMap { base, head -> [Method] in
      let seeds = (base.map(\.key.seed), head.map(\.key.seed))
      guard let key = head.first?.key, seeds.0 != seeds.1 || seeds.0.count > 1 else { return [] }
      let clean = CleanKey(method: key.method, seed: nil, isolation: key.attacker.isolation)
      return quantities(seen.insert(clean).inserted, base, head).map {
        Method(quantity: $0, base: base, head: head)
      }
    }
  }

  /// The accuracies that all evaluations have.
  private static func quantities(
    _ withClean: Bool, _ base: [ReportIndex.Entry], _ head: [ReportIndex.Entry]
  ) -> [Quantity] {
    let isCertified = (base + head).allSatisfy { $0.evaluation.certifiedAccuracy != nil }
    return (withClean ? [.clean] : []) + [.robust] + (isCertified ? [.certified] : [])
  }
}
