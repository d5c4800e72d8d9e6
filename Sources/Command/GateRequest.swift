// SPDX-License-Identifier: GPL-3.0-or-later

/// A report to be held against a policy.
public struct GateRequest: Sendable, Hashable {
  /// The report that is judged: a file or the folder of a run.
  public var report: String
  /// The report compared with, where the policy has rules that need one.
  public var baseline: String?
  /// The policy file; nil where the largest drop alone counts.
  public var policy: String?
  /// The largest loss of clean and of robust accuracy against the baseline, in 0..<1.
  public var maxDrop: Double?
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
    report: String, baseline: String? = nil, policy: String? = nil, maxDrop: Double? = nil,
    printsJSON: Bool = false, junit: String? = nil, sarif: String? = nil, markdown: String? = nil
  ) {
    self.report = report
    self.baseline = baseline
    self.policy = policy
    self.maxDrop = maxDrop
    self.printsJSON = printsJSON
    self.junit = junit
    self.sarif = sarif
    self.markdown = markdown
  }
}
