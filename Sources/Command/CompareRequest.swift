// SPDX-License-Identifier: GPL-3.0-or-later

/// Two reports to be held against each other.
public struct CompareRequest: Sendable, Hashable {
  /// A form in which the comparison is wanted.
  public enum Format: String, Sendable, CaseIterable {
    /// GitHub's Markdown.
    case markdown
    /// A page of its own.
    case html
    /// For programs.
    case json
  }

  /// The report compared with: a file or the folder of a run.
  public var base: String
  /// The report that is judged.
  public var head: String
  /// The form.
  public var format: Format
  /// A file to write into; nil for standard output.
  public var output: String?
  /// The difference that does not matter, in (0, 1).
  public var margin: Double

  /// Creates a request.
  public init(
    base: String, head: String, format: Format = .markdown, output: String? = nil,
    margin: Double = 0.02
  ) {
    self.base = base
    self.head = head
    self.format = format
    self.output = output
    self.margin = margin
  }
}
