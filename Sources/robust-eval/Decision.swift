// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Comparing
import Evaluation
import Gate
import Records
import Reporting

/// The policy that a run goes on with until every rule of it is decided.
struct Decision: Sendable {
  private let policy: Policy
  private let content: [UInt8]
  private let name: String
  private let baseline: ReportIndex?

  /// Reads policy and baseline before anything is trained.
  init(_ request: RunOptions.UntilDecided) throws {
    name = request.policy
    content = try PolicyFile.bytes(of: request.policy)
    policy = try PolicyFile.policy(in: content, path: request.policy)
    baseline = try request.baseline.map {
      try ReportIndex(try ReportFile.read($0), name: ReportFile.place($0))
    }
    if baseline == nil, let rule = policy.ruleThatNeedsBaseline {
      throw GateError.needsBaseline(rule)
    }
  }

  /// What the user should know before waiting, or nil.
  var notice: String? {
    policy.ruleThatTakesAllExamples.map {
      "rule '\($0.id)' takes all examples, so the run cannot stop early"
    }
  }

  func stoppingRule() throws -> StoppingRule {
    try StoppingRule(policy: content, baseline: baseline?.report) { report in
      try gate(on: try ReportIndex(report, name: "the run so far")).isDecided()
    }
  }

  /// What the gate says of the finished report.
  func answer(on report: Report, folder: String) throws -> GateAnswer {
    let name = ReportFile.place(folder)
    return try GateAnswer(try gate(on: try ReportIndex(report, name: name)).result(), as: .text)
  }

  private func gate(on report: ReportIndex) throws -> Gate {
    try Gate(policy: policy, name: name, report: report, baseline: baseline)
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
