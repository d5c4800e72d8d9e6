// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Comparing
import Evaluation
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

  func runAgain(_ request: RepeatRequest, monitor: Monitor) async throws -> RunAnswer {
    let place = ReportFile.place(request.report)
    let old = try ReportFile.read(request.report)
    let experiment = try PastExperiment.read(old.experiment, from: place)
    var options = request.options
    let folder = options.output ?? "reports/\(experiment.name)-again"
    options.output = folder
    let new = "\(folder)/report.json"
    guard !PathIdentity.isSame(place, new) else {
      throw UsageError(
        .conflict, subject: "--output \(folder)", detail: "holds the report that is compared with",
        remedy: "name another folder")
    }
    // What cannot be compared is known before the work, save what only the new data can tell.
    let base = try ReportIndex(old, name: place)
    var runner = runner(experiment, options, monitor)
    try options.judging.map { try Decision($0) }?.judge(&runner)
    if options.plansOnly { return try plan(of: runner) }
    let report = try await runner.run()
    let head = try ReportIndex(report, name: new)
    let format: ComparisonFormat = options.printsJSON ? .json : .markdown
    let text = try format.text(for: try ReportComparison(base: base, head: head))
    return RunAnswer(
      text: options.printsJSON ? text : "\(text)\nwritten to \(folder)\n",
      gate: try report.gate.map { try GateAnswer($0, as: .text) })
  }

  func gate(_ request: GateRequest) async throws -> GateAnswer {
    let result = try Decision(request.judging).result(
      on: try ReportFile.read(request.report), at: ReportFile.place(request.report))
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
    var report = try ReportFile.read(request.run)
    if let judging = request.judging {
      report.gate = try Decision(judging).result(on: report, at: file)
    }
    let source = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    let folder = request.output ?? source
    try OutputFolder.make(folder)
    var paths: [String] = []
    for format in formats {
      paths += try format.write(report, into: folder, picturesFrom: source)
      guard format == .schema else { continue }
      // What compare and gate write is described beside it.
      for file in [ComparisonSchema.file, GateSchema.file] {
        try file.write(into: folder)
        paths.append(file.path)
      }
    }
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
