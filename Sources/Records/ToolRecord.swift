// SPDX-License-Identifier: GPL-3.0-or-later

/// The program that made a report.
public struct ToolRecord: Codable, Sendable, Hashable {
  /// The program's name.
  public var name: String
  /// Its version.
  public var version: String
  /// The commit it was built from, where known.
  public var commit: String?

  /// Creates a record.
  public init(name: String, version: String, commit: String? = nil) {
    self.name = name
    self.version = version
    self.commit = commit
  }
}
