// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import Records
import RobustCore
import Statistics
import Synchronization
import Testing
import Torch

@testable import Evaluation

@Suite("What a model costs", .timeLimit(.minutes(15)))
struct FootprintTests {
  private static func classifier(_ width: Int) -> Classifier {
    var graph = Graph()
    graph.append("flatten", .flatten)
    graph.append("fc1", .linear(input: 4, output: width))
    graph.append("relu", .relu)
    graph.append("fc2", .linear(input: width, output: 2))
    let architecture = GraphArchitecture(
      name: "mlp", inputShape: [1, 2, 2], classes: 2, graph: graph)
    return Classifier(
      architecture: architecture,
      parameters: architecture.initialParameters(random: RandomKey(seed: 1)))
  }

  /// A clock by which passes take the given seconds in turn.
  private static func clock(_ passes: [Double]) -> @Sendable () -> Double {
    let state = Mutex((calls: 0, now: 0.0))
    return {
      state.withLock { state in
        // Every second call ends a pass.
        if state.calls % 2 == 1 { state.now += passes[state.calls / 2 % passes.count] }
        state.calls += 1
        return state.now
      }
    }
  }

  @Test("A model that takes a third of its parent's time is three times as fast")
  func speedup() throws {
    let footprint = Footprint(clock: Self.clock([0.25, 0.75]))
    let timing = try footprint.timing(
      Self.classifier(2), parent: Self.classifier(8), batchSize: 4)
    let (latency, speedup) = (try #require(timing.latency), try #require(timing.speedup))
    #expect(abs(latency.median - 250) < 1e-9)
    for ratio in [speedup.low, speedup.median, speedup.high] { #expect(abs(ratio - 3) < 1e-9) }
  }

  @Test("A dense model has a time and nothing to be faster than")
  func dense() throws {
    let timing = try Footprint(clock: Self.clock([0.5])).timing(
      Self.classifier(8), parent: nil, batchSize: 1)
    #expect(timing.latency.map { abs($0.median - 500) < 1e-9 } == true)
    #expect(timing.speedup == nil)
  }

  @Test("Multiply-adds by hand, all and those whose weight is not zero")
  func multiplyAdds() throws {
    var model = Self.classifier(8)
    let weight = try #require(model.parameters["fc1.weight"]).applied
    let mask = Tensor((0..<32).map { $0 < 20 }, shape: [8, 4])
    model.parameters["fc1.weight"] = .masking(weight, with: mask)
    let adds = try Footprint(clock: { 0 }).multiplyAdds(model)
    #expect(adds.dense == 8 * 4 + 2 * 8)
    #expect(adds.effective == 20 + 2 * 8)
  }
}
