// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("Sparse from the start", .timeLimit(.minutes(15)))
struct SparseTrainingTests {
  private func weight(_ values: [Float], _ mask: [Bool]) -> Weight {
    .masking(Tensor(values, shape: [2, 4]), with: Tensor(mask, shape: [2, 4]))
  }

  @Test("An update drops the smallest weights and grows where the gradient is largest")
  func moves() {
    let before = weight(
      [5, 1, -2, 3, 0, 0, 0, 0], [true, true, true, true, false, false, false, false])
    let scores = Tensor([9, 9, 0, 9, 1, 4, 2, 3] as [Float], shape: [2, 4])
    // Half of four: 1 and −2 drop. Place 1 has the largest score of those without a weight, then 5.
    let after = DynamicSparseTraining.moved(before, growing: scores, share: 0.5)
    #expect(
      after.mask?.elements(of: Bool.self)
        == [true, true, false, true, false, true, false, false])
    // What grows where it was dropped keeps its value, other new weights are zero.
    #expect(after.applied.elements(of: Float.self) == [5, 1, 0, 3, 0, 0, 0, 0])
  }

  @Test("Of equal scores the earlier place grows; a share below one weight moves nothing")
  func ties() {
    let before = weight(
      [1, 2, 3, 4, 0, 0, 0, 0], [true, true, true, true, false, false, false, false])
    let level = Tensor(repeating: 0, shape: [2, 4])
    let same = DynamicSparseTraining.moved(before, growing: level, share: 0.24)
    #expect(same.mask?.bytes == before.mask?.bytes)
    let moved = DynamicSparseTraining.moved(
      before, growing: Tensor([0, 0, 0, 0, 1, 1, 1, 1] as [Float], shape: [2, 4]), share: 0.5)
    #expect(
      moved.mask?.elements(of: Bool.self)
        == [false, false, true, true, true, true, false, false])
    let dense = Weight.dense(Tensor(repeating: 1, shape: [2, 4]))
    #expect(DynamicSparseTraining.moved(dense, growing: level, share: 0.5).mask == nil)
  }

  @Test("The number of weights of a layer never changes", arguments: [0, 0.1, 0.3, 0.9, 1])
  func constant(share: Double) {
    let stream = RandomKey(seed: 3).stream()
    for size in [1, 2, 7, 40] {
      for kept in 0...size {
        let chosen = Set(stream.choose(kept, of: size))
        let before = Weight.masking(
          Tensor(repeating: 1, shape: [size]), with: Tensor((0..<size).map(chosen.contains)))
        let after = DynamicSparseTraining.moved(
          before, growing: Tensor(shape: [size]) { stream.fillUniform($0, low: 0, high: 1) },
          share: share)
        #expect(after.storedCount == kept)
      }
    }
  }

  @Test("Updates are spans of one schedule in its first three quarters, at the full rate")
  func spans() async throws {
    let tuning = FakeTuning(
      gradients: [["layer0.weight": Tensor(repeating: 1, shape: [10, 10])]])
    let result = try await DynamicSparseTraining(
      growth: .gradient(batches: 2), scope: .erk, epochs: 4, updates: 2
    ).compressed(.chain([[10, 10]]), to: 0.8, tuning: tuning, random: RandomKey(seed: 1))
    let calls = await tuning.calls
    #expect(calls.map(\.span) == [0...0.25, 0.25...0.5, 0.5...1])
    #expect(calls.allSatisfy { $0.epochs == 4 && $0.rate == .full && $0.sparsity == 0.8 })
    #expect(await tuning.batchesAsked == [2, 2])
    #expect(result.sparsity == 0.8)
    #expect(calls[0].parameters.mask("layer0.weight") != calls[1].parameters.mask("layer0.weight"))
  }

  @Test("Gradient growth moves less and less, random growth always the same")
  func decay() {
    let rigl = DynamicSparseTraining(growth: .gradient(batches: 1), fraction: 0.4)
    #expect(abs(rigl.moved(at: 0) - 0.4) <= 1e-12)
    #expect(abs(rigl.moved(at: 0.5) - 0.2) <= 1e-12)
    #expect(abs(rigl.moved(at: 1)) <= 1e-12)
    #expect(DynamicSparseTraining(growth: .random, fraction: 0.4).moved(at: 0.9) == 0.4)
  }

  /// Training adds the end of its span, so a value tells how far a weight has come.
  @Test("A ticket goes back to the early weights after every round, and ends trained")
  func rewinding() async throws {
    let tuning = FakeTuning { classifier, schedule in
      var set = classifier.parameters
      for (name, weight) in set.parameters {
        set[name] = weight.replacingValues(weight.applied + schedule.span.upperBound)
      }
      return set
    }
    let classifier = Classifier.chain([[10, 10]])
    let result = try await LotteryTicket(epochs: 2, rewind: 0.25, rounds: 2).compressed(
      classifier, to: 0.75, tuning: tuning, random: RandomKey(seed: 1))
    let calls = await tuning.calls
    #expect(calls.map(\.span) == [0...0.25, 0.25...1, 0.25...1, 0.25...1])
    #expect(calls.map(\.sparsity) == [0, 0, 0.5, 0.75])
    #expect(calls.allSatisfy { $0.epochs == 2 && $0.rate == .full })
    let initial = tuning.initial(classifier.architecture)
    let early = try #require(initial["layer0.weight"]).applied + 0.25
    for call in calls.dropFirst() {
      let weight = try #require(call.parameters["layer0.weight"])
      #expect(weight.applied.bytes == weight.replacingValues(early).applied.bytes)
    }
    let final = try #require(result.parameters["layer0.weight"])
    #expect(final.applied.bytes == final.replacingValues(early + 1).applied.bytes)
    #expect(final.storedCount == 25)
    // Trained weights of the first round decide: the 50 smallest of initial + 1.25.
    let trained = (early + 1).absolute.elements(of: Float.self)
    let kept = calls[2].parameters.mask("layer0.weight")
    let least = zip(trained, kept).filter(\.1).map(\.0).min() ?? 0
    #expect(zip(trained, kept).allSatisfy { $0.1 || $0.0 <= least })
  }

  @Test("Rounds of a fifth reach nine tenths in eleven")
  func rounds() {
    // 0.8¹⁰ = 0.107 and 0.8¹¹ = 0.086.
    let stops = LotteryTicket().stops(from: 0, to: 0.9)
    #expect(stops.count == 11 && stops.last == 0.9)
    #expect(LotteryTicket(rounds: 1).stops(from: 0, to: 0.9) == [0.9])
    #expect(LotteryTicket().stops(from: 0.88, to: 0.9) == [0.9])
  }

  @Test("From the initialisation itself nothing is trained before the first round")
  func rewindToStart() async throws {
    let tuning = FakeTuning()
    _ = try await LotteryTicket(rewind: 0, rounds: 1).compressed(
      .chain([[10, 10]]), to: 0.5, tuning: tuning, random: RandomKey(seed: 1))
    #expect(await tuning.calls.map(\.span) == [0...1, 0...1])
  }
}
