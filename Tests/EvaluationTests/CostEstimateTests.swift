// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Evaluation
import Records
import TestSupport
import Testing

@Suite("What a run will cost", .timeLimit(.minutes(15)))
struct CostEstimateTests {
  @Test(
    "Every recipe knows how long it trains",
    arguments: [
      ("magnitude", 0.5), ("magnitude:epochs=3", 3), ("snip", 4), ("hydra", 2),
      ("quantize", 0), ("quantize:qat=true", 0.5), ("quantize:epochs=2", 0),
      ("quantize:qat=true:epochs=2", 2), ("distill", 4), ("distill:epochs=6", 6),
      ("shard:by=layers", 0), ("shard:by=data:parts=3", 4), ("shard:by=features:parts=3", 12),
      ("runtime", 0), ("runtime:gate=learned", 0.5), ("magnitude:epochs=1+quantize:qat=true", 1.5),
      // 8 · 0.25 + 4 · 0.5 + 2 · 1, and the last training.
      ("structure", 6 + 4), ("lottery:rounds=2:rewind=0.25", 4 * (0.25 + 3 * 0.75)),
      ("n-m", 0.5), ("low-rank+structured", 1), ("rigl:epochs=5", 5), ("movement", 2),
    ] as [(String, Double)])
  func epochs(recipe: String, expected: Double) throws {
    let plan = try RecipePlan(try Recipe(recipe))
    #expect(plan.tuningEpochs(ofDense: 4, to: 0.5) == expected)
  }

  /// The gradients of making the models, as a plan says them.
  private func gradients(_ recipes: [String]) async throws -> Double {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    experiment.trainings = [try Specification("fgsm:epochs=2:batch=64")]
    experiment.compressions = try recipes.map { try Recipe($0) }
    let plan = try Runner(
      experiment: experiment, options: RunOptions(workers: 1), environment: fixedEnvironment
    ) { _ in }.plan()
    #expect(
      plan.variants.count == plan.evaluations.count && plan.variants.count == recipes.count + 1)
    #expect(plan.completion.isEmpty == !recipes.contains { $0.hasPrefix("quantize") })
    return try #require(plan.stages.first { $0.name == "train and compress" }).gradients
  }

  @Test("Budgets beyond any whole number are reckoned too")
  func huge() throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    experiment.attacks = [try Specification("pgd:steps=100000:restarts=10000:eot=1000")]
    experiment.seeds = 10_000
    let plan = try Runner(
      experiment: experiment, options: RunOptions(workers: 1), environment: fixedEnvironment
    ) { _ in }.plan()
    let attack = try #require(plan.stages.first { $0.name == "attack" })
    // Six models of each seed, 300 examples, and the product of the three parameters.
    #expect(attack.gradients == 6e4 * 300 * 1e12 && attack.gradients > Double(Int.max))
    #expect(plan.text.contains("60000 variants"))
  }

  @Test("A plan counts a quantisation-aware training, and none where there is none")
  func plan() async throws {
    let dense = try await gradients(["magnitude:epochs=0"])
    #expect(dense > 0)
    #expect(try await gradients(["quantize"]) == dense)
    // Half an epoch beside the dense model's two.
    #expect(try await gradients(["quantize:qat=true"]) == dense * 5 / 4)
  }
}
