// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import Reporting

/// One report with its evaluations by what they are.
public struct ReportIndex: Sendable {
  /// One model under one attacker.
  public struct Key: Sendable, Hashable {
    /// The model apart from its seed.
    public let method: MethodKey
    /// Its seed.
    public let seed: UInt64
    /// Who attacks it.
    public let attacker: AttackerKey
  }

  /// An evaluation with its variant and key.
  public struct Entry: Sendable {
    /// What it is.
    public let key: Key
    /// The model.
    public let variant: VariantRecord
    /// What was found.
    public let evaluation: EvaluationRecord
  }

  /// What errors call the report.
  public let name: String
  /// The report.
  public let report: Report
  /// The evaluations in the report's order.
  public let entries: [Entry]
  private let byKey: [Key: Int]

  /// Indexes a report.
  ///
  /// - Throws: `ReportError` with code `inconsistent` if two evaluations are of the same model under
  ///   the same attacker.
  public init(_ report: Report, name: String) throws(ReportError) {
    let variants = Dictionary(report.variants.map { ($0.id, $0) }) { first, _ in first }
    var entries: [Entry] = []
    var byKey: [Key: Int] = [:]
    for evaluation in report.evaluations {
      guard let variant = variants[evaluation.variant] else { continue }
      let key = Key(
        method: MethodKey(variant), seed: variant.seed, attacker: AttackerKey(evaluation))
      if let other = byKey[key] {
        throw ReportError(
          .inconsistent, subject: name,
          detail: "'\(entries[other].evaluation.id)' and '\(evaluation.id)' are the same model "
            + "under the same attacker",
          remedy: "give each model file a name of its own")
      }
      byKey[key] = entries.count
      entries.append(Entry(key: key, variant: variant, evaluation: evaluation))
    }
    self.name = name
    self.report = report
    self.entries = entries
    self.byKey = byKey
  }

  /// The evaluation of the same model under the same attacker.
  public subscript(key: Key) -> Entry? { byKey[key].map { entries[$0] } }
}
