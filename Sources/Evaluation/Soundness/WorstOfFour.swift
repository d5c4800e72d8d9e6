// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Row 17, for a model that is known to have no true gradients: whether every way was gone.
enum WorstOfFour {
  /// The ways that none of the attacks went.
  static func missing(_ attacks: [ResolvedExperiment.ResolvedAttack]) -> [AttackWay] {
    let gone = Set(attacks.compactMap { AttackWay($0) })
    return AttackWay.allCases.filter { !gone.contains($0) }
  }

  /// What a report says of an evaluation.
  static func finding(
    attacks: [ResolvedExperiment.ResolvedAttack], examples: Int
  ) -> SoundnessFinding {
    let missing = missing(attacks)
    let ways = AttackWay.allCases.map { way in
      let names = attacks.filter { AttackWay($0) == way }.map(\.specification.description)
      return "\(way.rawValue): \(names.isEmpty ? "none" : names.joined(separator: ", "))"
    }
    return SoundnessFinding(
      .worstOfFour, value: Double(missing.count), threshold: 0, sample: examples,
      severity: missing.isEmpty ? nil : .blocking,
      message:
        "the model has no true gradients, and the worst of what it was attacked with counts for"
        + " each example (\(ways.joined(separator: "; ")))"
        + (missing.isEmpty
          ? "" : "; judge it inside a ball of the norm linf, l2 or l1, where every way has a form"))
  }
}
