// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import RobustCore
import Statistics
import Testing
import Torch

@Suite("When weights go", .timeLimit(.minutes(15)))
struct ScheduleTests {
  @Test("One shot prunes first and then trains for the whole span")
  func oneShot() async throws {
    let tuning = FakeTuning()
    let classifier = Classifier.chain([[10, 10]])
    let pruning = Pruning(importance: .magnitude, epochs: 3)
    _ = try await pruning.compressed(
      classifier, to: 0.5, tuning: tuning, random: RandomKey(seed: 1))
    let calls = await tuning.calls
    #expect(calls.count == 1)
    #expect(calls.first?.span == 0...1 && calls.first?.epochs == 3)
    #expect(calls.first?.sparsity == 0.5)
  }

  /// The stops are those of equation 1 of Zhu and Gupta.
  ///
  /// With a start of zero, s = s_end (1 − (1 − t)³). For five rounds t = 0, ¼, ½, ¾, 1 and an
  /// end of 0.64 the stops are 0, 0.37, 0.56, 0.63, 0.64, at 0, 1/6, 1/3, 1/2, 2/3 of the way.
  @Test("The gradual schedule is the cubic one and ends at the target", arguments: [1, 0.5])
  func gradual(epochs: Double) async throws {
    let tuning = FakeTuning()
    let classifier = Classifier.chain([[100, 10]])
    let pruning = Pruning(
      importance: .magnitude, schedule: .gradual, epochs: epochs, rounds: 5)
    let result = try await pruning.compressed(
      classifier, to: 0.64, tuning: tuning, random: RandomKey(seed: 1))
    let calls = await tuning.calls
    let shares = [0, 1.0 / 6, 1.0 / 3, 0.5, 2.0 / 3, 1]
    #expect(calls.count == 5)
    for (index, call) in calls.enumerated() {
      #expect(abs(call.span.lowerBound - shares[index]) <= 1e-12)
      #expect(abs(call.span.upperBound - shares[index + 1]) <= 1e-12)
      #expect(call.epochs == epochs)
      #expect(abs(call.sparsity - [0, 0.37, 0.56, 0.63, 0.64][index]) <= 1e-3 + 1e-12)
    }
    #expect(result.parameters.removed("layer0.weight") == 640)
  }

  @Test("Gradual masks only grow", arguments: [MaskScope.local, .global])
  func gradualGrows(scope: MaskScope) async throws {
    let tuning = FakeTuning()
    let pruning = Pruning(importance: .random, scope: scope, schedule: .gradual, rounds: 6)
    let classifier = Classifier.chain([[20, 10], [7, 20]])
    _ = try await pruning.compressed(
      classifier, to: 0.9, tuning: tuning, random: RandomKey(seed: 1))
    let calls = await tuning.calls
    for (earlier, later) in zip(calls, calls.dropFirst()) {
      #expect(earlier.sparsity < later.sparsity)
      for name in classifier.architecture.prunable {
        let pairs = zip(earlier.parameters.mask(name), later.parameters.mask(name))
        #expect(pairs.allSatisfy { $0 || !$1 })
      }
    }
  }

  @Test("A gradual start from a sparse model begins at its sparsity")
  func gradualGoesOn() async throws {
    let sparse = try await Pruning(importance: .magnitude, epochs: 0).compressed(
      .chain([[100, 10]]), to: 0.5, tuning: FakeTuning(), random: RandomKey(seed: 1))
    let tuning = FakeTuning()
    _ = try await Pruning(importance: .magnitude, schedule: .gradual, rounds: 3).compressed(
      sparse, to: 0.9, tuning: tuning, random: RandomKey(seed: 1))
    // 0.5 + 0.4 (1 − (1 − ½)³) = 0.85.
    #expect(await tuning.calls.map(\.sparsity) == [0.5, 0.85, 0.9])
  }

  /// Two rounds from 0 to 0.75 keep half each: 0.5, then 0.75.
  @Test("Iterative rounds prune to geometric steps, and each trains to its end")
  func iterative() async throws {
    let tuning = FakeTuning()
    let result = try await Pruning(
      importance: .magnitude, schedule: .iterative, epochs: 3, rounds: 2
    ).compressed(
      .chain([[10, 10]]), to: 0.75, tuning: tuning, random: RandomKey(seed: 1))
    let calls = await tuning.calls
    #expect(calls.map(\.sparsity) == [0.5, 0.75])
    #expect(calls.allSatisfy { $0.epochs == 1.5 && $0.span == 0...1 && $0.rate == .fineTuning })
    #expect(result.sparsity == 0.75)
  }

  @Test("From an initialisation the mask is whole before the only training, at the full rate")
  func initialization() async throws {
    for schedule in [Pruning.Schedule.oneShot, .iterative] {
      let tuning = FakeTuning(gradients: [["layer0.weight": Tensor(repeating: 1, shape: [10, 10])]])
      let classifier = Classifier.chain([[10, 10]])
      _ = try await Pruning(
        importance: .gradient(.product, batches: 1), schedule: schedule, start: .initialization,
        epochs: nil, rounds: 4
      ).compressed(classifier, to: 0.6, tuning: tuning, random: RandomKey(seed: 1))
      let calls = await tuning.calls
      #expect(calls.count == 1)
      #expect(calls.first?.epochs == nil && calls.first?.rate == .full)
      #expect(calls.first?.sparsity == 0.6 && calls.first?.span == 0...1)
      #expect(await tuning.batchesAsked.count == (schedule == .oneShot ? 1 : 4))
      // With gradients of one the score is the size of the fresh weight, not of the trained one.
      let fresh = try #require(tuning.initial(classifier.architecture)["layer0.weight"]).applied
      let kept = try #require(calls.first).parameters.mask("layer0.weight")
      let sizes = fresh.absolute.elements(of: Float.self)
      let least = zip(sizes, kept).filter(\.1).map(\.0).min() ?? 0
      #expect(zip(sizes, kept).allSatisfy { $0.1 || $0.0 < least })
    }
  }
}
