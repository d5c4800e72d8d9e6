// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Statistics

/// Holds methods over their seeds against those of the baseline.
struct MethodPlanner {
  let report: ReportIndex
  let baseline: ReportIndex

  private struct Key: Hashable {
    let method: MethodKey
    let attacker: AttackerKey
  }

  func cases(_ quantity: Quantity, _ margin: Double, _ rule: Rule) -> [PlannedCase] {
    var order: [Key] = []
    var groups: [Key: [ReportIndex.Entry]] = [:]
    var isolations: Set<[String]> = []
    for entry in report.entries where rule.selector.fits(entry) {
      let key = Key(method: entry.key.method, attacker: entry.key.attacker)
      if groups[key] == nil {
        // Clean accuracy does not depend on the attack.
        let isNew = isolations.insert([key.method.text, key.attacker.isolation]).inserted
        guard quantity != .clean || isNew else { continue }
        order.append(key)
      }
      groups[key, default: []].append(entry)
    }
    return order.map { key in
      let base = baseline.entries.filter {
        $0.key.method == key.method && $0.key.attacker == key.attacker
      }
      return planned(quantity, margin, key, sorted(base), sorted(groups[key] ?? []))
    }
  }

  private func sorted(_ entries: [ReportIndex.Entry]) -> [ReportIndex.Entry] {
    entries.sorted { $0.key.seed < $1.key.seed }
  }

  private func planned(
    _ quantity: Quantity, _ margin: Double, _ key: Key, _ base: [ReportIndex.Entry],
    _ head: [ReportIndex.Entry]
  ) -> PlannedCase {
    let subject = "\(key.method.text) (\(key.attacker.text))"
    let evaluations = (base + head).map(\.evaluation)
    if quantity.isBlocked(by: evaluations) {
      let flags = evaluations.flatMap(\.flags).filter { $0.severity == .blocking }
      return .settled(subject, .refused, CasePlanner.words(flags))
    }
    guard min(base.count, head.count) >= MethodRows.fewestSeeds else {
      return .settled(
        subject, .inconclusive,
        "\(base.count) seeds in the baseline and \(head.count) here; a claim about a method takes "
          + "\(MethodRows.fewestSeeds)")
    }
    guard let samples = MethodSamples(quantity, base: base, head: head),
      let difference = samples.difference
    else {
      return .settled(
        subject, .inconclusive, "the reports do not say which examples are right")
    }
    let note =
      "\(base.count) seeds against \(head.count), n = \(samples.examples)"
      + (samples.isPaired ? ", the same examples" : ", other examples")
    return PlannedCase(
      subject: subject, question: .methodLoss(margin, difference, note: note))
  }
}
