// SPDX-License-Identifier: GPL-3.0-or-later

/// How the attacks of an evaluation share its examples; it follows from what they are.
public enum JudgingMode: String, Codable, Sendable {
  /// The worst case in a ball: what one attack broke, the next ones leave alone.
  case worstCase
  /// Every attack seeks the nearest adversarial input of every example, so that the distances make a
  /// whole security curve.
  case nearest
  /// Every attack meets every example, and no ball binds it: rotations and corruptions.
  case eachAlone
}
