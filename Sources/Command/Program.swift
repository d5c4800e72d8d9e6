// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import YAML

/// The command `robust-eval`: reads a command line, has it done, prints, and answers with a status.
public struct Program: Sendable {
  private let version: String
  private let surroundings: Surroundings
  private let console: Console
  private let now: @Sendable () -> Double
  private let isInterrupted: @Sendable () -> Bool
  private let makeEngine: @Sendable () throws -> any Engine

  /// Creates the command.
  ///
  /// - Parameters:
  ///   - version: What `--version` answers.
  ///   - surroundings: Where defaults come from.
  ///   - console: Where to write.
  ///   - now: Seconds since any fixed moment, for rates.
  ///   - isInterrupted: Whether the user wants it to stop.
  ///   - makeEngine: Called only when there is work to do, so that help costs no library.
  public init(
    version: String, surroundings: Surroundings, console: Console,
    now: @escaping @Sendable () -> Double, isInterrupted: @escaping @Sendable () -> Bool,
    makeEngine: @escaping @Sendable () throws -> any Engine
  ) {
    self.version = version
    self.surroundings = surroundings
    self.console = console
    self.now = now
    self.isInterrupted = isInterrupted
    self.makeEngine = makeEngine
  }

  /// Does what a command line asks for.
  ///
  /// - Parameter arguments: What follows the program's name.
  /// - Returns: The status for the caller, once everything is printed.
  public func run(_ arguments: [String]) async -> ExitCode {
    do {
      let invocation = try Invocation(arguments: arguments, surroundings: surroundings) {
        try FileReader.bytes(of: $0, limit: YAMLLimits().bytes)
      }
      return try await perform(invocation, command: ShellText.command(arguments))
    } catch {
      let (line, status) = ErrorLine.describe(error)
      console.writeError(line)
      return status
    }
  }

  private func perform(_ invocation: Invocation, command: String) async throws -> ExitCode {
    switch invocation {
    case .help(let help): try print(help.text)
    case .version: try print("robust-eval \(version)\nLicense GPL-3.0-or-later\n")
    case .run(let experiment, var options):
      options.command = command
      let engine = try makeEngine()
      let answer = try await monitored(isQuiet: options.isQuiet) { [options] monitor in
        try await engine.run(experiment, options: options, monitor: monitor)
      }
      return try tell(answer, asJSON: options.printsJSON)
    case .again(var request):
      request.options.command = command
      let engine = try makeEngine()
      let answer = try await monitored(isQuiet: request.options.isQuiet) { [request] monitor in
        try await engine.runAgain(request, monitor: monitor)
      }
      return try tell(answer, asJSON: request.options.printsJSON)
    case .merge(let request):
      let engine = try makeEngine()
      let answer = try await monitored(isQuiet: request.isQuiet) { monitor in
        try await engine.merge(request, monitor: monitor)
      }
      return try tell(answer, asJSON: request.printsJSON)
    case .verify(let request):
      let answer = try await makeEngine().verify(request)
      try print(answer.text)
      return answer.isSound ? .done : .gateFailed
    case .compare(let request): try print(try await makeEngine().compare(request))
    case .gate(let request): return try await judge(request)
    case .gateTemplate: try print(try await makeEngine().policyTemplate())
    case .report(let request): try print(try await makeEngine().render(request))
    case .list(let section):
      let engine = try makeEngine()
      for section in section.map({ [$0] }) ?? ListSection.allCases {
        try print(Listing.text(section, try await engine.list(section)))
      }
    case .doctor: try await checkMachine(try makeEngine())
    }
    return .done
  }

  private func judge(_ request: GateRequest) async throws -> ExitCode {
    try tell(try await makeEngine().gate(request), besideJSON: false)
  }

  private func tell(_ answer: RunAnswer, asJSON: Bool) throws -> ExitCode {
    try print(answer.text)
    return try answer.gate.map { try tell($0, besideJSON: asJSON) } ?? .done
  }

  /// Prints what a gate found; lines for GitHub's runner only where it listens.
  private func tell(_ answer: GateAnswer, besideJSON: Bool) throws -> ExitCode {
    if surroundings.isGitHubAction { console.writeError(answer.annotations) }
    // Where standard output is one JSON document, nothing else belongs there.
    if besideJSON { console.writeError(answer.text) } else { try print(answer.text) }
    return answer.status
  }

  private func checkMachine(_ engine: any Engine) async throws {
    let diagnoses = try await engine.doctor()
    try print(Listing.text(diagnoses))
    let bad = diagnoses.filter { $0.verdict == .bad }
    guard bad.isEmpty else {
      throw UsageError(
        .checkFailed, subject: "doctor", detail: "\(bad.count) of \(diagnoses.count) checks failed",
        remedy: "see \(bad.map(\.check).joined(separator: ", "))")
    }
  }

  /// Shows progress while work is done, and takes it away before anything else is printed.
  private func monitored<Answer>(
    isQuiet: Bool, _ work: (Monitor) async throws -> Answer
  ) async throws -> Answer {
    let style: ProgressWriter.Style =
      if isQuiet {
        .notices
      } else if let columns = surroundings.terminalColumns {
        .bar(columns: columns, hasColor: surroundings.hasColor)
      } else {
        .lines
      }
    let progress = ProgressWriter(style: style, now: now, write: console.writeError)
    defer { progress.finish() }
    return try await work(
      Monitor(report: { progress.report($0) }, isInterrupted: isInterrupted))
  }

  private func print(_ text: String) throws(UsageError) {
    guard console.writeOutput(text) else {
      throw UsageError(
        .outputFailed, subject: "standard output", detail: "cannot be written",
        remedy: "free some space or choose another file")
    }
  }
}
