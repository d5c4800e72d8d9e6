// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Records
import Synchronization
import TestSupport
import Testing

@Suite("What a run asks of those who judge it", .timeLimit(.minutes(15)))
struct RunnerTests {
  private func runner(_ folder: TemporaryFolder) throws -> Runner {
    var experiment = try tinyExperiment(folder)
    experiment.trainings = [try Specification("standard:epochs=1:batch=64")]
    experiment.compressions = [try Recipe("magnitude:epochs=0"), try Recipe("quantize")]
    experiment.isolations = try ["none", "label:queries=50:search=10"].map { try Specification($0) }
    experiment.attacks = [try Specification("fgsm")]
    experiment.examples = 20
    var options = RunOptions(workers: 2)
    options.output = folder("out")
    return Runner(experiment: experiment, options: options, environment: fixedEnvironment) { _ in }
  }

  @Test("A judge who fails costs its own answer, not the report")
  func failingJudge() async throws {
    let folder = try TemporaryFolder()
    var runner = try runner(folder)
    runner.judge = { _ in throw Stopped() }
    await #expect(throws: Stopped.self) { try await runner.run() }
    let text = try text(folder("out/report.json"))
    #expect(try CanonicalJSON.value(Report.self, from: text).gate == nil)
    #expect(FileManager.default.fileExists(atPath: folder("out/report.html")))
  }

  @Test("The outline names every model and evaluation of the report, and no figure")
  func outline() async throws {
    let folder = try TemporaryFolder()
    let seen = Mutex<Report?>(nil)
    var runner = try runner(folder)
    runner.precheck = { outline in seen.withLock { $0 = outline } }
    let report = try await runner.run()
    let outline = try #require(seen.withLock { $0 })
    #expect(outline.dataset == report.dataset && outline.evaluations.count == 6)
    func names(_ report: Report) -> [[String]] {
      report.variants.map {
        [
          $0.id, $0.parent ?? "", $0.architecture, $0.training, $0.compression, "\($0.seed)",
          "\($0.sparsity.requested)",
        ]
      }
        + report.evaluations.map {
          [$0.id, $0.variant, $0.isolation, $0.suite, "\($0.threat)"]
        }
    }
    #expect(names(outline) == names(report))
    #expect(outline.evaluations.allSatisfy { $0.examples == 0 && $0.attacks.isEmpty })
  }

  @Test("Who refuses the outline is heard before anything is made")
  func refused() async throws {
    let folder = try TemporaryFolder()
    var runner = try runner(folder)
    runner.precheck = { _ in throw Stopped() }
    await #expect(throws: Stopped.self) { try await runner.run() }
    #expect(throws: Stopped.self) { try runner.plan() }
    #expect(!FileManager.default.fileExists(atPath: folder("out")))
  }
}
