// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Foundation
import Models
import Records
import RobustCore
import Statistics
import Synchronization
import TestSupport
import Testing
import Torch
import Training

@testable import Evaluation

@Suite("Compressions that are stopped", .timeLimit(.minutes(15)))
struct StoppedCompressionTests {
  private static let examples: Examples = {
    let count = 72
    let inputs = Tensor(shape: [count, 1, 12, 12]) {
      RandomKey(seed: 8).stream().fillUniform($0, low: 0, high: 1)
    }
    return Examples(
      inputs: inputs, labels: Tensor((0..<count).map { $0 % 3 }), classes: 3, inputRange: 0...1)
  }()

  private static let dense: Classifier = {
    let architecture = GraphArchitecture.resnet8(
      InputDescription(shape: [1, 12, 12], classes: 3, mean: [0.5], deviation: [0.3]))
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
  }()

  /// Counts steps of training, and stops after so many.
  private final class Meter: Sendable {
    private let counts = Mutex((steps: 0, limit: Int.max))
    var steps: Int { counts.withLock { $0.steps } }
    init(limit: Int = .max) { counts.withLock { $0.limit = limit } }
    func step() throws {
      let isOver = counts.withLock { counts in
        counts.steps += 1
        return counts.steps > counts.limit
      }
      if isOver { throw Stopped() }
    }
  }

  private func compressed(
    _ recipe: String, _ cache: ModelCache?, _ meter: Meter
  ) async throws -> (model: Classifier, trials: [TrialRecord]) {
    var experiment = Experiment()
    experiment.epsilons = [try #require(Epsilon("0.1"))]
    let plan = try RecipePlan(try Recipe(recipe))
    let (store, trace) = (cache?.tunings(recipe), SearchTrace())
    var model = Self.dense
    for (step, target) in zip(plan.steps, plan.targets(0.5)) {
      var tuner = VariantTuner(
        examples: Self.examples, dataset: "noise",
        // Three steps an epoch.
        training: try Specification("fgsm:batch=24:lr=0.01"),
        context: TrainingMember.Context(experiment), pool: WorkerPool(workers: 2),
        random: RandomKey(seed: 3), initialRandom: RandomKey(seed: 1)
      ) { _ in try meter.step() }
      tuner.store = store
      tuner.trace = trace
      model = try await step.method.compressed(
        model, to: target, tuning: tuner, random: RandomKey(seed: 2))
    }
    return (model, trace.trials)
  }

  @Test(
    "Stopped anywhere, a compression goes on to the same bytes and trains little of it again",
    arguments: [
      "magnitude:epochs=4", "movement:epochs=4:rounds=2", "hydra:epochs=2:score-epochs=2",
      "structured:epochs=2+magnitude:epochs=2", "quantize:qat=true:epochs=3:inputs=8",
      "shard:by=data:epochs=6", "distill:epochs=3",
      "structure:candidates=3:search-epochs=1:held-out=12:steps=1:epochs=2",
    ])
  func goesOn(recipe: String) async throws {
    let whole = Meter()
    let expected = try await compressed(recipe, nil, whole)
    #expect(whole.steps >= 8)
    for stop in [whole.steps / 3, whole.steps - 1] {
      let folder = try TemporaryFolder()
      let cache = ModelCache(folder: folder("cache"))
      await #expect(throws: Stopped.self) {
        try await compressed(recipe, cache, Meter(limit: stop))
      }
      let rest = Meter()
      let found = try await compressed(recipe, cache, rest)
      #expect(
        found.model.parameters.safetensors.encoded()
          == expected.model.parameters.safetensors.encoded(), "stopped after \(stop)")
      #expect(found.model.architecture.structure == expected.model.architecture.structure)
      #expect(found.trials == expected.trials)
      // At most the epoch that was under way is trained again; parts have fewer steps in theirs.
      #expect(rest.steps <= whole.steps - stop + 3, "\(rest.steps) of \(whole.steps)")
      // A finished model needs none of it any more.
      try cache.store(
        ModelCache.Model(
          classifier: found.model, stageSeconds: [:],
          search: found.trials.isEmpty ? nil : found.trials), recipe)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder("cache"))
      #expect(left.count == 2, "\(left)")
      let cached = try #require(cache.model(recipe, like: Self.dense))
      #expect((cached.search ?? []) == expected.trials)
    }
  }

  @Test("What another recipe, schedule or start has left is not taken for one's own")
  func kept() async throws {
    let folder = try TemporaryFolder()
    let cache = ModelCache(folder: folder("cache"))
    await #expect(throws: Stopped.self) {
      try await compressed("magnitude:epochs=4", cache, Meter(limit: 11))
    }
    // The pieces of the first under the name of the second, as no run would leave them.
    let one = ModelCache.key("magnitude:epochs=4")
    let two = ModelCache.key("magnitude:epochs=3")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder("cache")) {
      try FileManager.default.copyItem(
        atPath: folder("cache/\(name)"), toPath: folder("cache/\(name.replacing(one, with: two))"))
    }
    let whole = Meter()
    let expected = try await compressed("magnitude:epochs=3", nil, whole)
    let again = Meter()
    let found = try await compressed("magnitude:epochs=3", cache, again)
    #expect(again.steps == whole.steps)
    #expect(
      found.model.parameters.safetensors.encoded()
        == expected.model.parameters.safetensors.encoded())
  }
}
