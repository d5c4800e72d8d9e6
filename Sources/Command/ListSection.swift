// SPDX-License-Identifier: GPL-3.0-or-later

/// A kind of thing that can be named on the command line.
public enum ListSection: String, Sendable, CaseIterable {
  /// Attacks and suites of them.
  case attacks
  /// Steps of compression.
  case compressions
  /// Trainings.
  case trainings
  /// Architectures.
  case models
  /// Data sets.
  case datasets
  /// What can be kept from the attacker.
  case isolations
}
