// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Journal
import Models
import Records
import TestSupport
import Testing
import Torch

@Suite("Experiments that cannot be run", .timeLimit(.minutes(15)))
struct BadInputTests {
  private func failure(
    _ change: (inout Experiment, TemporaryFolder) throws -> Void
  ) async throws -> any InputError {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    try change(&experiment, folder)
    do {
      _ = try await run(experiment, into: folder("run"))
    } catch let error as any InputError {
      // Nothing but the journal may have been begun.
      #expect(!FileManager.default.fileExists(atPath: folder("run/report.json")))
      return error
    }
    throw Stopped()
  }

  @Test("More examples than there are")
  func tooManyExamples() async throws {
    let error = try await failure { experiment, _ in experiment.examples = 301 }
    #expect((error as? ExperimentError)?.code == .tooManyExamples)
    #expect(error.detail.contains("300"))
  }

  @Test("A radius wider than the input range")
  func wideRadius() async throws {
    let error = try await failure { experiment, _ in
      experiment.epsilons = [Epsilon("8")].compactMap(\.self)
    }
    #expect((error as? ExperimentError)?.code == .epsilonBeyondRange)
  }

  @Test("In l0 a radius counts values", arguments: ["0.1", "2.5", "145"])
  func countedRadius(text: String) async throws {
    let error = try await failure { experiment, _ in
      experiment.norm = .l0
      experiment.attacks = [try Specification("sparse-rs")]
      experiment.epsilons = [Epsilon(text)].compactMap(\.self)
    }
    #expect((error as? ExperimentError)?.code == .epsilonBeyondRange)
    #expect(error.detail == "in l0 it is the number of values that may change, of 144")
  }

  @Test("Hardening by gradients has no form in l0", arguments: ["fgsm", "n-fgsm", "pgd", "trades"])
  func trainingInL0(name: String) async throws {
    let error = try await failure { experiment, _ in
      experiment.norm = .l0
      experiment.trainings = [try Specification(name)]
      experiment.attacks = [try Specification("sparse-rs")]
      experiment.epsilons = [Epsilon("3")].compactMap(\.self)
    }
    #expect((error as? ExperimentError)?.code == .unsupportedNorm)
    #expect(error.subject == "training '\(name)'")
  }

  @Test(
    "Names that nothing has, with the nearest ones",
    arguments: ["attack": "pdg", "training": "pgb", "compression": "magnitud", "model": "cnm"])
  func unknownNames(kind: String, name: String) async throws {
    let error = try await failure { experiment, _ in
      let specification = try Specification(name)
      switch kind {
      case "attack": experiment.attacks = [specification]
      case "training": experiment.trainings = [specification]
      case "compression": experiment.compressions = [Recipe(steps: [specification])]
      default: experiment.models = [.architecture(specification)]
      }
    }
    let found = try #require(error as? SpecificationError)
    #expect(found.code == .unknownName)
    let nearest = ["attack": "pgd", "training": "pgd", "compression": "magnitude", "model": "cnn"]
    #expect(found.remedy.contains("'\(nearest[kind] ?? "")'"), "\(found.remedy)")
  }

  @Test("An attack that has no form for the norm")
  func unsupportedNorm() async throws {
    let error = try await failure { experiment, _ in
      experiment.norm = .l1
      experiment.attacks = [try Specification("ddn")]
    }
    #expect((error as? ExperimentError)?.code == .unsupportedNorm)
  }

  @Test("A suite without an attack for the norm")
  func emptySuite() async throws {
    let error = try await failure { experiment, _ in
      experiment.norm = .l0
      experiment.attacks = [try Specification("rand")]
    }
    #expect((error as? ExperimentError)?.code == .unsupportedNorm)
  }

  @Test("A loss that needs more classes than there are")
  func tooFewClasses() async throws {
    let error = try await failure { experiment, _ in
      experiment.attacks = [try Specification("apgd-t")]
    }
    let found = try #require(error as? ExperimentError)
    #expect(found.code == .tooFewClasses)
    #expect(found.remedy.contains("apgd-t:loss=margin"))
  }

  @Test("A model file that is missing, or no model")
  func badModelFiles() async throws {
    let missing = try await failure { experiment, folder in
      experiment.models = [.file(folder("none.pt"))]
      experiment.trainings = [Experiment.given]
    }
    #expect((missing as? TorchError)?.code == .unreadableModel)
    let garbage = try await failure { experiment, folder in
      try Data("no model".utf8).write(to: URL(fileURLWithPath: folder("bad.pt")))
      experiment.models = [.file(folder("bad.pt"))]
      experiment.trainings = [Experiment.given]
    }
    #expect((garbage as? TorchError)?.code == .unreadableModel)
    #expect(!garbage.detail.contains("\n"))
  }

  @Test("A model file with another number of classes than the data")
  func wrongClasses() async throws {
    let error = try await failure { experiment, folder in
      let module = ScriptModule(named: "Classifier")
      module.add(Tensor(repeating: 0.1, shape: [5, 144]), named: "weight")
      module.define(
        "def forward(self, x):\n    return torch.mm(torch.flatten(x, 1), torch.t(self.weight))\n")
      try module.save(to: folder("five.pt"))
      experiment.models = [.file(folder("five.pt"))]
      experiment.trainings = [Experiment.given]
    }
    #expect((error as? ModelError)?.code == .wrongOutput)
    #expect(error.detail.contains("5 logits"))
  }

  private func journalFailure(_ experiment: Experiment, _ output: String) async -> JournalError
    .Code?
  {
    do {
      _ = try await run(experiment, into: output)
      return nil
    } catch {
      return (error as? JournalError)?.code
    }
  }

  @Test("A folder that holds another experiment's run is not touched")
  func otherRun() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    experiment.trainings = [try Specification("standard:epochs=0.5:batch=64")]
    experiment.compressions = [try Recipe("random:epochs=0")]
    _ = try await run(experiment, into: folder("run"))
    let before = try text(folder("run/report.json"))
    experiment.examples = 200
    #expect(await journalFailure(experiment, folder("run")) == .otherExperiment)
    #expect(try text(folder("run/report.json")) == before)
  }

  @Test("A file where the output folder should be")
  func outputIsFile() async throws {
    let folder = try TemporaryFolder()
    let experiment = try tinyExperiment(folder)
    try Data().write(to: URL(fileURLWithPath: folder("run")))
    #expect(await journalFailure(experiment, folder("run")) == .folderIsFile)
  }

  @Test("A model file that changed is not judged by the old one's journal")
  func changedModel() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    experiment.models = [.file(folder("model.pt"))]
    experiment.trainings = [Experiment.given]
    experiment.sparsities = [Sparsity(0.0)].compactMap(\.self)
    try linearModel(weight: 0.1, type: .float32).save(to: folder("model.pt"))
    _ = try await run(experiment, into: folder("run"))
    try linearModel(weight: 0.2, type: .float32).save(to: folder("model.pt"))
    #expect(await journalFailure(experiment, folder("run")) == .otherExperiment)
  }

  @Test("A model of another precision, which could not be pruned")
  func doublePrecision() async throws {
    let error = try await failure { experiment, folder in
      try linearModel(weight: 0.1, type: .float64).save(to: folder("double.pt"))
      experiment.models = [.file(folder("double.pt"))]
      experiment.trainings = [Experiment.given]
    }
    #expect((error as? ModelError)?.code == .unsupportedType)
  }

  @Test("Two model files that reports could not tell apart")
  func sameFileName() async throws {
    let error = try await failure { experiment, folder in
      experiment.models = [.file(folder("a/net.pt")), .file(folder("b/net.pt"))]
      experiment.trainings = [Experiment.given]
    }
    #expect((error as? ExperimentError)?.code == .sameName)
  }

  @Test("A recipe whose second step would find nothing to do")
  func senselessRecipe() async throws {
    let error = try await failure { experiment, _ in
      experiment.compressions = [try Recipe("magnitude+gradient")]
    }
    #expect((error as? ExperimentError)?.code == .senselessRecipe)
  }

  private func linearModel(weight: Double, type: ElementType) -> ScriptModule {
    let module = ScriptModule(named: "Classifier")
    module.add(Tensor(repeating: weight, shape: [3, 144], type: type), named: "weight")
    module.define(
      """
      def forward(self, x):
          return torch.mm(torch.flatten(x, 1), torch.t(self.weight.float()))

      """)
    return module
  }
}
