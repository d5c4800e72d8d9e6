// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Synchronization

@testable import Command

/// Reads a command line as on a machine of four cores, with files that exist only here.
func invoke(
  _ arguments: [String], files: [String: String] = [:], cores: Int = 4
) throws -> Invocation {
  try Invocation(arguments: arguments, surroundings: Surroundings(cores: cores)) { path in
    guard let text = files[path] else { return try FileReader.bytes(of: path, limit: 1 << 20) }
    return Array(text.utf8)
  }
}

/// The experiment and the options that a command line asks for.
func resolve(
  _ arguments: [String], files: [String: String] = [:]
) throws -> (Experiment, RunOptions) {
  struct NotARun: Error {}
  guard case .run(let experiment, let options) = try invoke(arguments, files: files) else {
    throw NotARun()
  }
  return (experiment, options)
}

/// The line that a command line is answered with, or nil if it can be followed.
func errorLine(_ arguments: [String], files: [String: String] = [:]) -> String? {
  do {
    _ = try invoke(arguments, files: files)
    return nil
  } catch {
    return ErrorLine.describe(error).line
  }
}

/// Keeps what is written.
final class Recorder: Sendable {
  private let output = Mutex("")
  private let errors = Mutex("")

  var standardOutput: String { output.withLock { $0 } }
  var standardError: String { errors.withLock { $0 } }

  func console(takesOutput: Bool = true) -> Console {
    Console(
      writeOutput: { text in
        self.output.withLock { $0 += text }
        return takesOutput
      },
      writeError: { text in self.errors.withLock { $0 += text } })
  }
}

/// Answers what it was told to.
struct FixedEngine: Engine {
  var result: @Sendable (Monitor) throws -> String = { _ in "" }
  var diagnoses: [Diagnosis] = []
  var verdict = VerifyAnswer(text: "", isSound: true)

  func run(
    _ experiment: Experiment, options: RunOptions, monitor: Monitor
  ) async throws -> RunAnswer {
    RunAnswer(
      text: try result(monitor) + (options.plansOnly ? "plan" : "") + options.command,
      gate: gate(options.judging))
  }

  func merge(_ request: MergeRequest, monitor: Monitor) async throws -> RunAnswer {
    RunAnswer(
      text: "\(request.shards) \(request.output) \(request.printsJSON)", gate: gate(request.judging)
    )
  }

  func runAgain(_ request: RepeatRequest, monitor: Monitor) async throws -> RunAnswer {
    RunAnswer(
      text: try result(monitor) + "again \(request.report) \(request.options.command)",
      gate: gate(request.options.judging))
  }

  private func gate(_ judging: Judging?) -> GateAnswer? {
    judging.map {
      GateAnswer(
        text: "\($0.policy ?? "none") \($0.baseline ?? "none")\n", annotations: "::error::no\n",
        status: .gateInconclusive)
    }
  }

  func compare(_ request: CompareRequest) async throws -> String { "\(request)" }

  func gate(_ request: GateRequest) async throws -> GateAnswer {
    GateAnswer(
      text: "\(request.report)\n", annotations: "::error::no\n",
      status: request.judging.maxDrop == nil ? .gateRefused : .gateFailed)
  }

  func policyTemplate() async throws -> String { "rules:\n" }

  func render(_ request: RenderRequest) async throws -> String { "\(request.formats)" }

  func list(_ section: ListSection) async throws -> [CatalogEntry] {
    guard section == .attacks else { return [] }
    return [
      CatalogEntry(
        name: "pgd", summary: "projected gradient descent", citation: "Madry et al., ICLR 2018",
        knowledge: .whiteBox,
        parameters: [
          ParameterSchema(
            "steps", .integer(1...10_000), default: .integer(20), summary: "steps of ascent"),
          ParameterSchema(
            "step-size", .epsilon, default: nil, summary: "length of a step; 2.5 epsilon / steps"),
        ]),
      CatalogEntry(name: "uniform", summary: "noise in the ball", knowledge: .label),
    ]
  }

  func verify(_ request: VerifyRequest) async throws -> VerifyAnswer { verdict }

  func doctor() async throws -> [Diagnosis] { diagnoses }
}
