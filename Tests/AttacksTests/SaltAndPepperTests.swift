// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Attacks

@Suite("Salt and pepper", .timeLimit(.minutes(15)))
struct SaltAndPepperTests {
  private func run(
    _ norm: Norm, _ radius: String, _ batch: Batch, attempts: Int = 3,
    network: any Network = ConstantNetwork(row: [1, 0]), range: ClosedRange<Double> = 0...1
  ) throws -> (inputs: Tensor, queries: [Int]) {
    let victim = ModelVictim(network, classes: 2, inputRange: range, rows: batch.count)
    let threat = ThreatModel(norm: norm, epsilon: try #require(Epsilon(radius)))
    let inputs = try SaltAndPepper(attempts: attempts).perturb(
      batch, within: threat, against: victim, random: RandomKey(seed: 2))
    return (inputs, victim.queries)
  }

  private func batch(_ images: Tensor) -> Batch {
    let count = images.size(0)
    return Batch(
      inputs: images, labels: Tensor(Array(repeating: 0, count: count)),
      indices: Array(5..<5 + count))
  }

  @Test("In the l0 ball of radius k exactly k values inside the range jump to its ends")
  func changesK() throws {
    let images = CorruptionScene.noise([5, 3, 8, 8])
    for (radius, allowed) in [
      ("0", 0), ("1", 1), ("10", 10), ("10.9", 10), ("192", 192), ("500", 192),
    ] {
      let result = try run(.l0, radius, batch(images))
      for (before, after) in zip(images.exampleValues, result.inputs.exampleValues) {
        let changed = zip(before, after).filter { $0 != $1 }
        #expect(changed.count == allowed, "radius \(radius)")
        #expect(changed.allSatisfy { $1 == 0 || $1 == 1 })
      }
    }
  }

  @Test("Values that stand at an end already cost nothing and stay")
  func endsAreFree() throws {
    let images = Tensor(repeating: 0, shape: [4, 1, 8, 8])
    let result = try run(.l0, "7", batch(images))
    for example in result.inputs.exampleValues {
      #expect(example.count { $0 != 0 } == 7)
    }
  }

  @Test("The l1 and l2 balls hold the result, and no whole jump more", arguments: [Norm.l1, .l2])
  func fillsTheBall(norm: Norm) throws {
    let images = CorruptionScene.noise([20, 1, 28, 28])
    for (radius, limit) in [("0.2", 0.2), ("1.5", 1.5), ("6", 6)] {
      let result = try run(norm, radius, batch(images))
      let power = norm == .l1 ? 1.0 : 2
      for (before, after) in zip(images.exampleValues, result.inputs.exampleValues) {
        let cost = zip(before, after).reduce(0.0) {
          $0 + (power == 1 ? abs($1.0 - $1.1) : ($1.0 - $1.1) * ($1.0 - $1.1))
        }
        let budget = power == 1 ? limit : limit * limit
        #expect(cost <= budget * (1 + 1e-12), "summed in double precision")
        #expect(cost > budget - 1, "the next jump is at most one long")
      }
    }
  }

  @Test("Both ends and all values are drawn alike")
  func isFair() throws {
    let images = Tensor(repeating: 0.5, shape: [400, 1, 4, 4])
    let result = try run(.l0, "4", batch(images), attempts: 1)
    let examples = result.inputs.exampleValues
    let white = examples.joined().count { $0 == 1 }
    #expect(abs(Double(white) - 800) < 5 * 20, "five standard errors of 1600 fair coins")
    for place in 0..<16 {
      let changed = examples.count { $0[place] != 0.5 }
      #expect(abs(Double(changed) - 100) < 5 * 8.7, "five standard errors of 400 at a quarter")
    }
  }

  @Test("Every attempt is another draw, and the range may be any")
  func attempts() throws {
    let images = CorruptionScene.noise([2, 1, 8, 8])
    let results = try [1, 2].map { try run(.l0, "9", batch(images), attempts: $0, range: -2...3) }
    #expect(results.map(\.queries) == [[1, 1], [2, 2]])
    #expect(results[0].inputs.bytes != results[1].inputs.bytes)
    let ends = results[1].inputs.elements(of: Float.self).filter { $0 < 0 || $0 > 1 }
    #expect(ends.count == 18 && ends.allSatisfy { $0 == -2 || $0 == 3 })
  }

  @Test("A budget is spent in the given order")
  func budget() {
    let values = Tensor([0.5, 0.5, 1, 0.25] as [Float], shape: [1, 4])
    let targets = Tensor([1, 0, 1, 1] as [Float], shape: [1, 4])
    let order = Tensor([3, 2, 1, 0], shape: [1, 4])
    func replaced(_ norm: Norm, _ epsilon: Double) -> [Float] {
      CoordinateBudget(norm: norm, epsilon: epsilon)
        .replaced(values, by: targets, inOrder: order).elements(of: Float.self)
    }
    #expect(replaced(.l0, 1) == [0.5, 0.5, 1, 1])
    #expect(replaced(.l0, 2) == [0.5, 0, 1, 1])
    #expect(replaced(.l1, 1.25) == [0.5, 0, 1, 1])
    #expect(replaced(.l1, 1.2) == [0.5, 0.5, 1, 1])
    #expect(replaced(.l2, 0.74) == [0.5, 0.5, 1, 0.25])
    #expect(replaced(.l2, 0.75) == [0.5, 0.5, 1, 1])
  }
}
