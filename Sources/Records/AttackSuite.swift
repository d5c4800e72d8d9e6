// SPDX-License-Identifier: GPL-3.0-or-later

/// Attacks under one name, in the order in which they run: cheap ones first, so that the dear ones
/// meet few examples.
public struct AttackSuite: Sendable, Hashable {
  /// The name on the command line.
  public let name: String
  /// What it is for, in one line.
  public let summary: String
  /// The attacks where the norm has none of its own.
  public let attacks: [Specification]
  /// Attacks that take their place in some norms.
  public let byNorm: [Norm: [Specification]]

  /// Creates a suite.
  public init(
    name: String, summary: String, attacks: [Specification],
    byNorm: [Norm: [Specification]] = [:]
  ) {
    self.name = name
    self.summary = summary
    self.attacks = attacks
    self.byNorm = byNorm
  }

  /// The attacks for a norm.
  public func attacks(for norm: Norm) -> [Specification] { byNorm[norm] ?? attacks }
}
