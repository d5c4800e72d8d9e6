// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import RobustCore
import Testing
import Torch

@testable import Attacks

@Suite("A climb of the vectors of words", .timeLimit(.minutes(15)))
struct EmbeddingAscentTests {
  private let world = TextWorld()
  private let texts = ["good dog", "red hound", "of", "a good big red dog", "fine nice of of"]

  private func search(_ radius: Double, steps: Int = 20) throws -> EmbeddingAscent.Found {
    let batch = world.batch(texts)
    return try EmbeddingAscent(steps: steps).search(
      world.network, ids: batch.inputs, labels: batch.labels, radius: radius)
  }

  @Test("On a sum of numbers a text falls exactly where the radius times its words exceeds the sum")
  func closedForm() throws {
    let batch = world.batch(texts)
    // Each word can give away the radius, and padding nothing.
    let critical = (batch.texts ?? []).map { world.score($0) / Double($0.words.count) }
    let sorted = critical.sorted()
    let between = zip(sorted, sorted.dropFirst()).map { ($0 + $1) / 2 }
    for radius in [sorted[0] / 2] + between + [sorted[sorted.count - 1] * 1.01] {
      #expect(try search(radius).misled == critical.map { $0 < radius }, "\(radius)")
    }
  }

  @Test(
    "No vector leaves its ball, padding does not move, and who stays right was moved all the way")
  func invariants() throws {
    let batch = world.batch(texts)
    let start = world.network.embedded(batch.inputs)
    for radius in [0, 0.05, 0.4] {
      let found = try search(radius)
      let moves = (found.vectors - start).norm(2, along: [2]).elements(of: Float.self)
      let ids = batch.inputs.elements(of: Int.self)
      for (place, (move, id)) in zip(moves, ids).enumerated() {
        #expect(Double(move) <= radius * (1 + 1e-5) + 1e-7, "single precision")
        if id == 0 { #expect(move == 0) }
        if id != 0, !found.misled[place / 8] { #expect(Double(move) >= radius * 0.999) }
      }
    }
  }

  @Test("The vectors that are called misleading are, and the others are not")
  func answers() throws {
    let batch = world.batch(texts)
    let found = try search(0.3)
    let logits = world.network.logits(embedded: found.vectors, ids: batch.inputs)
    #expect(
      logits.indexOfLargest(along: 1).elements(of: Int.self) == found.misled.map { $0 ? 0 : 1 })
    #expect(found.misled.contains(true) && found.misled.contains(false))
  }

  @Test("A text costs a gradient a step until it falls, and one that is misread costs none more")
  func costs() throws {
    #expect(try search(0.001, steps: 7).gradients == 7 * texts.count)
    // Texts of the other class are misread at the first look.
    let batch = world.batch(texts, labels: Array(repeating: 0, count: texts.count))
    let found = try EmbeddingAscent(steps: 7).search(
      world.network, ids: batch.inputs, labels: batch.labels, radius: 1)
    #expect(found.misled.allSatisfy(\.self) && found.gradients == texts.count)
    let difference = found.vectors - world.network.embedded(batch.inputs)
    #expect(difference.absolute.sum.scalar == 0)
  }
}
