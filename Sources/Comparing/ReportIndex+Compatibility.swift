// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import Reporting

extension ReportIndex {
  /// Checks that numbers of both reports mean the same: one data set, one attacker, one method at least.
  ///
  /// - Throws: `ReportError` with code `otherData`, `otherThreat`, `otherAttacks` or
  ///   `nothingMatches`, naming what differs.
  public func checkComparable(with head: ReportIndex) throws(ReportError) {
    let subject = "\(name) and \(head.name)"
    let differences = dataDifferences(head)
    guard differences.isEmpty else {
      throw ReportError(
        .otherData, subject: subject,
        detail: "were made on different data: \(differences.joined(separator: "; "))",
        remedy: "judge both on the same data set")
    }
    let attackers = (keys { $0.attacker }, head.keys { $0.attacker })
    if attackers.0.isDisjoint(with: attackers.1), !attackers.0.isEmpty || !attackers.1.isEmpty {
      let threats = (words { $0.attacker.text }, head.words { $0.attacker.text })
      guard
        Set(entries.map(\.key.attacker.threatAlone))
          .isDisjoint(with: head.entries.map(\.key.attacker.threatAlone))
      else {
        throw ReportError(
          .otherAttacks, subject: subject,
          detail: "attack with different suites: \(words { $0.attacker.suite }) against "
            + "\(head.words { $0.attacker.suite })",
          remedy: "run both with the same --attack")
      }
      throw ReportError(
        .otherThreat, subject: subject,
        detail: "have no threat model in common: \(threats.0) against \(threats.1)",
        remedy: "run both with the same norm, epsilon and isolation")
    }
    let pairs = (
      keys { MethodUnderAttack(method: $0.method, attacker: $0.attacker) },
      head.keys { MethodUnderAttack(method: $0.method, attacker: $0.attacker) }
    )
    guard !pairs.0.isDisjoint(with: pairs.1) else {
      throw ReportError(
        .nothingMatches, subject: subject,
        detail: "have no model in common: \(words { $0.method.text }) against "
          + head.words { $0.method.text },
        remedy: "compare runs of the same architecture, training, compression and sparsity")
    }
  }

  private struct MethodUnderAttack: Hashable {
    let method: MethodKey
    let attacker: AttackerKey
  }

  private func keys<Value: Hashable>(_ part: (Key) -> Value) -> Set<Value> {
    Set(entries.map { part($0.key) })
  }

  /// The different texts, the first few of them.
  private func words(_ part: (Key) -> String) -> String {
    let all = Set(entries.map { part($0.key) }).sorted()
    let shown = all.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
    return all.isEmpty ? "none" : all.count > 3 ? "\(shown) and \(all.count - 3) more" : shown
  }

  private func dataDifferences(_ head: ReportIndex) -> [String] {
    let (left, right) = (report.dataset, head.report.dataset)
    var found: [String] = []
    func note(_ what: String, _ base: String, _ other: String) {
      if base != other { found.append("\(what) \(base) against \(other)") }
    }
    if let one = left.sha256, let other = right.sha256 {
      if one != other {
        note("data set", left.name, right.name)
        note("SHA-256", String(one.prefix(12)), String(other.prefix(12)))
      }
    } else {
      note("data set", left.name, right.name)
    }
    note("test examples", String(left.examples), String(right.examples))
    note("classes", String(left.classes), String(right.classes))
    note("input shape", "\(left.inputShape)", "\(right.inputShape)")
    note("input range", "\(left.inputRange)", "\(right.inputRange)")
    if found.isEmpty, let example = otherLabel(head) {
      found.append("the class of example \(example)")
    }
    return found
  }

  /// An example that both reports judge and call by different classes.
  private func otherLabel(_ head: ReportIndex) -> Int? {
    guard let left = report.labels, let right = head.report.labels else { return nil }
    if left == right { return nil }
    let shared = SharedExamples(left.examples, right.examples)
    let other = shared.places.first { left.labels[$0.base] != right.labels[$0.head] }
    return other.map { left.examples.indices[$0.base] }
  }
}

extension AttackerKey {
  /// The attacker apart from the attacks.
  fileprivate var threatAlone: ThreatAlone { ThreatAlone(isolation: isolation, threat: threat) }

  fileprivate struct ThreatAlone: Hashable {
    let isolation: String
    let threat: Threat
  }
}
