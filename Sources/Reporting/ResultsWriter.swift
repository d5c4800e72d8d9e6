// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes `results.csv`: a row for each evaluation and attack.
public struct ResultsWriter: ReportWriter {
  private static let header = [
    "evaluation", "variant", "parent", "architecture", "training", "compression", "seed",
    "sparsity_requested", "sparsity_achieved", "nonzero_parameters", "macs", "packed_bytes",
    "isolation", "norm", "epsilon", "knowledge", "query_budget", "suite", "examples",
    "clean_accuracy", "clean_low", "clean_high", "robust_accuracy", "robust_low", "robust_high",
    "attack", "parameters", "attack_robust_accuracy", "attack_low", "attack_high", "attacked",
    "broken", "gradients", "queries", "median_distance", "seconds", "flags",
  ]

  /// Creates a writer.
  public init() {}

  /// Renders `results.csv`; an optional value that is not known leaves its field empty.
  ///
  /// - Throws: `EncodingError` if a parameter of an attack is not finite.
  public func files(for report: Report) throws -> [RenderedFile] {
    let variants = Dictionary(report.variants.map { ($0.id, $0) }) { first, _ in first }
    var text = CSV.line(ResultsWriter.header)
    for evaluation in report.evaluations {
      guard let variant = variants[evaluation.variant] else { continue }
      let row = fields(of: variant, in: evaluation) + fields(of: evaluation)
      for attack in evaluation.attacks {
        let flags = evaluation.flags.map(\.check).joined(separator: " ")
        text += CSV.line(row + (try fields(of: attack)) + [flags])
      }
    }
    return [RenderedFile(path: "results.csv", text: text)]
  }

  private func fields(of variant: VariantRecord, in evaluation: EvaluationRecord) -> [String] {
    [
      evaluation.id, variant.id, variant.parent ?? "", variant.architecture, variant.training,
      variant.compression, String(variant.seed), variant.sparsity.requested.fixed(6),
      variant.sparsity.achieved.fixed(6), String(variant.nonzeroParameters), String(variant.macs),
      String(variant.packedBytes),
    ]
  }

  private func fields(of evaluation: EvaluationRecord) -> [String] {
    let threat = evaluation.threat
    let clean = evaluation.cleanAccuracy
    let robust = evaluation.robustAccuracy
    return [
      evaluation.isolation, threat.norm.rawValue, threat.epsilon.text, threat.knowledge.rawValue,
      threat.queryBudget.map(String.init) ?? "", evaluation.suite, String(evaluation.examples),
    ]
      + [clean.value, clean.low, clean.high, robust.value, robust.low, robust.high].map {
        $0.fixed(6)
      }
  }

  private func fields(of attack: AttackRecord) throws -> [String] {
    [
      attack.name, try CanonicalJSON.line(attack.parameters), attack.robustAccuracy.fixed(6),
      attack.low.fixed(6), attack.high.fixed(6), String(attack.attacked), String(attack.broken),
      String(attack.gradients), String(attack.queries),
      attack.medianDistance.map { $0.fixed(6) } ?? "", attack.seconds.fixed(3),
    ]
  }
}
