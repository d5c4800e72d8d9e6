// SPDX-License-Identifier: GPL-3.0-or-later

/// A place in a file; both numbers count from one.
public struct YAMLMark: Sendable, Hashable {
  /// The line.
  public let line: Int
  /// The character of the line.
  public let column: Int

  /// Creates a mark.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}
