// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension ReportTables {
  /// One model under those who see ever less of it.
  func ladder(_ place: Int, _ ladder: LadderRecord) -> ReportTable {
    let evaluations = Dictionary(report.evaluations.map { ($0.id, $0) }) { first, _ in first }
    let rows = ladder.rungs.enumerated().map { index, rung in
      let evaluation = evaluations[rung.evaluation]
      let extraction = evaluation?.extraction
      let difference = rung.difference
      return ReportTable.Row(
        [
          rung.isolation, rung.knowledge.rawValue,
          rung.robustAccuracy.text(examples: evaluation?.examples ?? 0),
          difference?.differenceText ?? "", difference?.pExact.probabilityText ?? "",
          difference?.pHolm.probabilityText ?? "", extraction.map { String($0.queries) } ?? "none",
          extraction?.fidelity.text(examples: evaluation?.examples ?? 0) ?? "nothing learned",
          extraction.map { ($0.hiddenShare * 100).fixed(1) + " %" } ?? "", String(rung.queries),
          evaluation?.process?.latencyIsolated?.text ?? "",
          evaluation?.process?.latency?.text ?? "",
          evaluation?.process?.queriesPerSecondIsolated.fixed(0) ?? "",
          evaluation?.process?.queriesPerSecond.fixed(0) ?? "",
        ], of: ["ladders/\(place)/rungs/\(index)", self.place(ofEvaluation: rung.evaluation)])
    }
    return ReportTable(
      caption: "What isolation buys, \(ladder.caption)",
      columns: [
        .text("isolation"), .text("the attacker sees"), .number("robust accuracy"),
        .number("against white box"), .number("p exact"), .number("p Holm"),
        .number("queries to learn by"), .number("fidelity"), .number("hidden"),
        .number("queries while attacking"), .number("latency isolated (ms)"),
        .number("in process (ms)"), .number("queries a second isolated"), .number("in process"),
      ], rows: rows)
  }

  /// Every member's adversarial inputs on every other, and on the whole.
  func transfer(_ place: Int, _ members: MembersRecord) -> ReportTable {
    ReportTable(
      caption: "Members apart, \(members.caption)",
      columns: [.text("perturbed to mislead")] + members.names.map { .number("\($0) right") },
      rows: zip(["nobody"] + members.names, [members.cleanAccuracy] + members.transfer).map {
        ReportTable.Row([$0] + $1.map { $0.fixed(3) }, of: ["members/\(place)"])
      })
  }

  /// What is proved against poisoned training data.
  func poisoning(_ place: Int, _ members: MembersRecord) -> ReportTable? {
    guard let points = members.poisoning else { return nil }
    return ReportTable(
      caption: "Poisoned training examples that predictions survive, \(members.variant)",
      columns: [.number("examples put in or taken out"), .number("certified accuracy")],
      rows: points.enumerated().map { index, point in
        ReportTable.Row(
          [String(point.changes), point.certifiedAccuracy.text(examples: members.examples)],
          of: ["members/\(place)/poisoning/\(index)", "members/\(place)/examples"])
      })
  }
}

extension LadderRecord {
  /// The model and the ball.
  var caption: String { "\(variant), \(norm.rawValue), epsilon \(epsilon.text)" }
}

extension MembersRecord {
  /// The model and the ball.
  var caption: String { "\(variant), \(norm.rawValue), epsilon \(epsilon.text)" }
}
