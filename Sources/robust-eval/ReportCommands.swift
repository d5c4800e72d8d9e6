// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Comparing
import Gate
import Records
import Reporting

/// The commands that work on finished reports and need no model.
extension ExperimentEngine {
  func compare(_ request: CompareRequest) async throws -> String {
    let comparison = try ReportComparison(
      base: try index(request.base), head: try index(request.head), margin: request.margin)
    let format: ComparisonFormat =
      switch request.format {
      case .markdown: .markdown
      case .html: .html
      case .json: .json
      }
    let text = try format.text(for: comparison)
    guard let output = request.output else { return text }
    try AtomicFile.write(text, to: output)
    return ""
  }

  func gate(_ request: GateRequest) async throws -> GateAnswer {
    var policy = try request.policy.map { try PolicyFile.read($0) } ?? Policy(rules: [])
    if let maxDrop = request.maxDrop {
      policy = try policy.joined(with: .largestDrop(maxDrop))
    }
    let gate = try Gate(
      policy: policy, name: request.policy, report: try index(request.report),
      baseline: try request.baseline.map { try index($0) })
    let result = try gate.result()
    let files: [(String?, GateFormat)] = [
      (request.junit, .junit), (request.sarif, .sarif), (request.markdown, .markdown),
    ]
    for (path, format) in files {
      guard let path else { continue }
      try AtomicFile.write(try format.text(for: result), to: path)
    }
    return try GateAnswer(result, as: request.printsJSON ? .json : .text)
  }

  func policyTemplate() async throws -> String { PolicyFile.template }

  func render(_ request: RenderRequest) async throws -> String {
    let formats = try request.formats.map { try format($0) }
    let file = ReportFile.place(request.run)
    let report = try ReportFile.read(request.run)
    let folder = request.output ?? file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    let paths = try formats.flatMap { try $0.write(report, into: folder) }
    return paths.map { "\(folder)/\($0)\n" }.joined()
  }

  private func index(_ path: String) throws -> ReportIndex {
    try ReportIndex(try ReportFile.read(path), name: ReportFile.place(path))
  }

  private func format(_ name: String) throws -> ReportFormat {
    if let format = ReportFormat(rawValue: name) { return format }
    let known = ReportFormat.allCases.map(\.rawValue)
    let nearest = Suggestions.nearest(to: name, among: known).first
    throw UsageError(
      .badValue, subject: "--format", detail: "'\(name)' is not a format",
      remedy: nearest.map { "did you mean '\($0)'?" } ?? "give \(known.joined(separator: ", "))")
  }
}
