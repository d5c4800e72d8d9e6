// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("N:M sparsity", .timeLimit(.minutes(15)))
struct FineGrainedTests {
  private func mask(
    _ values: [Float], shape: [Int], _ kept: Int = 2, of group: Int = 4
  ) throws -> [Int] {
    let weight = FineGrainedPattern(kept: kept, group: group).masking(
      .dense(Tensor(values, shape: shape)))
    let applied = weight.applied.elements(of: Float.self)
    let mask = try #require(weight.mask).elements(of: Bool.self)
    for (index, isKept) in mask.enumerated() {
      #expect(applied[index] == (isKept ? values[index] : 0))
    }
    return mask.map { $0 ? 1 : 0 }
  }

  @Test("The largest of each group stay, of equal ones the later")
  func byHand() throws {
    #expect(
      try mask([0.1, -3, 2, 0, 5, 5, -5, 5, 1, 2, 3, 4], shape: [1, 12])
        == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1])
    #expect(
      try mask([0.1, -3, 2, 0, 5, 6, -5, 5], shape: [2, 4], 1) == [0, 1, 0, 0, 0, 1, 0, 0])
    #expect(try mask([0, 0, 0, 0], shape: [1, 4]) == [0, 0, 1, 1])
  }

  /// Groups lie along the input channels of one position: rows are `[height, width, channels]`.
  @Test("A kernel's groups are neighbouring input channels at one position")
  func kernels() throws {
    // [1 output, 4 inputs, 1, 2]: at position 0 the channels 1, 5, 2, 4; at position 1 8, 3, 7, 6.
    #expect(
      try mask([1, 8, 5, 3, 2, 7, 4, 6], shape: [1, 4, 1, 2]) == [0, 1, 1, 0, 0, 1, 1, 0])
  }

  /// Five of nine weights could stay in groups of 4, 4 and 1, but only ⌊9 · 2 / 4⌋ = 4 may.
  @Test("A short last group keeps no more than its share, least first")
  func shortGroups() throws {
    #expect(
      try mask([1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [1, 9]) == [0, 0, 1, 1, 0, 0, 1, 1, 0])
    // Of two rows 9 of 18 may stay: the one short group of less size goes.
    #expect(
      try mask(
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 0.5], shape: [2, 9])
        == [0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0])
    #expect(try mask([1, 3, 2], shape: [1, 3], 1, of: 2) == [0, 1, 0])
  }

  @Test(
    "Every group keeps at most N, and the layer exactly its share",
    arguments: [[5, 7], [8, 16], [3, 1, 3, 3], [4, 6, 3, 3], [2, 5, 1, 3], [7, 1], [1, 1]],
    [[1, 2], [2, 4], [1, 4], [3, 4], [2, 6]])
  func properties(shape: [Int], pattern: [Int]) throws {
    let values = normal(shape, "weight")
    let (kept, group) = (pattern[0], pattern[1])
    let weight = FineGrainedPattern(kept: kept, group: group).masking(.dense(values))
    #expect(weight.storedCount == values.count * kept / group)
    let mask = try #require(weight.mask)
    let rows = shape.count == 4 ? mask.transposed(1, 2).transposed(2, 3) : mask
    let flags = rows.contiguous.elements(of: Bool.self)
    let length = values.count / shape[0]
    for row in 0..<shape[0] {
      for start in stride(from: 0, to: length, by: group) {
        let end = min(start + group, length)
        let count = flags[row * length + start..<row * length + end].count(where: \.self)
        #expect(end - start < group ? count <= kept : count == kept)
      }
    }
  }

  private func compress(
    _ parent: Classifier, _ method: FineGrainedPruning, to sparsity: Double,
    tuning: FakeTuning = FakeTuning()
  ) async throws -> Classifier {
    try await method.compressed(
      parent, to: sparsity, tuning: tuning, random: RandomKey(seed: 1))
  }

  @Test("A model reaches the sparsity, and fine-tuning holds the mask", arguments: [0.5, 0.75])
  func models(sparsity: Double) async throws {
    let tuning = FakeTuning()
    let method = FineGrainedPruning(kept: sparsity == 0.5 ? 2 : 1, epochs: 2)
    let parent = GraphArchitecture.native("lenet5").trained
    let child = try await compress(parent, method, to: sparsity, tuning: tuning)
    #expect(child.sparsity >= sparsity && child.sparsity < sparsity + 0.001)
    #expect(await tuning.calls.map(\.sparsity) == [child.sparsity])
    #expect(child.parameters["conv1.bias"]?.mask == nil)
    let again = try await compress(child, method, to: sparsity, tuning: tuning)
    #expect(again.parameters.storedBytes == child.parameters.storedBytes)
    let none = try await compress(parent, method, to: 0)
    #expect(none.parameters.storedBytes == parent.parameters.storedBytes)
  }

  @Test("Another sparsity is refused, and the possible ones are named")
  func impossible() async throws {
    let parent = Classifier.chain([[4, 8], [3, 4]])
    let method = FineGrainedPruning(epochs: 0)
    let error = #expect(throws: CompressionError.self) {
      try method.check(parent.architecture, to: 0.6)
    }
    #expect(error?.code == .patternMismatch)
    #expect(error?.remedy == "with m=4 ask for 0.25 (n=3), 0.5 (n=2), 0.75 (n=1)")
    let late = await #expect(throws: CompressionError.self) {
      try await compress(parent, method, to: 0.4)
    }
    #expect(late?.code == .patternMismatch)
    try method.check(parent.architecture, to: 0)
    for third in [0.3333333333333333, 0.3333, 0.333] {
      try FineGrainedPruning(kept: 2, group: 3).check(parent.architecture, to: third)
    }
    #expect(throws: CompressionError.self) {
      try FineGrainedPruning(kept: 2, group: 3).check(parent.architecture, to: 0.33)
    }
  }

  @Test("As many weights as the group, or more, cannot stay", arguments: ["n=4", "n=5", "n=2:m=2"])
  func wrongPattern(text: String) throws {
    let specification = try Specification("n-m:\(text)")
    let error = #expect(throws: SpecificationError.self) {
      try CompressionCatalog.member(for: specification).compression(specification)
    }
    #expect(error?.code == .outOfRange)
  }

  @Test("After a change of shape, the pattern takes its share of what is left")
  func recipe() async throws {
    let recipe = try RecipePlan(Recipe("structured:epochs=0+n-m:epochs=0"))
    let parent = GraphArchitecture.native("resnet8").trained
    try recipe.check(parent.architecture, to: 0.75)
    var model = parent
    for (step, target) in zip(recipe.steps, recipe.targets(0.75)) {
      model = try await step.method.compressed(
        model, to: target, tuning: FakeTuning(), random: RandomKey(seed: 1))
    }
    #expect(model.sparsity >= 0.75 && model.sparsity < 0.76)
    let error = #expect(throws: CompressionError.self) {
      try recipe.check(parent.architecture, to: 0.5)
    }
    #expect(error?.code == .patternMismatch)
  }
}
