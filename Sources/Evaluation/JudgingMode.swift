// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records

/// How the attacks of an evaluation share its examples; it follows from what they are.
enum JudgingMode: String, Codable, Sendable {
  /// The worst case in a ball: what one attack broke, the next ones leave alone.
  case worstCase
  /// Every attack seeks the nearest adversarial input of every example, so that the distances make a
  /// whole security curve.
  case nearest
  /// Every attack meets every example, and no ball binds it: rotations and corruptions.
  case eachAlone

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
