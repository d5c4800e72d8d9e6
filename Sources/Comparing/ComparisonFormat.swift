// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A form in which a comparison is written; each is a pure function of the comparison.
public enum ComparisonFormat: String, Sendable, CaseIterable {
  /// GitHub's Markdown: a summary, with the details folded away.
  case markdown
  /// A page of its own, readable without JavaScript.
  case html
  /// The comparison itself.
  case json

  /// Renders a comparison.
  ///
  /// - Throws: `EncodingError` if a number in it is not finite.
  public func text(for comparison: ReportComparison) throws -> String {
    switch self {
    case .markdown: ComparisonMarkdown(comparison).text
    case .html: ComparisonPage(comparison).text
    case .json: try CanonicalJSON.text(comparison)
    }
  }
}
