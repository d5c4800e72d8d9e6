// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Command
import Compression
import Datasets
import Evaluation
import FoundationEssentials
import Gate
import Isolation
import Models
import Records
import Reporting
import Training

/// Does what the command line asks for with the modules of this package.
struct ExperimentEngine: Engine {
  let environment: RunEnvironment

  func run(
    _ experiment: Experiment, options: RunOptions, monitor: Monitor
  ) async throws -> RunAnswer {
    // A shard sees a part of what the rules are about.
    let isJudged = options.shard == nil
    let decision = isJudged ? try options.judging.map { try Decision($0) } : nil
    let stops = options.stopsWhenDecided
    var runner = runner(
      experiment, options, monitor, stopping: stops ? try decision?.stoppingRule() : nil)
    if let decision { decision.judge(&runner) }
    if options.plansOnly { return try plan(of: runner) }
    if !isJudged, options.judging != nil {
      monitor.report(
        .notice("a shard is not judged: hold what robust-eval merge leaves against the rules"))
    }
    if stops, let notice = decision?.notice { monitor.report(.notice(notice)) }
    let report = try await runner.run()
    if options.shard != nil {
      return RunAnswer(
        text: "\(runner.folder): this shard is done; join all of them with `robust-eval merge`\n")
    }
    return RunAnswer(
      text: try text(report, folder: runner.folder, printsJSON: options.printsJSON),
      gate: try report.gate.map { try GateAnswer($0, as: .text) })
  }

  /// What a run would do, in words or as JSON.
  func plan(of runner: Runner) throws -> RunAnswer {
    let plan = try runner.plan()
    return RunAnswer(text: runner.options.printsJSON ? try CanonicalJSON.text(plan) : plan.text)
  }

  func runner(
    _ experiment: Experiment, _ options: RunOptions, _ monitor: Monitor,
    stopping: StoppingRule? = nil
  ) -> Runner {
    Runner(
      experiment: experiment, options: options, environment: environment, stopping: stopping
    ) {
      monitor.report($0)
      if monitor.isInterrupted() { throw Interruption() }
    }
  }

  func merge(_ request: MergeRequest, monitor: Monitor) async throws -> RunAnswer {
    var merge = ShardMerge(shards: request.shards, output: request.output)
    let place = ReportFile.place(atFolder: request.output)
    if let decision = try request.judging.map({ try Decision($0) }) {
      merge.judge = { report in try decision.result(on: report, at: place) }
    }
    let report = try merge.run()
    return RunAnswer(
      text: try text(report, folder: request.output, printsJSON: request.printsJSON),
      gate: try report.gate.map { try GateAnswer($0, as: .text) })
  }

  func verify(_ request: VerifyRequest) async throws -> VerifyAnswer {
    let verdict = try Verification(
      Verification.Request(
        file: request.file, model: request.model, dataset: request.dataset,
        threat: request.threat), manifestFolder: environment.manifestFolder
    ).verdict()
    return VerifyAnswer(
      text: request.printsJSON ? try CanonicalJSON.text(verdict) : words(for: verdict),
      isSound: verdict.isSound && (!request.isStrict || verdict.withstood == 0))
  }

  private func words(for verdict: Verification.Verdict) -> String {
    let rows = [
      ("inputs", verdict.inputs), ("adversarial", verdict.adversarial),
      ("still classified correctly", verdict.withstood),
      ("misclassified without a perturbation", verdict.wrongAnyway),
      ("not allowed", verdict.forbidden), ("mistake not seen again", verdict.unstable),
    ]
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { name, count in
      name + String(repeating: " ", count: width - name.count + 2) + "\(count)\n"
    }
    let fault = verdict.firstFault.map { "first not allowed: \($0)\n" } ?? ""
    return lines.joined() + "largest distance of an allowed input: "
      + "\(verdict.largestDistance.fixed(6))\n" + fault
  }

  private func text(_ report: Report, folder: String, printsJSON: Bool) throws -> String {
    if printsJSON { return try CanonicalJSON.text(report) }
    return TerminalTable(colour: false).text(for: report) + "\nwritten to \(folder)\n"
  }

  func list(_ section: ListSection) async throws -> [CatalogEntry] {
    switch section {
    case .attacks:
      AttackCatalog.catalog.entries
        + AttackSuite.builtIn.map { CatalogEntry(name: $0.name, summary: "suite: \($0.summary)") }
    case .compressions: CompressionCatalog.catalog.entries
    case .trainings: TrainingCatalog.catalog.entries
    case .models: ModelCatalog.catalog.entries
    case .datasets: try datasets()
    case .isolations: IsolationCatalog.catalog.entries
    }
  }

  private func datasets() throws -> [CatalogEntry] {
    let catalog = DatasetCatalog(
      manifestFolder: environment.manifestFolder.map { URL(filePath: $0) })
    return try catalog.names.map { name in
      let manifest = try catalog.manifest(named: name)
      let state = catalog.isInstalled(name) ? "" : " (not installed)"
      return CatalogEntry(name: name, summary: manifest.title + state, citation: manifest.source)
    }
  }

  func doctor() async throws -> [Diagnosis] {
    try await Doctor(environment: environment).diagnoses()
  }
}
