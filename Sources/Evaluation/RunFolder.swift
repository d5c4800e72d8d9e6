// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Journal
import Records
import Reporting

/// The files that a finished run leaves.
struct RunFolder {
  /// What a shard knows besides its blocks, for the merge.
  static let shardFile = "shard.json"

  let folder: String

  /// Counts what the journal holds and writes every file of the report.
  ///
  /// - Parameters:
  ///   - skeleton: The report before anything was attacked.
  ///   - plan: The evaluations.
  ///   - list: Their attacks.
  ///   - journal: What was found.
  ///   - certified: Which examples are proved robust, by the id of an evaluation.
  ///   - radii: Those of the diagnostic on vectors of words; nil where it was not asked for.
  ///   - judge: What a policy makes of the report; nil without one.
  /// - Returns: The whole report.
  /// - Throws: An `InputError` where a file cannot be written.
  func finish(
    _ skeleton: Report, plan: Plan, attacks list: AttackList,
    journal: Journal, certified: [String: [Bool]] = [:], radii: [Epsilon]? = nil,
    judge: ((Report) throws -> GateResult)? = nil
  ) throws -> Report {
    var judged: [JudgedEvaluation] = []
    var shown: [Gallery.Shown] = []
    var table = try OutcomesFile(path: "\(folder)/outcomes.csv")
    for evaluation in plan.evaluations {
      let attacks = list.of(evaluation)
      let blocks = try results(of: evaluation, journal)
      try writeAdversarials(of: evaluation, blocks, skeleton.dataset)
      let found = outcomes(blocks, evaluation, attacks)
      if let first = blocks.first {
        shown.append(
          Gallery.Shown(evaluation: evaluation.id, attacks: found.map(\.name), block: first))
      }
      for attack in found {
        try table.append(attack.outcomes, evaluation: evaluation.id, attack: attack.name)
      }
      var observed = EvaluationOutcomes(
        id: evaluation.id, variant: evaluation.variant, isolation: evaluation.isolation,
        threat: evaluation.threat, suite: plan.suite(of: evaluation),
        attacks: found, certified: certified[evaluation.id],
        checks: try checks(evaluation, plan, attacks, found, journal), mode: plan.mode)
      observed.isStopped = skeleton.stopping != nil
      observed.process = try ProcessCost.record(of: evaluation, in: journal)
      observed.extraction = try SurrogateStage.record(of: evaluation, in: journal)
      judged.append(Analysis.judged(observed))
    }
    try table.commit()
    var report = Analysis.completed(skeleton, with: judged)
    let gallery = try Gallery(dataset: report.dataset).write(shown, into: folder)
    report.gallery = gallery.isEmpty ? nil : gallery
    let members = try MembersStage.records(of: plan, in: journal)
    report.members = members.isEmpty ? nil : members
    let embeddings = try EmbeddingStage.records(of: plan, shares: radii ?? [], in: journal)
    report.embeddings = embeddings.isEmpty ? nil : embeddings
    let texts = TextGallery.records(of: shown)
    report.texts = texts.isEmpty ? nil : texts
    // A policy that does not fit must not cost the report.
    let gate = Result { try judge?(report) }
    report.gate = try? gate.get()
    try write(report, with: [MarkdownWriter(), ResultsWriter()])
    _ = try PlotRenderer().draw(PlotWriter().files(for: report), into: folder)
    try write(report, with: [HTMLWriter(picture: PictureFolder(folder).picture)])
    // The last one: where it lies, everything else does.
    try write(report, with: [JSONReportWriter()])
    _ = try gate.get()
    return report
  }

  private func write(_ report: Report, with writers: [any ReportWriter]) throws {
    for writer in writers {
      for file in try writer.files(for: report) { try file.write(into: folder) }
    }
  }

  /// The outcomes of one evaluation, attack by attack, in the order of the examples.
  func outcomes(
    _ blocks: [BlockResult], _ evaluation: EvaluationPlan,
    _ attacks: [ResolvedExperiment.ResolvedAttack]
  ) -> [AttackOutcomes] {
    let limit = evaluation.threat.epsilon.value * (1 + ReturnedInputs.tolerance)
    return attacks.enumerated().map { index, attack in
      // A run that may stop early meets the examples in another order than theirs.
      let outcomes = blocks.flatMap { $0.attacks[index].outcomes }
        .sorted { $0.example < $1.example }
      return AttackOutcomes(
        name: attack.specification.description,
        parameters: attack.parameters.mapValues(\.json),
        seconds: blocks.reduce(0) { $0 + $1.attacks[index].seconds },
        outcomes: attack.reach == .nearest ? outcomes.map { $0.within(limit) } : outcomes)
    }
  }

  /// Writes an evaluation's adversarial inputs to `adversarials/`, where a run keeps them all.
  private func writeAdversarials(
    of evaluation: EvaluationPlan, _ blocks: [BlockResult], _ dataset: DatasetRecord
  ) throws {
    guard blocks.allSatisfy(\.keepsAll) else { return }
    let target = "\(folder)/adversarials"
    try OutputFolder.make(target)
    try AdversarialFile.write(
      blocks.map(\.kept), shape: dataset.inputShape,
      to: "\(target)/\(ModelFolder.name(of: evaluation.blocks)).npz")
  }

  /// What the checks of a sample found, and what the outcomes themselves say.
  private func checks(
    _ evaluation: EvaluationPlan, _ plan: Plan, _ attacks: [ResolvedExperiment.ResolvedAttack],
    _ found: [AttackOutcomes], _ journal: Journal
  ) throws -> [CheckRecord] {
    let outcomes = found.map(\.outcomes)
    var findings = try SoundnessStage.findings(of: evaluation, in: journal)
    findings += OutcomeChecks(attacks: attacks, outcomes: outcomes).findings
    if !evaluation.keepsGradients, plan.isChecked(evaluation),
      attacks.allSatisfy({ $0.constraints == nil })
    {
      findings.append(WorstOfFour.finding(attacks: attacks, examples: outcomes.first?.count ?? 0))
    }
    if let smaller = plan.nextSmaller(evaluation) {
      let others = self.outcomes(try results(of: smaller, journal), smaller, attacks)
      findings.append(
        RisingWithEpsilon.finding(smaller: others.map(\.outcomes), larger: outcomes))
    }
    return findings.map(\.record).keepingWorst
  }

  private func results(
    of evaluation: EvaluationPlan, _ journal: Journal
  ) throws -> [BlockResult] {
    try journal.blocks(ofEvaluation: evaluation.blocks).map { stored in
      try CanonicalJSON.value(
        BlockResult.self, from: String(decoding: stored.payload, as: UTF8.self))
    }
  }
}

extension [CheckRecord] {
  /// One record for each check: the one that weighs most, else the one that saw more examples.
  fileprivate var keepingWorst: [CheckRecord] {
    reduce(into: []) { kept, record in
      guard let known = kept.firstIndex(where: { $0.check == record.check }) else {
        return kept.append(record)
      }
      if record.rank > kept[known].rank { kept[known] = record }
    }
  }
}

extension CheckRecord {
  fileprivate var rank: (Int, Int) {
    let order: [SoundnessFlag.Severity] = [.note, .warning, .blocking]
    return (severity.flatMap(order.firstIndex) ?? -1, sample)
  }
}

extension ParameterValue {
  /// The value as a report writes it.
  fileprivate var json: JSONValue {
    switch self {
    case .integer(let value): .int(value)
    case .real(let value): .double(value)
    case .choice(let value): .string(value)
    case .boolean(let value): .bool(value)
    case .epsilon(let value): .string(value.text)
    }
  }
}
