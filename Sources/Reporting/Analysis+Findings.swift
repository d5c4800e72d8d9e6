// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

extension Analysis {
  /// Answers for each compressed model whether it is more accurate, and easier to attack.
  ///
  /// A difference is claimed only where the corrected p-value is at most alpha. Robust accuracy is
  /// not judged where a blocking flag is up on either side. Models that differ only in their seed
  /// share a finding, and what is said of a single one is said of a checkpoint, not of the method.
  public static func findings(in report: Report) -> [Finding] {
    let evaluations = Dictionary(report.evaluations.map { ($0.id, $0) }) { first, _ in first }
    let variants = Dictionary(report.variants.map { ($0.id, $0) }) { first, _ in first }
    var groups: [(key: Claim.Key, cases: [Claim.Case])] = []
    for comparison in report.comparisons {
      guard let base = evaluations[comparison.base], let head = evaluations[comparison.head],
        let variant = variants[head.variant]
      else { continue }
      let one = Claim.Case(comparison: comparison, base: base, head: head)
      let key = Claim.Key(kind: comparison.kind, variant: variant, evaluation: head)
      if let index = groups.firstIndex(where: { $0.key == key }) {
        groups[index].cases.append(one)
      } else {
        groups.append((key, [one]))
      }
    }
    return groups.map {
      Claim(
        key: $0.key, cases: $0.cases, tests: report.comparisons.count,
        isStopped: report.stopping != nil
      ).finding
    }
  }
}
