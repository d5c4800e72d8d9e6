// SPDX-License-Identifier: GPL-3.0-or-later

/// How much a YAML file may ask of its reader.
public struct YAMLLimits: Sendable, Hashable {
  /// The most bytes.
  public var bytes = 1 << 20
  /// The most lists and mappings inside one another.
  public var depth = 16
  /// The most texts, keys, lists and mappings, together.
  public var values = 10_000

  /// Creates the limits for files that people write.
  public init() {}
}
