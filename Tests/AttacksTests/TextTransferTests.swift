// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Attacks

@Suite("Texts made on another model", .timeLimit(.minutes(15)))
struct TextTransferTests {
  private let strings = [
    "good big dog", "big red dog of", "good good huge", "red of", "of of",
  ]

  private func run(
    _ attack: TextTransfer, on surrogate: any Network, words: Int, bias: Double = -1.5
  ) throws -> (batch: Batch, texts: [Text], victim: ModelTextVictim, world: TextWorld) {
    let world = TextWorld(bias: bias)
    let all = world.batch(strings)
    let written = try #require(all.texts)
    let batch = all.rows((0..<all.count).filter { world.score(written[$0]) > 0 })
    let victim = world.victim(rows: batch.count)
    let materials = AttackMaterials(
      model: world.network, surrogate: surrogate,
      examples: Examples(
        inputs: batch.inputs, labels: batch.labels, classes: 2, inputRange: 0...12),
      encoding: world.encoding)
    let made = try attack.prepared(
      with: materials, within: world.threat(words), random: RandomKey(seed: 1))
    let texts: [Text] = try made.perturb(
      batch, within: world.threat(words), against: victim, random: RandomKey(seed: 2))
    return (batch, texts, victim, world)
  }

  @Test(
    "On a twin of the victim one query tells whether there is an adversarial text",
    arguments: [1, 2, 3])
  func twin(words: Int) throws {
    let twin = TextWorld(bias: -1.5).network
    let (batch, texts, victim, world) = try run(
      TextTransfer(from: .parent, queries: 1), on: twin, words: words)
    let originals = try #require(batch.texts)
    #expect(originals.count > 1)
    for (text, original) in zip(texts, originals) {
      let worst = world.worst(original, words: words)
      #expect(abs(world.score(text) - worst) < 1e-5, "scores are sums, so a beam finds the worst")
      #expect(world.isBroken(text) == (worst <= 0))
    }
    #expect(victim.queries.allSatisfy { $0 == 1 })
  }

  @Test(
    "A stand-in that is wrong costs queries, and never more than allowed", arguments: [1, 3, 50])
  func wrong(queries: Int) throws {
    let twin = TextWorld(bias: -1.5)
    let opposite = BagOfWords(weights: -twin.network.weights, bias: 0)
    let (batch, texts, victim, world) = try run(
      TextTransfer(from: .parent, beam: 50, queries: queries), on: opposite, words: 2)
    #expect(victim.queries.allSatisfy { $0 <= queries })
    for (text, original) in zip(texts, try #require(batch.texts)) {
      #expect(original.changes(to: text).map { $0.count <= 2 } ?? false)
      if queries == 50 {
        #expect(world.isBroken(text) == (world.worst(original, words: 2) <= 0), "all are asked")
      }
    }
  }

  @Test("A stand-in without numbers is no reason to stop")
  func noNumbers() throws {
    let broken = BagOfWords(weights: TextWorld().network.weights * Double.nan, bias: 0)
    let (batch, texts, _, world) = try run(
      TextTransfer(from: .parent, beam: 50, queries: 50), on: broken, words: 1)
    for (text, original) in zip(texts, try #require(batch.texts)) {
      #expect(world.isBroken(text) == (world.worst(original, words: 1) <= 0))
    }
  }
}
