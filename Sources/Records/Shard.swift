// SPDX-License-Identifier: GPL-3.0-or-later

/// One of several machines' part of a run, as in `2/4`.
public struct Shard: Sendable, Hashable {
  /// Which part, from 1 to `count`.
  public let index: Int
  /// How many parts there are.
  public let count: Int

  /// Creates a shard.
  ///
  /// - Returns: Nil unless `1 <= index <= count`.
  public init?(index: Int, count: Int) {
    guard index >= 1, index <= count else { return nil }
    self.index = index
    self.count = count
  }

  /// Reads `I/N`.
  ///
  /// - Returns: Nil if the text is of another form or `1 <= I <= N` does not hold.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else {
      return nil
    }
    self.init(index: index, count: count)
  }
}

extension Shard: CustomStringConvertible {
  /// The form that is read.
  public var description: String { "\(index)/\(count)" }
}
