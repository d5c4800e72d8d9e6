// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("Students", .timeLimit(.minutes(15)))
struct DistillationTests {
  /// A convolution, a residual block with a shortcut, and a matrix: every way in which widths meet.
  private func residual(_ width: Int, kernel: Int = 3) -> GraphArchitecture {
    var graph = Graph()
    graph.append("normalize", .normalize(mean: [0.5], deviation: [0.25]))
    let start = graph.append(
      "conv1", .convolution(input: 1, output: width, kernel: kernel, padding: kernel / 2))
    graph.append("bn1", .batchNorm(channels: width))
    let first = graph.append("relu1", .relu)
    graph.append(
      "conv2",
      .convolution(input: width, output: 2 * width, kernel: kernel, padding: kernel / 2))
    let main = graph.append(
      "conv3",
      .convolution(input: 2 * width, output: width, kernel: kernel, padding: kernel / 2))
    graph.append("add", .add, reading: [main, first])
    graph.append("pool", .maxPoolRelu)
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: width * 4, output: 3))
    precondition(start == 1)
    return GraphArchitecture(name: "tiny", inputShape: [1, 4, 4], classes: 3, graph: graph)
  }

  private func classifier(_ architecture: GraphArchitecture) -> Classifier {
    Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
  }

  /// Width w has 9w + 18w² + 18w² + 12w weights in kernels of nine: 36w² + 21w.
  @Test("The widest student that the budget allows, by hand")
  func byHand() throws {
    let parent = residual(8)
    #expect(parent.graph.prunableCount == 36 * 64 + 21 * 8)
    // Width 5 of conv1 goes with 10 of conv2; the free width of conv2 need not be even.
    let student = try parent.narrowed(keeping: 36 * 25 + 21 * 5)
    #expect(student.graph == residual(5).graph)
    #expect(student.name == "tiny" && student.classes == 3)
    // One less, and only the factor below 5/8 is left: 4 channels and 9.
    let smaller = try parent.narrowed(keeping: 36 * 25 + 21 * 5 - 1)
    #expect(smaller.graph.prunableCount == 36 + 36 * 9 + 36 * 9 + 12 * 4)
    #expect(try parent.narrowed(keeping: 10_000).graph == parent.graph)
  }

  @Test("A student runs, and has at most its share", arguments: [0.1, 0.5, 0.75, 0.9, 0.95])
  func contract(sparsity: Double) async throws {
    let dense = classifier(residual(8))
    let tuning = FakeTuning()
    let student = try await Distillation(loss: nil).compressed(
      dense, to: sparsity, tuning: tuning, random: RandomKey(seed: 1))
    #expect(student.sparsity >= sparsity)
    #expect(student.densePrunableCount == dense.densePrunableCount)
    let logits = try student.network.logits(Tensor(repeating: 0.4, shape: [2, 1, 4, 4]))
    #expect(logits.shape == [2, 3])
    let call = try #require(await tuning.calls.first)
    #expect(call.rate == .full && call.epochs == nil && call.span == 0...1)
    guard case .own = call.loss else { throw Unexpected() }
  }

  @Test("The teacher is the dense model")
  func teacher() async throws {
    let dense = classifier(residual(8))
    let tuning = FakeTuning()
    let loss = DistillationLoss(.robustSoftLabels, temperature: 2, alpha: 0.7)
    _ = try await Distillation(loss: loss, epochs: 3).compressed(
      dense, to: 0.5, tuning: tuning, random: RandomKey(seed: 1))
    let call = try #require(await tuning.calls.first)
    guard case .distillation(let asked, let teacher) = call.loss else { throw Unexpected() }
    #expect(asked == loss && call.epochs == 3)
    let input = Tensor(repeating: 0.4, shape: [1, 1, 4, 4])
    #expect(try teacher.logits(input).bytes == dense.network.logits(input).bytes)
  }

  @Test("A student may start at what cutting channels leaves, with a teacher or without")
  func warmStart() async throws {
    let dense = classifier(residual(8))
    let cut = try await StructuredPruning(epochs: 0).compressed(
      dense, to: 0.5, tuning: FakeTuning(), random: RandomKey(seed: 1))
    for loss in [DistillationLoss(.robustSoftLabels, temperature: 1, alpha: 1), nil] {
      let tuning = FakeTuning()
      let student = try await Distillation(loss: loss, epochs: 2, start: .teacher).compressed(
        dense, to: 0.5, tuning: tuning, random: RandomKey(seed: 1))
      let call = try #require(await tuning.calls.first)
      #expect(call.parameters.storedBytes == cut.parameters.storedBytes)
      #expect(student.architecture.structure == cut.architecture.structure)
      #expect(student.sparsity >= 0.5)
      #expect(call.rate == .full && call.epochs == 2)
    }
  }

  @Test("Sparsity 0 leaves the model as it is")
  func dense() async throws {
    let parent = classifier(residual(4))
    let tuning = FakeTuning()
    let same = try await Distillation(loss: nil).compressed(
      parent, to: 0, tuning: tuning, random: RandomKey(seed: 1))
    #expect(same.parameters.storedBytes == parent.parameters.storedBytes)
    #expect(await tuning.calls.isEmpty)
  }

  @Test("A budget that no width meets, and a model of unknown layers, are refused before training")
  func refused() {
    // A single channel everywhere leaves 9 + 9 + 9 + 12 = 39 of 2472.
    let least = #expect(throws: CompressionError.self) {
      try Distillation(loss: nil).check(residual(8), to: 0.99)
    }
    #expect(least?.code == .unreachableSparsity && least?.detail.contains("39") == true)
    #expect(throws: Never.self) { try Distillation(loss: nil).check(residual(8), to: 0.98) }
    let unknown = #expect(throws: CompressionError.self) {
      try Distillation(loss: nil).check(MatrixChain(shapes: [[2, 2]]), to: 0.5)
    }
    #expect(unknown?.code == .unknownLayers)
  }

  @Test(
    "Parameters that are wrong are named",
    arguments: [
      "distill:loss=hinton", "distill:temperature=0", "distill:alpha=2", "lottery:rewind=1",
      "lottery:rounds=0", "rigl:updates=0", "rigl:fraction=-1", "set:batches=2",
      "hydra:score-epochs=-1", "movement:scope=layer", "snip:schedule=later", "taylor:batches=0",
    ])
  func badParameters(text: String) throws {
    let specification = try Specification(text)
    let member = try CompressionCatalog.member(for: specification)
    #expect(throws: SpecificationError.self) { try member.compression(specification) }
  }
}

private struct Unexpected: Error {}
