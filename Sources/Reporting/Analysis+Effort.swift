// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension Analysis {
  /// What the attacks spent, all evaluations together; nil where they spent nothing.
  static func effort(of judged: [JudgedEvaluation], variants: [VariantRecord]) -> EffortRecord? {
    // Radii of attacks that look for the nearest share one search.
    var searched: Set<String> = []
    let spent = judged.filter {
      $0.distances == nil || searched.insert($0.record.variant).inserted
    }
    let rows = spent.flatMap { evaluation in
      zip(evaluation.record.attacks, evaluation.costliest).map {
        (attack: $0, whole: $1 * evaluation.record.examples, of: evaluation.record.variant)
      }
    }
    let queries = rows.reduce(0) { $0 + $1.attack.queries }
    let gradients = rows.reduce(0) { $0 + $1.attack.gradients }
    let whole = rows.reduce(0) { $0 + $1.whole }
    guard queries > 0, whole > 0 else { return nil }
    let seconds = rows.reduce(0) { $0 + $1.attack.seconds }
    let bare = rows.reduce(Double?.some(0)) { sum, row in
      guard let sum, let passes = variants.first(where: { $0.id == row.of })?.passes else {
        return nil
      }
      return sum + passes.seconds(queries: row.attack.queries, gradients: row.attack.gradients)
    }
    return EffortRecord(
      queries: queries, gradients: gradients, seconds: seconds,
      shareOfAll: Double(queries + gradients) / Double(whole),
      pace: bare.flatMap { seconds > 0 ? $0 / seconds : nil })
  }

  /// The queries and gradients of each attack's costliest example.
  static func costliest(_ attacks: [AttackOutcomes]) -> [Int] {
    attacks.map { attack in attack.outcomes.map { $0.queries + $0.gradients }.max() ?? 0 }
  }
}

extension PassRecord {
  /// The time that some passes take by themselves, on one core.
  fileprivate func seconds(queries: Int, gradients: Int) -> Double {
    Double(queries - gradients) / queriesPerSecond + Double(gradients) / gradientsPerSecond
  }
}
