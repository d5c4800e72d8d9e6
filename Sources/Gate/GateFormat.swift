// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A form in which a gate's result is written; each is a pure function of the result.
public enum GateFormat: String, Sendable, CaseIterable {
  /// Lines for a terminal.
  case text
  /// GitHub's Markdown, for a pull request or a step summary.
  case markdown
  /// The result itself.
  case json
  /// JUnit's XML, a test case for each rule.
  case junit
  /// SARIF 2.1.0, a result for each case that did not pass.
  case sarif
  /// Lines that GitHub's runner shows beside a change.
  case annotations

  /// Renders a result.
  ///
  /// - Throws: `EncodingError` if a number in it is not finite.
  public func text(for result: GateResult) throws -> String {
    switch self {
    case .text: GateText(result).text
    case .markdown: GateMarkdown(result).text
    case .json: try CanonicalJSON.text(result)
    case .junit: JUnitWriter(result).text
    case .sarif: try SARIFWriter(result).text()
    case .annotations: GateAnnotations(result).text
    }
  }
}
