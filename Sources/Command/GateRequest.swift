// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A report to be held against a policy.
public struct GateRequest: Sendable, Hashable {
  /// The report that is judged: a file or the folder of a run.
  public var report: String
  /// The rules.
  public var judging: Judging
  /// Whether the result is wanted as JSON on standard output.
  public var printsJSON: Bool
  /// A file for JUnit's XML, or nil.
  public var junit: String?
  /// A file for SARIF, or nil.
  public var sarif: String?
  /// A file for Markdown, or nil.
  public var markdown: String?

  /// Creates a request.
  public init(
    report: String, judging: Judging, printsJSON: Bool = false, junit: String? = nil,
    sarif: String? = nil, markdown: String? = nil
  ) {
    self.report = report
    self.judging = judging
    self.printsJSON = printsJSON
    self.junit = junit
    self.sarif = sarif
    self.markdown = markdown
  }
}
