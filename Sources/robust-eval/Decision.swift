// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Comparing
import Evaluation
import Gate
import Glibc
import Records
import Reporting

/// The rules that a report is held against, when it is finished or while it grows.
struct Decision: Sendable {
  private let policy: Policy
  private let content: [UInt8]
  private let name: String?
  private let baseline: ReportIndex?
  private let leftOut: [String]

  /// Reads policy and baseline before anything else is done.
  init(_ judging: Judging) throws {
    name = judging.policy
    var content = try judging.policy.map { try PolicyFile.bytes(of: $0) } ?? []
    var policy =
      try judging.policy.map { try PolicyFile.policy(in: content, path: $0) } ?? Policy(rules: [])
    if let maxDrop = judging.maxDrop {
      policy = try policy.joined(with: .largestDrop(maxDrop))
      content += Array("\nmax-drop: \(maxDrop)\n".utf8)
    }
    let path = judging.baseline
    let isAwaited =
      judging.baselineIsOptional && path.map { access(ReportFile.place($0), F_OK) != 0 } ?? false
    let leftOut = isAwaited ? policy.rules.filter(\.needsBaseline).map(\.id) : []
    policy.rules.removeAll { leftOut.contains($0.id) }
    self.leftOut = leftOut
    baseline = try (isAwaited ? nil : path).map {
      try ReportIndex(try ReportFile.read($0), name: ReportFile.place($0))
    }
    if baseline == nil, let rule = policy.ruleThatNeedsBaseline {
      throw GateError.needsBaseline(rule)
    }
    self.policy = policy
    self.content = content
  }

  /// Refuses an experiment, before it is run, whose report the rules or the baseline would not fit.
  ///
  /// - Parameters:
  ///   - outline: What the report will be about, without any figure.
  ///   - place: The report as it will be named.
  /// - Throws: `ReportError` where the baseline cannot be compared with it, `GateError` where a rule
  ///   would fit nothing.
  func check(_ outline: Report, at place: String) throws {
    try gate(on: outline, place).checkRulesFit()
  }

  /// Lets the rules be heard before a run, and at its end.
  func judge(_ runner: inout Runner) {
    let place = ReportFile.place(atFolder: runner.folder)
    runner.precheck = { outline in try check(outline, at: place) }
    runner.judge = { report in try result(on: report, at: place) }
  }

  /// What the user should know before waiting for a run that may stop early, or nil.
  var notice: String? {
    policy.ruleThatTakesAllExamples.map {
      "rule '\($0.id)' takes all examples, so the run cannot stop early"
    }
  }

  func stoppingRule() throws -> StoppingRule {
    try StoppingRule(policy: content, baseline: baseline?.report) { report in
      try gate(on: report, "the run so far").isDecided()
    }
  }

  /// What the gate says of a finished report.
  ///
  /// - Parameters:
  ///   - report: The report.
  ///   - place: The report as it is named.
  /// - Returns: The answer to every rule.
  /// - Throws: `ReportError` or `GateError` where the report and the rules do not fit together.
  func result(on report: Report, at place: String) throws -> GateResult {
    var result = try gate(on: report, place).result()
    result.leftOut = leftOut.isEmpty ? nil : leftOut
    return result
  }

  private func gate(on report: Report, _ place: String) throws -> Gate {
    try Gate(
      policy: policy, name: name, report: try ReportIndex(report, name: place), baseline: baseline)
  }
}

extension GateAnswer {
  /// A gate's result in a format.
  init(_ result: GateResult, as format: GateFormat) throws {
    let status: ExitCode =
      switch result.verdict {
      case .pass: .done
      case .fail: .gateFailed
      case .inconclusive: .gateInconclusive
      case .refused: .gateRefused
      }
    self.init(
      text: try format.text(for: result), annotations: try GateFormat.annotations.text(for: result),
      status: status)
  }
}
