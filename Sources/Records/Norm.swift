// SPDX-License-Identifier: GPL-3.0-or-later

/// The norm in which a perturbation is measured over all values of one example.
public enum Norm: String, Codable, Sendable, CaseIterable {
  /// The largest absolute change of any value.
  case linf
  /// The Euclidean length of the change.
  case l2
  /// The sum of absolute changes.
  case l1
  /// The number of changed pixels.
  case l0
}
