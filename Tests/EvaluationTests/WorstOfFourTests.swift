// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Foundation
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Evaluation

@Suite("Models without true gradients", .timeLimit(.minutes(15)))
struct WorstOfFourTests {
  private static func completion(
    _ names: [String], norm: Norm = .linf, classes: Int = 10
  ) throws -> [String] {
    var experiment = Experiment()
    experiment.attacks = try names.map { try Specification($0) }
    experiment.norm = norm
    return try ResolvedExperiment.attacks(of: experiment, classes: classes, texts: false).completion
      .map(\.specification.description)
  }

  @Test("A suite is completed by the ways that nobody asked for")
  func completes() throws {
    let (direct, transfer, square) = ("pgd-direct:steps=50", "transfer", "square:queries=1000")
    #expect(try Self.completion(["apgd-ce"]) == [direct, transfer, square])
    #expect(try Self.completion(["apgd-ce", "square", "transfer"]) == [direct])
    #expect(try Self.completion(["pgd", "pgd-direct", "nes", "transfer"]).isEmpty)
    #expect(
      try Self.completion(["uniform", "transfer:source=sibling"])
        == [direct, "pgd:steps=50", transfer, square], "noise and another model's stand for none")
    #expect(try Self.completion(["pgd"], norm: .l2) == [direct, transfer, square])
  }

  @Test("Ways without a form for the norm are left out, and missed")
  func otherNorms() throws {
    #expect(try Self.completion(["sparse-rs"], norm: .l0).isEmpty)
    #expect(try Self.completion(["ddn"], norm: .l2).isEmpty, "the nearest ones obey no ball")
    let finding = WorstOfFour.finding(
      attacks: try SoundnessModels.attacks(["pgd", "square"]), examples: 7)
    #expect(finding.severity == .blocking && finding.value == 2 && finding.sample == 7)
    #expect(finding.message.contains("direct: none") && finding.message.contains("transfer: none"))
  }

  /// A first pixel that is cut off above 0.3 before anything looks at it: the model's own gradient is
  /// zero there, and the straight-through one is not.
  private static var rounding: Classifier {
    var graph = Graph()
    graph.append("flatten", .flatten)
    graph.append("round", .quantize(scale: 0.1, zeroPoint: 0, bits: 2))
    graph.append("fc", .linear(input: 1, output: 2))
    let architecture = GraphArchitecture(
      name: "rounding", inputShape: [1, 1, 1], classes: 2, graph: graph)
    var parameters = architecture.initialParameters(random: RandomKey(seed: 0))
    parameters["fc.weight"] = .dense(Tensor([Float(1), -1], shape: [2, 1]))
    parameters["fc.bias"] = .dense(Tensor([Float(-0.25), 0.25]))
    return Classifier(architecture: architecture, parameters: parameters)
  }

  @Test(
    "An attack on the model's own gradient is given that one, every other the straight-through one")
  func gradients() throws {
    let classifier = Self.rounding
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.3")))
    // 0.5 is rounded to 0.3 and right; from below 0.25 on it would be wrong.
    let examples = Examples(
      inputs: Tensor([Float(0.5)], shape: [1, 1, 1, 1]), labels: Tensor([0]), classes: 2,
      inputRange: 0...1)
    let attacks = try ["bim", "pgd-direct"].map { name in
      let specification = try Specification(name)
      let member = try AttackCatalog.member(for: specification)
      // From the input itself, so that nothing but the gradient can find the way.
      return ResolvedExperiment.ResolvedAttack(
        specification: specification, parameters: [:], reach: .ball,
        attack: .gradient(ProjectedGradient(steps: 10, startsRandomly: false)),
        usesOwnGradient: member.usesOwnGradient)
    }
    func broken(_ attack: ResolvedExperiment.ResolvedAttack) throws -> Bool {
      try BlockJudge(
        network: classifier.attackedNetwork, examples: examples, threat: threat, mode: .worstCase,
        attacks: [attack], keepsAll: false, random: RandomKey(seed: 1), clock: { 0 },
        ownGradients: classifier.network
      ).judge(block: 0).attacks[0].outcomes[0].broken
    }
    #expect(try broken(attacks[0]))
    #expect(try !broken(attacks[1]))
  }

  private static func experiment(
    _ folder: TemporaryFolder, _ recipes: [String]
  ) throws -> Experiment {
    var experiment = try tinyExperiment(folder)
    experiment.trainings = Array(experiment.trainings.prefix(1))
    experiment.compressions = try recipes.map { try Recipe($0) }
    experiment.attacks = [try Specification("pgd:steps=3")]
    experiment.examples = 140
    return experiment
  }

  @Test("Where one variant is rounded, all of the run are attacked in all four ways")
  func plan() async throws {
    let folder = try TemporaryFolder()
    let experiment = try Self.experiment(
      folder,
      ["magnitude:epochs=0", "quantize:activations=false", "magnitude:epochs=0+quantize:bits=4"])
    let report = try await run(experiment, into: folder("whole"))
    // Whether kernels for integers compute the same is up to the processor.
    #expect(report.variants.prefix(3).map(\.kernels) == [nil, nil, .simulated])
    let integers = report.variants[3].integerKernels
    #expect(report.variants[3].kernels == (integers?.isFaithful == true ? .integer : .simulated))
    #expect(integers.map { $0.examples == 140 && $0.layers < $0.multiplyingLayers } ?? true)
    #expect(integers.map { $0.attacked == 140 } ?? true)
    let apart = integers.map { 140 - ($0.attackedAgreeing ?? 0) } ?? 0
    #expect(apart <= 10 || integers?.isFaithful != true, "\(apart) attacked examples")
    #expect(report.variants.prefix(3).allSatisfy { $0.integerKernels == nil })
    for evaluation in report.evaluations {
      #expect(
        evaluation.attacks.map(\.name)
          == ["pgd:steps=3", "pgd-direct:steps=50", "transfer", "square:queries=1000"],
        "\(evaluation.variant)")
      let rounds = evaluation.variant.contains("bits=4")
      let transfer = try #require(evaluation.attacks.first { $0.name == "transfer" })
      #expect(
        (transfer.gradients > 0) == evaluation.variant.contains("/dense/"),
        "a dense model is its own parent, and pays for it")
      let check = evaluation.checks?.first { $0.check == "worst-of-four" }
      #expect((check != nil) == rounds)
      #expect(check.map { $0.severity == nil && $0.sample == 140 } ?? true)
      #expect(
        evaluation.attacks.map(\.robustAccuracy).allSatisfy {
          $0 >= evaluation.robustAccuracy.value
        }
      )
    }
    let quantised = try #require(report.variants.last)
    #expect(quantised.packedBytes * 6 < quantised.denseBytes)
    #expect(try text(folder("whole/report.md")).contains("simulated kernels"))
  }

  @Test("Shards, workers and a cache change no digit of them")
  func schedules() async throws {
    let folder = try TemporaryFolder()
    let experiment = try Self.experiment(folder, ["magnitude:epochs=0+quantize"])
    let cache = folder("cache")
    _ = try await run(experiment, into: folder("whole"), workers: 1)
    for shard in 1...2 {
      _ = try await run(experiment, into: folder("s\(shard)"), shard: "\(shard)/2", cache: cache)
    }
    _ = try ShardMerge(shards: [folder("s2"), folder("s1")], output: folder("merged")).run()
    #expect(try text(folder("merged/outcomes.csv")) == text(folder("whole/outcomes.csv")))
    #expect(try timeless(folder("merged/report.json")) == timeless(folder("whole/report.json")))
  }
}
