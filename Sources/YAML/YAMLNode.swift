// SPDX-License-Identifier: GPL-3.0-or-later

/// A value in a YAML file, with its place.
///
/// Scalars stay texts: whether `1e3`, `yes` or `0.10` is a number, a truth value or a word is for the
/// reader of the setting to say.
public struct YAMLNode: Sendable, Hashable {
  /// What the value is.
  public enum Content: Sendable, Hashable {
    /// A text; quoted means between quotes or as a block, so that it is a text beyond doubt.
    case scalar(text: String, isQuoted: Bool)
    /// A list.
    case sequence([YAMLNode])
    /// Keys with values, in the order of the file, each key once.
    case mapping([YAMLEntry])
  }

  /// What the value is.
  public let content: Content
  /// Where it begins.
  public let mark: YAMLMark

  /// Creates a node.
  public init(_ content: Content, at mark: YAMLMark) {
    self.content = content
    self.mark = mark
  }

  /// Whether nothing was written: an empty value, `~` or `null` without quotes.
  public var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }
}

/// One key of a mapping with its value.
public struct YAMLEntry: Sendable, Hashable {
  /// The key.
  public let key: String
  /// Where the key begins.
  public let mark: YAMLMark
  /// The value.
  public let value: YAMLNode

  /// Creates an entry.
  public init(key: String, at mark: YAMLMark, value: YAMLNode) {
    self.key = key
    self.mark = mark
    self.value = value
  }
}
