// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Models
import Records
import RobustCore
import TestSupport
import Testing
import Torch

/// A model with a fault, and the check that has to name it in the report.
private struct FaultyModel: Sendable, CustomTestStringConvertible {
  let flag: String
  let weight: Double
  let answer: String

  var testDescription: String { flag }

  static let all = [
    FaultyModel(
      flag: "probabilities-not-logits", weight: 0.1, answer: "torch.softmax(scores, 1)"),
    FaultyModel(flag: "non-finite-logits", weight: .nan, answer: "scores"),
    FaultyModel(flag: "zero-gradient", weight: 0.1, answer: "torch.sign(scores) * 2"),
  ]

  func save(to path: String) throws {
    let module = ScriptModule(named: "Faulty")
    let weight = Tensor(repeating: weight, shape: [3, 144])
    module.add(weight, named: "weight")
    module.define(
      """
      def forward(self, x):
          scores = torch.mm(torch.flatten(x, 1), torch.t(self.weight))
          return \(answer)

      """)
    try module.save(to: path)
  }
}

@Suite("Flags of a whole run", .timeLimit(.minutes(15)))
struct FlaggedReportTests {
  @Test("A faulty model is named in the report that is written", arguments: FaultyModel.all)
  private func isFlagged(model: FaultyModel) async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    try model.save(to: folder("faulty.pt"))
    experiment.models = [.file(folder("faulty.pt"))]
    experiment.trainings = [Experiment.given]
    experiment.sparsities = [Sparsity(0.0)].compactMap(\.self)
    _ = try await run(experiment, into: folder("run"))
    let report = try CanonicalJSON.value(Report.self, from: try text(folder("run/report.json")))
    let flags = report.evaluations.flatMap(\.flags)
    #expect(flags.contains { $0.check == model.flag && $0.severity == .blocking }, "\(flags)")
    let checks = try #require(report.evaluations.first?.checks)
    #expect(checks.count > 13, "what passed is in the report too")
    #expect(Set(checks.map(\.check)).count == checks.count, "each check once")
    if model.weight.isNaN { #expect(report.evaluations[0].cleanAccuracy.value == 0) }
  }
}
