// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Models
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch
import Training

@Suite("Training", .timeLimit(.minutes(15)))
struct TrainerTests {
  @Test(
    "The number of workers changes no digit",
    arguments: ["standard", "fgsm", "n-fgsm", "trades:steps=2"])
  func workersChangeNothing(training: String) async throws {
    // 80 of a batch make tiles of 32, 32 and 16, on a model with batch normalisation.
    let examples = Fixtures.images(160)
    let architecture = Fixtures.resnet8()
    let start = architecture.initialParameters(random: RandomKey(seed: 2))
    var results: [[String: [UInt8]]] = []
    for workers in [1, 2, 4] {
      let trainer = Fixtures.trainer(
        architecture, examples, try Fixtures.objective(training),
        TrainingRecipe(epochs: 1, batchSize: 80, learningRate: 0.05), workers: workers)
      results.append(try await trainer.train(from: start).storedBytes)
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
    #expect(results[0] != start.storedBytes)
    #expect(results[0]["bn1.running_mean"] != start.storedBytes["bn1.running_mean"])
  }

  @Test(
    "An interrupted training goes on from its last epoch to the same bytes",
    arguments: zip(TrainingRecipe.Optimizer.allCases, [5, 9]))
  func resumes(optimizer: TrainingRecipe.Optimizer, interruptedAt: Int) async throws {
    let examples = Fixtures.images(24)
    let architecture = Fixtures.resnet8()
    let start = architecture.initialParameters(random: RandomKey(seed: 2))
    // Four steps an epoch, three epochs.
    let recipe = TrainingRecipe(
      epochs: 3, batchSize: 6, optimizer: optimizer, learningRate: 0.01, averaging: 0.9)
    let trainer = Fixtures.trainer(
      architecture, examples, try Fixtures.objective("fgsm"), recipe, workers: 2)
    let whole = try await trainer.train(from: start)
    let keeper = MemoryKeeper()
    await #expect(throws: Interruption.self) {
      try await trainer.train(from: start, checkpoints: keeper) {
        if $0.step == interruptedAt { throw Interruption() }
      }
    }
    #expect(keeper.all.map(\.step) == Array([4, 8].prefix((interruptedAt - 1) / 4)))
    let resumed = try await trainer.train(from: start, checkpoints: keeper)
    #expect(resumed.storedBytes == whole.storedBytes)
    // Each checkpoint by itself leads there, so none has moved on since it was kept.
    for checkpoint in keeper.all {
      let again = try await trainer.train(from: start, checkpoints: MemoryKeeper(checkpoint))
      #expect(again.storedBytes == whole.storedBytes, "from step \(checkpoint.step)")
    }
  }

  @Test("Within a long epoch the state is kept after some time, and any of them leads on")
  func longEpoch() async throws {
    let architecture = Fixtures.linear()
    let start = architecture.initialParameters(random: RandomKey(seed: 2))
    var trainer = Fixtures.trainer(
      architecture, Fixtures.images(50), StandardObjective(),
      TrainingRecipe(epochs: 1.5, batchSize: 1, learningRate: 0.01))
    trainer.checkpointInterval = .zero
    let keeper = MemoryKeeper()
    let whole = try await trainer.train(from: start, checkpoints: keeper)
    #expect(keeper.all.map(\.step) == Array(1..<75))
    for checkpoint in keeper.all where checkpoint.step % 7 == 0 {
      let again = try await trainer.train(from: start, checkpoints: MemoryKeeper(checkpoint))
      #expect(again.storedBytes == whole.storedBytes, "from step \(checkpoint.step)")
    }
  }

  @Test("Checkpoints change no digit, and the progress counts every step")
  func progressIsWhole() async throws {
    let architecture = Fixtures.linear()
    let start = architecture.initialParameters(random: RandomKey(seed: 2))
    let trainer = Fixtures.trainer(
      architecture, Fixtures.images(50), StandardObjective(),
      TrainingRecipe(epochs: 2.5, batchSize: 16))
    let plain = try await trainer.train(from: start)
    let seen = MemoryKeeper()
    let kept = try await trainer.train(from: start, checkpoints: MemoryKeeper()) {
      seen.keep(Checkpoint(step: $0.step, tensors: [:]))
      #expect($0.steps == 8 && $0.batchSize == 16 && $0.loss.isFinite)
    }
    // Three batches of 16 in 50 examples, two and a half times.
    #expect(seen.all.map(\.step) == Array(1...8))
    #expect(plain.storedBytes == kept.storedBytes)
  }

  @Test("A span in parts follows the rates of the whole")
  func spans() async throws {
    let architecture = Fixtures.linear()
    let start = architecture.initialParameters(random: RandomKey(seed: 2))
    let trainer = Fixtures.trainer(
      architecture, Fixtures.images(64), StandardObjective(),
      TrainingRecipe(epochs: 2, batchSize: 16))
    let steps = MemoryKeeper()
    let note: @Sendable (Trainer.Progress) -> Void = {
      steps.keep(Checkpoint(step: $0.step, tensors: [:]))
    }
    let half = try await trainer.train(from: start, span: 0...0.3, progress: note)
    _ = try await trainer.train(from: half, span: 0.3...1, progress: note)
    #expect(steps.all.map(\.step) == Array(1...8))
  }

  @Test("Divergence is an error that names the rate")
  func divergence() async throws {
    let architecture = Fixtures.resnet8()
    let start = architecture.initialParameters(random: RandomKey(seed: 2))
    let trainer = Fixtures.trainer(
      architecture, Fixtures.images(64), StandardObjective(),
      TrainingRecipe(epochs: 20, batchSize: 16, schedule: .constant, learningRate: 1e6))
    let error = await #expect(throws: TrainingError.self) { try await trainer.train(from: start) }
    #expect(error?.code == .diverged)
    #expect(error?.remedy.contains("1000000") == true)
  }

  @Test(
    "A separable problem is learnt wholly",
    arguments: TrainingCatalog.members.filter { $0.data != .texts }.map(\.entry.name))
  func learns(training: String) async throws {
    let examples = Fixtures.images(96, noise: 0.05)
    let architecture = Fixtures.linear()
    let trainer = Fixtures.trainer(
      architecture, examples, try Fixtures.objective(training),
      TrainingRecipe(epochs: 20, batchSize: 32, learningRate: 0.1))
    let start = architecture.initialParameters(random: RandomKey(seed: 2))
    let trained = try await trainer.train(from: start)
    let network = architecture.network(trained)
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1")))
    let victim = ModelVictim(network, classes: 3, inputRange: 0...1, rows: 96)
    let inputs =
      training == "standard"
      ? examples.inputs
      : try ProjectedGradient(steps: 10).perturb(
        examples.batch(Array(0..<96)), within: threat, against: victim, random: RandomKey(seed: 1))
    let isRight = try network.logits(inputs).indexOfLargest(along: 1) .== examples.labels
    #expect(isRight.nonZeroCount == 96)
  }

  @Test("A masked weight stays zero through a training")
  func holdsMasks() async throws {
    let architecture = Fixtures.linear()
    var start = architecture.initialParameters(random: RandomKey(seed: 2))
    let mask = Tensor((0..<3 * 144).map { $0 % 3 != 0 }, shape: [3, 144])
    start["fc.weight"] = start["fc.weight"].map { .masking($0.applied, with: mask) }
    let trainer = Fixtures.trainer(
      architecture, Fixtures.images(64), StandardObjective(),
      TrainingRecipe(epochs: 2, batchSize: 16, averaging: 0.9))
    let trained = try await trainer.train(from: start)
    #expect(trained["fc.weight"]?.mask?.bytes == mask.bytes)
    for (index, value) in trained.values("fc.weight").enumerated() {
      #expect((value.bitPattern == 0) == (index % 3 == 0))
    }
  }

  @Test("Every member in the sources is listed in the catalog")
  func catalogIsWhole() throws {
    let members = try SourceMembers(of: "TrainingMember", in: "Training")
    #expect(members.declared == members.listed)
    #expect(members.listed.count == TrainingCatalog.members.count)
  }
}
