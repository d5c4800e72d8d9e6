// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("What is pruned first", .timeLimit(.minutes(15)))
struct ImportanceTests {
  private func kept(
    _ pruning: Pruning, _ classifier: Classifier, to sparsity: Double,
    tuning: FakeTuning = FakeTuning(), seed: UInt64 = 2
  ) async throws -> [[Bool]] {
    var bare = pruning
    bare.epochs = 0
    let result = try await bare.compressed(
      classifier, to: sparsity, tuning: tuning, random: RandomKey(seed: seed))
    return classifier.architecture.prunable.map { result.parameters.mask($0) }
  }

  @Test("Magnitude keeps the largest weights of either sign")
  func magnitude() async throws {
    let classifier = Classifier.matrix([0.1, -5, 2, -0.2, 0, 3], shape: [2, 3])
    let masks = try await kept(Pruning(importance: .magnitude), classifier, to: 0.5)
    #expect(masks == [[false, true, true, false, false, true]])
  }

  @Test("Of equal weights the earlier goes first")
  func ties() async throws {
    let classifier = Classifier.matrix([1, -1, 1, -1, 1, 1], shape: [2, 3])
    let masks = try await kept(Pruning(importance: .magnitude), classifier, to: 0.5)
    #expect(masks == [[false, false, false, true, true, true]])
  }

  @Test("A global mask takes the least weights wherever they lie, a local one from each layer")
  func scopes() async throws {
    var classifier = Classifier.chain([[2, 2], [1, 2]])
    classifier.parameters["layer0.weight"] = .dense(
      Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]))
    classifier.parameters["layer1.weight"] = .dense(Tensor([10, 9] as [Float], shape: [1, 2]))
    let global = try await kept(
      Pruning(importance: .magnitude, scope: .global), classifier, to: 0.5)
    #expect(global == [[false, false, false, true], [true, true]])
    let local = try await kept(Pruning(importance: .magnitude), classifier, to: 0.5)
    #expect(local == [[false, false, true, true], [true, false]])
  }

  /// The loss of `logit = w · x` summed over batches with inputs a and b has the gradients a and b.
  @Test("Gradient scores by hand: sums of |g · w|, and of |g|")
  func gradients() async throws {
    let classifier = Classifier.matrix([4, 1, -2, 0.5], shape: [1, 4])
    let batches: [[Float]] = [[0.1, 1, 2, -8], [-0.1, 1, -1, 0]]
    let tuning = FakeTuning(
      gradients: batches.map { ["layer0.weight": Tensor($0, shape: [1, 4])] })
    // |g · w|: 0.4 + 0.4, 1 + 1, 4 + 2, 4 + 0; without the absolute values the first would be 0.
    let products = Importance.gradient(.product, batches: 2)
    for (sparsity, expected) in [
      (0.25, [false, true, true, true]), (0.5, [false, false, true, true]),
      (0.75, [false, false, true, false]),
    ] {
      let masks = try await kept(
        Pruning(importance: products), classifier, to: sparsity, tuning: tuning)
      #expect(masks == [expected])
    }
    // |g|: 0.2, 2, 3, 8.
    let masks = try await kept(
      Pruning(importance: .gradient(.gradient, batches: 2)), classifier, to: 0.75, tuning: tuning)
    #expect(masks == [[false, false, false, true]])
    #expect(await tuning.batchesAsked == [2, 2, 2, 2])
  }

  /// Of two batches with g · w of 3 and 3, and of 5 and 0, the sums are 6 and 5, the sums of squares
  /// 18 and 25: the two scores disagree on which goes.
  @Test("The Taylor score by hand: sums of squares")
  func taylor() async throws {
    let classifier = Classifier.matrix([1, -1, 2], shape: [1, 3])
    let tuning = FakeTuning(
      gradients: [[3, -5, 4], [-3, 0, 4]].map { (row: [Float]) in
        ["layer0.weight": Tensor(row, shape: [1, 3])]
      })
    let taylor = try await kept(
      Pruning(importance: .taylor(batches: 2)), classifier, to: 1.0 / 3, tuning: tuning)
    #expect(taylor == [[false, true, true]])
    let product = try await kept(
      Pruning(importance: .gradient(.product, batches: 2)), classifier, to: 1.0 / 3,
      tuning: tuning)
    #expect(product == [[true, false, true]])
  }

  @Test("Of a smaller model only what is left of the dense one's budget goes")
  func smallerModel() async throws {
    let small = Classifier.matrix([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 4])
    let half = Classifier(
      architecture: small.architecture, parameters: small.parameters, densePrunableCount: 16)
    #expect(half.sparsity == 0.5)
    let masks = try await kept(Pruning(importance: .magnitude), half, to: 0.75)
    #expect(masks == [[false, false, false, false, true, true, true, true]], "4 of 16 stay")
  }

  @Test("A lot repeats with its seed, changes with another, and spares no place")
  func lots() async throws {
    let classifier = Classifier.chain([[20, 20], [20, 20]])
    let pruning = Pruning(importance: .random)
    let first = try await kept(pruning, classifier, to: 0.5, seed: 7)
    #expect(try await kept(pruning, classifier, to: 0.5, seed: 7) == first)
    #expect(first[0] != first[1], "each layer has its own stream")
    var keptTimes = Array(repeating: 0, count: 400)
    for seed in 0..<60 {
      let mask = try await kept(pruning, classifier, to: 0.5, seed: UInt64(seed))[0]
      for (index, isKept) in mask.enumerated() where isKept { keptTimes[index] += 1 }
    }
    // Six standard deviations of 60 fair coins are 23.
    #expect(keptTimes.allSatisfy { abs($0 - 30) <= 23 })
  }
}
