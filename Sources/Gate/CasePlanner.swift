// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Reporting
import Statistics

/// Finds what each rule is to be judged on.
struct CasePlanner {
  let report: ReportIndex
  let baseline: ReportIndex?
  /// The looks of the report's run, if it may have stopped early.
  let looks: Looks?
  /// Those of the baseline's run.
  let baselineLooks: Looks?

  init(report: ReportIndex, baseline: ReportIndex?) {
    self.report = report
    self.baseline = baseline
    looks = report.report.stopping.map { Looks($0) }
    baselineLooks = baseline?.report.stopping.map { Looks($0) }
  }

  /// The cases of a rule, in the order of the report; none if it fits nothing.
  func cases(of rule: Rule) throws(GateError) -> [PlannedCase] {
    switch rule.demand {
    case .floor(let quantity, let floor, let classes):
      return try accuracyCases(quantity, rule) { entry throws(GateError) in
        try floorCase(quantity, floor, classes, entry, rule)
      }
    case .loss(let quantity, let margin, let reference, let classes):
      if reference == .baseline, baseline == nil { throw .needsBaseline(rule) }
      return try accuracyCases(quantity, rule) { entry throws(GateError) in
        guard reference == .baseline || entry.hasJudgedParent else { return nil }
        return try lossCase(quantity, margin, classes, entry, reference, rule)
      }
    case .methodLoss(let quantity, let margin):
      guard let baseline else { throw .needsBaseline(rule) }
      var cases = MethodPlanner(report: report, baseline: baseline).cases(quantity, margin, rule)
      for index in cases.indices { cases[index].isSequential = wasCutShort }
      return cases
    case .flags(let severity):
      return selected(rule).map { flagCase(severity, $0) }
    case .footprint(let figure, let bound):
      return try FootprintPlanner(report: report, baseline: baseline).cases(figure, bound, rule)
    case .isolation(let isolation, let other, let margin):
      return isolationCases(isolation, than: other, margin, rule)
    }
  }

  /// Whether either run left examples out, as an early stop does.
  ///
  /// A test for a fixed number of examples is as safe as ever on a run that went to its end: it may
  /// only pass less often, since a run that stopped before passes nothing by it.
  private var wasCutShort: Bool {
    [report, baseline].compactMap { $0?.report.stopping }
      .contains { $0.examplesSeen < $0.examplesAvailable }
  }

  private func selected(_ rule: Rule) -> [ReportIndex.Entry] {
    report.entries.filter { rule.selector.fits($0) }
  }

  private func isolated(_ isolation: String, _ rule: Rule) -> [ReportIndex.Entry] {
    report.entries.filter {
      rule.selector.fits($0.variant) && $0.evaluation.isolation == isolation
        && rule.selector.fits($0.evaluation, besides: [.isolation, .knowledge])
    }
  }

  /// Whether a rule fits anything, as far as names tell: nothing need have been measured.
  func fitsAnything(_ rule: Rule) -> Bool {
    switch rule.demand {
    case .loss(_, _, .parent, _): selected(rule).contains(where: \.hasJudgedParent)
    case .floor, .loss, .methodLoss, .flags: !selected(rule).isEmpty
    case .footprint(let figure, _):
      !FootprintPlanner(report: report, baseline: baseline).selected(figure, rule).isEmpty
    case .isolation(let isolation, _, _): !isolated(isolation, rule).isEmpty
    }
  }

  /// Says whether the data set has the classes that a rule names.
  func checkClasses(of rule: Rule) throws(GateError) {
    let classes: Demand.Classes? =
      switch rule.demand {
      case .floor(_, _, let classes), .loss(_, _, _, let classes): classes
      case .methodLoss, .flags, .footprint, .isolation: nil
      }
    guard case .named(let wanted)? = classes else { return }
    let names = ClassNames(report.report.dataset)
    for name in wanted { _ = try names.label(of: name, rule) }
  }

  /// One case for each evaluation; clean accuracy once for each model and isolation.
  private func accuracyCases(
    _ quantity: Quantity, _ rule: Rule,
    _ plan: (ReportIndex.Entry) throws(GateError) -> PlannedCase?
  ) throws(GateError) -> [PlannedCase] {
    var seen: Set<[String]> = []
    var cases: [PlannedCase] = []
    for entry in selected(rule) {
      let isNew = seen.insert([entry.variant.id, entry.evaluation.isolation]).inserted
      guard quantity != .clean || isNew, let planned = try plan(entry) else { continue }
      cases.append(planned)
    }
    return cases
  }

  private func floorCase(
    _ quantity: Quantity, _ floor: Double, _ classes: Demand.Classes?,
    _ entry: ReportIndex.Entry, _ rule: Rule
  ) throws(GateError) -> PlannedCase {
    let evaluation = entry.evaluation
    if let refused = refusal(quantity, [evaluation], evaluation.id) { return refused }
    guard let successes = quantity.successes(in: evaluation) else {
      return .settled(evaluation.id, .inconclusive, "no \(quantity.rawValue) accuracy was computed")
    }
    guard let classes else {
      let sample = RateSample(
        name: nil, successes: successes, trials: evaluation.examples,
        looks: rates(quantity, evaluation))
      return PlannedCase(
        subject: evaluation.id, question: .floor(floor, [sample]), isSequential: looks != nil)
    }
    let table = try ClassTable(report, evaluation, quantity, rule)
    let samples = try table.chosen(classes, rule).map { name, places in
      RateSample(
        name: name, successes: places.count { table.bits[$0] }, trials: places.count,
        looks: looks.map { table.rates(places, at: $0) } ?? [])
    }
    if let empty = samples.first(where: { $0.trials == 0 }) {
      return .settled(
        evaluation.id, .inconclusive, "no example of class '\(empty.name ?? "")' was judged",
        awaitedTests: looks == nil ? 0 : samples.count)
    }
    return PlannedCase(
      subject: evaluation.id, question: .floor(floor, samples), isSequential: looks != nil)
  }

  /// The counts of an evaluation of the report at each look.
  private func rates(_ quantity: Quantity, _ evaluation: EvaluationRecord) -> [RateCounts] {
    guard let looks, let bits = quantity.bits(of: evaluation),
      let examples = evaluation.verdicts?.examples.indices
    else { return [] }
    return looks.rates(examples, bits.values(count: examples.count))
  }

  /// The counts of two evaluations at each look, on the examples that both have.
  private func pairs(
    _ quantity: Quantity, _ base: EvaluationRecord, _ head: EvaluationRecord, at looks: Looks?
  ) -> [PairedCounts] {
    guard let looks, let baseBits = quantity.bits(of: base),
      let headBits = quantity.bits(of: head), let baseExamples = base.verdicts?.examples,
      let headExamples = head.verdicts?.examples
    else { return [] }
    let places = SharedExamples(baseExamples, headExamples).places
    let indices = headExamples.indices
    return looks.pairs(
      places.map { indices[$0.head] }, base: places.map { baseBits[$0.base] },
      head: places.map { headBits[$0.head] })
  }

  private func lossCase(
    _ quantity: Quantity, _ margin: Double, _ classes: Demand.Classes?,
    _ entry: ReportIndex.Entry, _ reference: Demand.Reference, _ rule: Rule
  ) throws(GateError) -> PlannedCase {
    let head = entry.evaluation
    let found = reference == .baseline ? baseline?[entry.key] : report.parent(of: entry)
    guard let base = found?.evaluation else {
      return .settled(
        head.id, .inconclusive,
        reference == .baseline
          ? "the baseline has no such model under this attacker"
          : "its dense parent was not judged under this attacker")
    }
    if let refused = refusal(quantity, [base, head], head.id) { return refused }
    guard let sampling = Sampling(quantity, base: base, head: head) else {
      return .settled(head.id, .inconclusive, "no \(quantity.rawValue) accuracy was computed")
    }
    let looks = reference == .baseline ? self.looks ?? baselineLooks : self.looks
    let seen = reference == .baseline ? base.examples : nil
    guard let classes else {
      let sample = LossSample(
        name: nil, sampling: sampling, looks: pairs(quantity, base, head, at: looks))
      return PlannedCase(
        subject: head.id, question: .loss(margin, [sample]), isSequential: looks != nil,
        baselineExamples: seen)
    }
    let other = try ClassTable(
      reference == .baseline ? baseline ?? report : report, base, quantity, rule)
    let table = try ClassTable(report, head, quantity, rule)
    let pairs = Array(zip(try other.chosen(classes, rule), try table.chosen(classes, rule)))
    var samples: [LossSample] = []
    for (left, right) in pairs {
      guard !left.places.isEmpty, !right.places.isEmpty else {
        return .settled(
          head.id, .inconclusive, "no example of class '\(right.name)' was judged",
          awaitedTests: looks == nil ? 0 : pairs.count)
      }
      let shared = table.pairs(right.places, other, left.places)
      samples.append(
        LossSample(
          name: right.name, sampling: table.sampling(right.places, other, left.places),
          looks: looks.map { $0.pairs(shared.examples, base: shared.base, head: shared.head) }
            ?? []))
    }
    return PlannedCase(
      subject: head.id, question: .loss(margin, samples), isSequential: looks != nil,
      baselineExamples: seen)
  }

  private func flagCase(
    _ severity: SoundnessFlag.Severity, _ entry: ReportIndex.Entry
  ) -> PlannedCase {
    let evaluation = entry.evaluation
    let flags = evaluation.flags.filter { $0.severity.weight >= severity.weight }
    guard flags.isEmpty else { return .settled(evaluation.id, .refused, CasePlanner.words(flags)) }
    // Silence is worth something only where somebody asked.
    let wasAsked =
      !evaluation.flags.isEmpty || (evaluation.checks ?? []).contains { $0.sample > 0 }
    return wasAsked
      ? .settled(evaluation.id, .pass, "no such flag is up")
      : .settled(evaluation.id, .inconclusive, "no soundness check was made")
  }

  private func isolationCases(
    _ isolation: String, than other: String, _ margin: Double, _ rule: Rule
  ) -> [PlannedCase] {
    isolated(isolation, rule).map { entry in
      let head = entry.evaluation
      let found = report.entries.first {
        $0.variant.id == entry.variant.id && $0.evaluation.isolation == other
          && $0.evaluation.threat.norm == head.threat.norm
          && $0.evaluation.threat.epsilon.value == head.threat.epsilon.value
      }
      guard let base = found?.evaluation else {
        return .settled(head.id, .inconclusive, "the model was not judged under isolation \(other)")
      }
      if let refused = refusal(.robust, [base, head], head.id) { return refused }
      guard let sampling = Sampling(.robust, base: base, head: head) else {
        return .settled(head.id, .inconclusive, "no robust accuracy was computed")
      }
      let sample = LossSample(
        name: nil, sampling: sampling, looks: pairs(.robust, base, head, at: looks))
      return PlannedCase(
        subject: head.id, question: .loss(margin, [sample]), isSequential: looks != nil)
    }
  }

  /// The refusal of numbers that a blocking flag takes away, or nil.
  private func refusal(
    _ quantity: Quantity, _ evaluations: [EvaluationRecord], _ subject: String
  ) -> PlannedCase? {
    guard quantity.isBlocked(by: evaluations) else { return nil }
    let flags = evaluations.flatMap(\.flags).filter { $0.severity == .blocking }
    return .settled(subject, .refused, CasePlanner.words(flags))
  }

  static func words(_ flags: [SoundnessFlag]) -> String {
    "flags up: "
      + flags.map { "\($0.check) (\($0.severity.rawValue)): \($0.message)" }
      .joined(separator: "; ")
  }
}

extension ReportIndex.Entry {
  /// Whether a dense parent can be judged under this attacker at all: not by one who holds just that.
  fileprivate var hasJudgedParent: Bool {
    variant.parent != nil && evaluation.isolation.prefix { $0 != ":" } != "parent"
  }
}

extension SoundnessFlag.Severity {
  /// Worse is more.
  fileprivate var weight: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .blocking: 2
    }
  }
}

extension ReportIndex {
  /// The evaluation of the dense model that an entry's comes from, under the same attacker.
  fileprivate func parent(of entry: Entry) -> Entry? {
    entries.first {
      $0.variant.id == entry.variant.parent && $0.key.attacker == entry.key.attacker
    }
  }
}

extension GateError {
  /// A rule that compares with a report that was not given.
  public static func needsBaseline(_ rule: Rule) -> GateError {
    GateError(
      .needsBaseline, subject: "rule '\(rule.id)'", detail: "compares with a baseline",
      remedy: "name one by --baseline REPORT")
  }

  /// A rule that would pass whatever happens.
  static func selectsNothing(_ rule: Rule, in report: String) -> GateError {
    let remedy =
      if case .isolation(let isolation, _, _) = rule.demand {
        "add '\(isolation)' to the isolations of the run, or compare the rule with what it holds"
      } else {
        "compare its 'where' with what the report holds"
      }
    return GateError(
      .selectsNothing, subject: "rule '\(rule.id)'", detail: "fits nothing in \(report)",
      remedy: remedy)
  }
}
