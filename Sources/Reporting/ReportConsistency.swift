// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Finds where a report contradicts itself, before anything is computed from it.
enum ReportConsistency {
  /// Counts beyond this are no counts of examples.
  private static let mostExamples = Int(Int32.max)

  /// The first contradiction in words, or nil.
  static func problem(of report: Report) -> String? {
    let variants = Set(report.variants.map(\.id))
    guard variants.count == report.variants.count else { return "two variants have one id" }
    guard Set(report.evaluations.map(\.id)).count == report.evaluations.count else {
      return "two evaluations have one id"
    }
    if let text = labels(of: report) ?? stopping(of: report) ?? gate(of: report) { return text }
    for variant in report.variants {
      if let text = problem(of: variant, among: variants) {
        return "variant '\(variant.id)' \(text)"
      }
    }
    for evaluation in report.evaluations {
      guard variants.contains(evaluation.variant) else {
        return "evaluation '\(evaluation.id)' is of a variant that is not there"
      }
      if let text = problem(of: evaluation) { return "evaluation '\(evaluation.id)' \(text)" }
    }
    return gallery(of: report)
  }

  /// A page that says whether a model may ship must not say other than the rules below it.
  private static func gate(of report: Report) -> String? {
    guard let gate = report.gate else { return nil }
    for rule in gate.rules {
      guard !rule.cases.isEmpty, rule.verdict == GateVerdict.joint(rule.cases.map(\.verdict)) else {
        return "the answer to rule '\(rule.id)' is not that to its cases"
      }
    }
    let isJoint = gate.verdict == GateVerdict.joint(gate.rules.map(\.verdict))
    return isJoint ? nil : "the gate's answer is not that to its rules"
  }

  private static func gallery(of report: Report) -> String? {
    let evaluations = Set(report.evaluations.map(\.id))
    for entry in report.gallery ?? [] {
      guard evaluations.contains(entry.evaluation) else {
        return "a picture belongs to an evaluation that is not there"
      }
      let numbers = [
        entry.example, entry.label, entry.cleanPrediction, entry.adversarialPrediction,
      ]
      guard numbers.allSatisfy({ $0 >= 0 }), entry.distance >= 0 else {
        return "a picture has a number below zero"
      }
    }
    return nil
  }

  private static func labels(of report: Report) -> String? {
    guard let labels = report.labels, report.dataset.classes > 0 else { return nil }
    let isKnown = labels.labels.allSatisfy { $0 < report.dataset.classes }
    return isKnown ? nil : "an example has a class that the data set has not"
  }

  private static func problem(of variant: VariantRecord, among ids: Set<String>) -> String? {
    if let parent = variant.parent, !ids.contains(parent) { return "has no parent in the report" }
    let counts = [
      variant.parameters, variant.nonzeroParameters, variant.macs, variant.denseMacs,
      variant.packedBytes, variant.denseBytes,
    ]
    return counts.allSatisfy { $0 >= 0 } ? nil : "has a count below zero"
  }

  private static func problem(of evaluation: EvaluationRecord) -> String? {
    let examples = evaluation.examples
    guard (1...mostExamples).contains(examples) else { return "has no sensible number of examples" }
    let estimates = [
      evaluation.cleanAccuracy, evaluation.robustAccuracy, evaluation.certifiedAccuracy,
    ].compactMap(\.self)
    guard estimates.allSatisfy({ (0...1).contains($0.value) }) else {
      return "has an accuracy outside of 0 to 1"
    }
    guard let verdicts = evaluation.verdicts else { return nil }
    guard verdicts.examples.count == examples else {
      return "has verdicts on \(verdicts.examples.count) of \(examples) examples"
    }
    let pairs = [
      ("clean", verdicts.clean, evaluation.cleanAccuracy as Estimate?),
      ("robust", verdicts.robust, evaluation.robustAccuracy),
      ("certified", verdicts.certified, evaluation.certifiedAccuracy),
    ]
    for (name, bits, estimate) in pairs {
      guard let bits, let estimate else { continue }
      let counted = Double(bits.ones) / Double(examples)
      guard abs(counted - estimate.value) <= 1e-9 else {
        return "has verdicts that give another \(name) accuracy"
      }
    }
    return nil
  }
}
