// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records

extension JudgingMode {
  /// The mode of some attacks.
  ///
  /// - Throws: ``ExperimentError`` with code `mixedReach` where attacks that no ball binds stand
  ///   beside others.
  init(_ attacks: [ResolvedExperiment.ResolvedAttack]) throws {
    let free = attacks.filter { $0.reach == .anywhere }
    if let first = free.first {
      guard free.count == attacks.count else {
        throw ExperimentError(
          .mixedReach, subject: "attack '\(first.specification)'",
          detail: "it obeys no norm, and the other attacks do",
          remedy: "run it apart from them")
      }
      self = .eachAlone
    } else {
      self = attacks.allSatisfy { $0.reach == .nearest } ? .nearest : .worstCase
    }
  }
}
