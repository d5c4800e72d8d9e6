// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ReportComparison {
  /// What differs without forbidding the comparison.
  static func differences(
    _ base: ReportIndex, _ head: ReportIndex, _ matching: Matching
  ) -> [Difference] {
    let (left, right) = (base.report, head.report)
    var found: [Difference] = []
    func note(_ what: String, _ one: String?, _ other: String?) {
      guard one != other else { return }
      found.append(Difference(what: what, base: one ?? "unknown", head: other ?? "unknown"))
    }
    note("program", left.tool.name, right.tool.name)
    note("version", left.tool.version, right.tool.version)
    note("commit", left.tool.commit, right.tool.commit)
    note("operating system", left.environment.os, right.environment.os)
    note("processor", left.environment.cpu, right.environment.cpu)
    note("cores", String(left.environment.cores), String(right.environment.cores))
    note("device", left.environment.device, right.environment.device)
    let libraries = (left.environment.libraries, right.environment.libraries)
    for name in Set(libraries.0.keys).union(libraries.1.keys).sorted() {
      note(name, libraries.0[name], libraries.1[name])
    }
    if left.stopping != nil || right.stopping != nil {
      found.append(
        Difference(
          what: "number of examples, which the tests here take as fixed",
          base: left.stopping?.words ?? "fixed", head: right.stopping?.words ?? "fixed"))
    }
    return found + attackDifferences(matching)
  }

  /// Attacks that one side alone ran, and parameters of those whose names agree, each difference once.
  private static func attackDifferences(_ matching: Matching) -> [Difference] {
    var found: [Difference] = []
    func note(_ difference: Difference) {
      if !found.contains(difference) { found.append(difference) }
    }
    func names(_ evaluation: EvaluationRecord, beyond other: EvaluationRecord) -> String {
      let known = Set(other.attacks.map(\.name))
      let own = evaluation.attacks.map(\.name).filter { !known.contains($0) }
      return own.isEmpty ? "none" : own.joined(separator: ", ")
    }
    for pair in matching.models where pair.quantity == .robust {
      let (base, head) = (pair.base.evaluation, pair.head.evaluation)
      let alone = (names(base, beyond: head), names(head, beyond: base))
      if alone != ("none", "none") {
        note(Difference(what: "attacks on one side alone", base: alone.0, head: alone.1))
      }
      for attack in pair.head.evaluation.attacks {
        guard let other = pair.base.evaluation.attacks.first(where: { $0.name == attack.name }),
          other.parameters != attack.parameters
        else { continue }
        note(
          Difference(
            what: "attack \(attack.name)", base: JSONValue.object(other.parameters).description,
            head: JSONValue.object(attack.parameters).description))
      }
    }
    return found
  }
}

extension StoppingRecord {
  fileprivate var words: String {
    "\(examplesSeen) of \(examplesAvailable), until a policy was decided"
  }
}
