// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A YAML file that is damaged or uses more of the language than is read here.
public struct YAMLError: InputError, Hashable {
  /// What is wrong, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// The text is not YAML.
    case syntax
    /// The text holds bytes or characters that no YAML file may hold.
    case encoding
    /// A mapping has a key twice.
    case duplicateKey
    /// A key is a list or a mapping.
    case keyNotText
    /// An anchor, an alias or a merge key.
    case anchor
    /// A tag such as `!!int`.
    case tag
    /// A second document follows.
    case severalDocuments
    /// The file is too long.
    case tooLong
    /// Lists and mappings are nested too deeply.
    case tooDeep
    /// There are too many values.
    case tooManyValues
    /// The values are no attack suite.
    case notSuite
  }

  /// What is wrong.
  public let code: Code
  /// The file.
  public let file: String
  /// Where in the file.
  public let mark: YAMLMark
  /// What was found and what was expected.
  public let detail: String
  /// What the user can do about it.
  public let remedy: String

  /// File and line, as in `run.yaml:3`.
  public var subject: String { "\(file):\(mark.line)" }

  /// Creates an error from its facts.
  public init(_ code: Code, file: String, mark: YAMLMark, detail: String, remedy: String) {
    self.code = code
    self.file = file
    self.mark = mark
    self.detail = detail
    self.remedy = remedy
  }
}
