// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Testing
import Torch

@testable import Compression

@Suite("Shares of layers", .timeLimit(.minutes(15)))
struct LayerSharesTests {
  @Test("Erdős-Rényi kernel counts by hand")
  func byHand() {
    // 72 kept, sides 52 and 20: one weight for each side.
    #expect(
      LayerShares.erdosRenyiKernel(keeping: 72, of: [[2, 50], [10, 10]]) == [52, 20])
    // A kernel counts by all its sides: 4 + 2 + 3 + 3 = 12 against 5 + 1 = 6, both far from full.
    #expect(LayerShares.erdosRenyiKernel(keeping: 9, of: [[4, 2, 3, 3], [5, 1]]) == [6, 3])
    // 101 · 4 / 54 is more than the first layer has: it stays dense, and the rest goes to the other.
    #expect(LayerShares.erdosRenyiKernel(keeping: 101, of: [[2, 2], [10, 40]]) == [4, 97])
    // 5 · 4 / 8 = 2.5 each: the earlier of equal remainders is rounded up.
    #expect(LayerShares.erdosRenyiKernel(keeping: 5, of: [[2, 2], [2, 2]]) == [3, 2])
  }

  @Test("Counts sum to what is kept, none below zero or above its layer, smaller layers denser")
  func properties() {
    let stream = RandomKey(seed: 5).stream()
    for _ in 0..<300 {
      let shapes = (0..<1 + stream.integer(below: 6)).map { _ in
        (0..<(stream.bernoulli(0.5) ? 2 : 4)).map { _ in 1 + stream.integer(below: 12) }
      }
      let counts = shapes.map { $0.reduce(1, *) }
      for share in [0, 0.1, 0.5, 0.9, 0.99, 1] {
        let kept = Int(Double(counts.reduce(0, +)) * share)
        let found = LayerShares.erdosRenyiKernel(keeping: kept, of: shapes)
        #expect(found.reduce(0, +) == kept, "\(shapes)")
        #expect(zip(found, counts).allSatisfy { $0 >= 0 && $0 <= $1 }, "\(found) of \(counts)")
        for (first, second) in zip(shapes.indices, shapes.indices.dropFirst()) {
          let sides = [first, second].map { Double(shapes[$0].reduce(0, +)) }
          let isFull = found[first] == counts[first] || found[second] == counts[second]
          let perSide = [Double(found[first]) / sides[0], Double(found[second]) / sides[1]]
          // A weight for each side, but for the part that is rounded.
          #expect(isFull || abs(perSide[0] - perSide[1]) <= 1 / sides[0] + 1 / sides[1])
        }
      }
    }
  }

  @Test("A mask by sides takes each layer's least weights")
  func mask() async throws {
    // 12 of 24 stay, three for every four of the sides 12 and 4: 9 and 3.
    let classifier = Classifier.chain([[2, 10], [2, 2]])
    let pruned = try await Pruning(importance: .magnitude, scope: .erk, epochs: 0).compressed(
      classifier, to: 0.5, tuning: FakeTuning(), random: RandomKey(seed: 1)
    ).parameters
    #expect(pruned.removed("layer0.weight") == 11)
    #expect(pruned.removed("layer1.weight") == 1)
    let sizes = try #require(classifier.parameters["layer0.weight"]).applied.absolute
      .elements(of: Float.self)
    let isKept = pruned.mask("layer0.weight")
    let least = zip(sizes, isKept).filter(\.1).map(\.0).min() ?? 0
    #expect(zip(sizes, isKept).allSatisfy { $0.1 || $0.0 < least })
  }
}
