// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Isolation
import Language
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Texts that are asked about", .timeLimit(.minutes(15)))
struct TextQueriesTests {
  private static let pool = ["red apple, big tree", "one two three", "sun", "a green - house here"]
    .map(Tokenizer.words.text(of:))

  private func source(climbs: Bool = false, pool: [Text] = Self.pool) throws -> TextQueries {
    let words = (0..<40).map { "word\($0)" } + ["red", "apple", "big", "tree", "sun", "cherry"]
    let vocabulary = try #require(Vocabulary(tokenizer: .words, words: words))
    return TextQueries(
      pool: pool, encoding: TextEncoding(vocabulary: vocabulary, length: 6),
      rules: TextRules(.synonyms) { $0 == "red" ? ["cherry"] : [] },
      threat: ThreatModel(norm: .l0, epsilon: try #require(Epsilon("2"))),
      climb: climbs ? WeightedSaliency() : nil)
  }

  @Test("Texts and their ids agree, whatever they are made of", arguments: Rung.Inputs.allCases)
  func drawn(kind: Rung.Inputs) throws {
    let source = try source()
    let found = source.drawn(kind, 50, random: RandomKey(seed: 2))
    let again = source.drawn(kind, 50, random: RandomKey(seed: 2))
    let texts = try #require(found.texts)
    #expect(texts.count == 50 && texts == again.texts)
    #expect(
      found.values.elements(of: Int.self)
        == source.encoding.ids(of: texts).elements(of: Int.self))
    for text in texts {
      #expect(Tokenizer.words.text(of: text.joined) == text, "it reads as what it is made of")
    }
    let whole = texts.count(where: Self.pool.contains)
    switch kind {
    case .train: #expect(Set(texts.prefix(4)) == Set(Self.pool), "mixes follow")
    case .generated: #expect(whole == 0)
    case .both: #expect(Set(texts.prefix(4)) == Set(Self.pool))
    }
    #expect(Set(texts).count > 8, "not all alike")
  }

  @Test("Without texts of its own an attacker makes them up")
  func withoutPool() throws {
    let found = try source(pool: []).drawn(.train, 5, random: RandomKey(seed: 2))
    #expect(found.values.shape == [5, 6])
  }

  @Test("Texts are moved by the attack, inside the ball")
  func moved() throws {
    let classifier = try Fixtures.textClassifier(classes: 2)
    let source = try source(climbs: true)
    let drawn = source.drawn(.train, 4, random: RandomKey(seed: 2))
    let network = classifier.network
    let batch = Batch(
      inputs: drawn.values, labels: try network.logits(drawn.values).indexOfLargest(along: 1),
      indices: [0, 1, 2, 3], texts: drawn.texts)
    let found = try source.moved(batch, on: network, classes: 2, random: RandomKey(seed: 3))
    let texts = try #require(found.texts)
    let changed = zip(try #require(drawn.texts), texts).flatMap { old, new in
      (old.changes(to: new) ?? [-1]).map { $0 < 0 ? "" : new.words[$0] }
    }
    #expect(!changed.isEmpty && changed.allSatisfy { $0 == "cherry" })
  }
}
