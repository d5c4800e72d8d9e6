// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

/// An attack of the catalog on texts.
struct TextAttackCase: CustomTestStringConvertible {
  let member: AttackMember
  var name: String { member.entry.name }
  var testDescription: String { name }

  static let all = AttackCatalog.members.filter { $0.constraints != nil }
    .map(TextAttackCase.init)

  /// Attacks that find the worst text of an additive model.
  static let exact = all.filter { ["hotflip", "exhaustive"].contains($0.name) }

  func run(
    _ batch: Batch, words: Int, in world: TextWorld, victim: ModelTextVictim? = nil,
    seed: UInt64 = 5
  ) throws -> [Text] {
    let parameters = name == "hotflip" ? ":loss=margin" : ""
    let (attack, _) = try member.attack(try Specification(name + parameters))
    return try attack.perturb(
      batch, within: world.threat(words), against: victim ?? world.victim(rows: batch.count),
      random: RandomKey(seed: seed))
  }
}

@Suite("Attacks on texts", .tags(.law), .timeLimit(.minutes(15)))
struct TextAttackTests {
  private let strings = [
    "good big red dog", "a good, good dog!", "the Red dog of red", "nothing known", "big",
    "good big red dog good big red dog good big", "of of of",
  ]

  @Test("An adversarial text is found exactly where there is one", arguments: TextAttackCase.exact)
  func exact(attack: TextAttackCase) throws {
    for bias in [-4.0, -2, -1.2, -0.5, -0.05, 0] {
      let world = TextWorld(bias: bias, length: 12)
      let all = world.batch(strings)
      let right = (0..<all.count).filter { world.score(all.texts![$0]) > 0 }
      for words in 0...4 where !right.isEmpty {
        let batch = all.rows(right)
        let found = try attack.run(batch, words: words, in: world)
        for (text, original) in zip(found, batch.texts!) {
          let worst = world.worst(original, words: words)
          // Nothing lies near the boundary, where rounding would decide.
          guard abs(worst) > 1e-4 else { continue }
          #expect(world.isBroken(text) == (worst < 0), "\(text.joined), bias \(bias), \(words)")
        }
      }
    }
  }

  @Test("All words changed is the worst text for every climbing attack of synonyms")
  func greedyReachesTheEnd() throws {
    for name in ["textfooler", "pwws", "genetic"] {
      let attack = try #require(TextAttackCase.all.first { $0.name == name })
      let world = TextWorld(bias: -1.5)
      let batch = world.batch(["good big red dog"])
      #expect(world.worst(batch.texts![0], words: 4) < 0)
      let found = try attack.run(batch, words: 4, in: world)[0]
      #expect(world.isBroken(found), "\(name): \(found.joined)")
    }
  }

  @Test("What is returned obeys the rules", arguments: TextAttackCase.all, 0...3)
  func obeysRules(attack: TextAttackCase, words: Int) throws {
    let world = TextWorld(length: 12)
    let batch = world.batch(strings)
    for seed in [1, 2] as [UInt64] {
      let found = try attack.run(batch, words: words, in: world, seed: seed)
      for (text, original) in zip(found, batch.texts!) {
        let changes = try #require(original.changes(to: text))
        #expect(changes.count <= words)
        for place in changes {
          #expect(
            TextWorld.candidates[original.words[place]]?.contains(text.words[place]) ?? false)
        }
      }
    }
  }

  @Test("The same seed gives the same text, alone and in company", arguments: TextAttackCase.all)
  func repeats(attack: TextAttackCase) throws {
    let world = TextWorld(bias: -1, length: 12)
    let batch = world.batch(strings)
    let together = try attack.run(batch, words: 2, in: world)
    #expect(try attack.run(batch, words: 2, in: world) == together)
    for row in 0..<batch.count {
      #expect(try attack.run(batch.rows([row]), words: 2, in: world) == [together[row]])
    }
  }

  @Test("No example takes more queries than its budget", arguments: TextAttackCase.all)
  func budget(attack: TextAttackCase) throws {
    let world = TextWorld(bias: 5, length: 12)
    let batch = world.batch(strings)
    for budget in [1, 3, 6] {
      let victim = world.victim(rows: batch.count, budget: budget)
      _ = try attack.run(batch, words: 3, in: world, victim: victim)
      #expect(victim.queries.allSatisfy { $0 <= budget })
    }
  }

  @Test("Nobody does more than the exhaustive search", arguments: TextAttackCase.all)
  func exhaustiveIsWorst(attack: TextAttackCase) throws {
    let exhaustive = try #require(TextAttackCase.exact.first { $0.name == "exhaustive" })
    for bias in [-2.5, -1.5, -0.6] {
      let world = TextWorld(bias: bias, length: 12)
      let all = world.batch(strings)
      let batch = all.rows((0..<all.count).filter { world.score(all.texts![$0]) > 0 })
      guard batch.count > 0 else { continue }
      let worst = try exhaustive.run(batch, words: 2, in: world)
      let found = try attack.run(batch, words: 2, in: world)
      for (text, bound) in zip(found, worst) where world.isBroken(text) {
        #expect(world.isBroken(bound))
      }
    }
  }

  @Test("An epsilon of zero asks nothing and changes nothing", arguments: TextAttackCase.all)
  func zero(attack: TextAttackCase) throws {
    let world = TextWorld()
    let batch = world.batch(strings)
    #expect(try attack.run(batch, words: 0, in: world) == batch.texts)
  }
}

@Suite("Exhaustive search", .timeLimit(.minutes(15)))
struct ExhaustiveSubstitutionTests {
  @Test("Counts every combination once")
  func combinations() {
    // (1 + 2)(1 + 2)(1 + 1) - 1 in all, 5 of one word, 8 of two, 4 of three.
    let counts = [2, 0, 2, 1]
    #expect(
      (0...4).map {
        ExhaustiveSubstitution.combinations(counts, mostWords: $0, limit: 1000)
      } == [0, 5, 13, 17, 17])
    #expect(ExhaustiveSubstitution.combinations(counts, mostWords: 2, limit: 13) == 13)
    #expect(ExhaustiveSubstitution.combinations(counts, mostWords: 2, limit: 12) == nil)
    let many = Array(repeating: 1_000_000_000, count: 50)
    #expect(ExhaustiveSubstitution.combinations(many, mostWords: 9, limit: .max) == nil)
  }

  @Test("Asks for as many texts as there are, and no more")
  func asksAll() throws {
    let world = TextWorld(bias: 10)
    let batch = world.batch(["good big red dog"])
    let victim = world.victim(rows: 1)
    _ = try ExhaustiveSubstitution().perturb(
      batch, within: world.threat(2), against: victim, random: RandomKey(seed: 1))
    #expect(victim.queries == [6 + 4 + 2 + 2 + 2 + 2 + 1])
  }

  @Test("A text with too many combinations is left out, and said to be")
  func limit() throws {
    let world = TextWorld(bias: -1.5)
    let batch = world.batch(["good big red dog", "big"])
    let attack = ExhaustiveSubstitution(limit: 10)
    #expect(attack.leavesOut(batch.texts![0], within: world.threat(2), under: world.rules))
    #expect(!attack.leavesOut(batch.texts![1], within: world.threat(2), under: world.rules))
    let victim = world.victim(rows: 2)
    let found = try attack.perturb(
      batch, within: world.threat(2), against: victim, random: RandomKey(seed: 1))
    #expect(found[0] == batch.texts![0])
    #expect(victim.queries[0] == 0)
  }
}

@Suite("Victims of texts", .timeLimit(.minutes(15)))
struct ModelTextVictimTests {
  @Test("A repeated text costs nothing, nor does one that reads the same")
  func cache() throws {
    let world = TextWorld()
    let victim = world.victim(rows: 2)
    let texts = ["good dog", "good dog", "Good, dog", "zzz dog", "yyy dog", "dog good"]
      .map(Tokenizer.words.text(of:))
    let logits = try victim.logits(of: texts, rows: [0, 0, 0, 0, 0, 1])
    #expect(victim.queries == [2, 1])
    #expect(
      try victim.logits(of: Array(texts.reversed()), rows: [1, 0, 0, 0, 0, 0])
        .elements(of: Float.self).count == 12)
    #expect(victim.queries == [2, 1])
    let found = logits.elements(of: Float.self)
    #expect(found[0..<2] == found[2..<4])
    #expect(abs(Double(found[1]) - world.score(texts[0])) < 1e-5)
  }

  @Test("A refused question costs nothing and is not taken for answered")
  func refused() throws {
    let world = TextWorld()
    let victim = world.victim(rows: 1, budget: 1)
    let texts = ["good", "dog"].map(Tokenizer.words.text(of:))
    #expect(throws: AttackError.self) { try victim.logits(of: texts, rows: [0, 0]) }
    #expect(victim.queries == [0])
    #expect(victim.isBudgetSpent)
    #expect(victim.remainingQueries(of: 0) == 1)
    _ = try victim.logits(of: [texts[0]], rows: [0])
    #expect(victim.queries == [1])
    #expect(throws: AttackError.self) { try victim.logits(of: [texts[1]], rows: [0]) }
  }

  @Test("Gradients of words agree with differences of the loss")
  func gradients() throws {
    let world = TextWorld(bias: -0.3)
    let batch = world.batch(["good big dog", "of"])
    let victim = world.victim(rows: 2)
    let slope = try victim.gradient(
      of: .margin, at: batch.texts!, labels: batch.labels, rows: [0, 1]
    ).gradient
    #expect(slope.shape == [2, 8, 2])
    // The margin is minus twice the sum, and the second number of a vector is not read.
    #expect(slope.elements(of: Float.self).enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? -2 : 0) })
    #expect(victim.gradients == [1, 1])
  }
}

@Suite("What may be written for a word", .timeLimit(.minutes(15)))
struct TextRulesTests {
  @Test("A misspelling is one word, one slip away, with its first and last letter")
  func misspellings() {
    for word in ["keyboard", "Words", "FOUR", "letter"] {
      let found = TextRules.misspellings.candidates(for: word)
      #expect(found.count > 4)
      #expect(Set(found).count == found.count)
      for other in found {
        #expect(other.first == word.first && other.last == word.last)
        #expect(other != word && Tokenizer.words.isOneWord(other))
        #expect(abs(other.count - word.count) <= 1)
      }
    }
    for word in ["cat", "the", "which", "o'clock", "1234", "naïve"] {
      #expect(TextRules.misspellings.candidates(for: word) == [])
    }
  }

  @Test("A look-alike has the same skeleton and is another word")
  func lookAlikes() {
    for word in ["people", "A", "Lexicon", "cat"] {
      for other in TextRules.lookAlikes.candidates(for: word) {
        #expect(other != word && LookAlikes.skeleton(of: other) == word)
        #expect(Tokenizer.words.isOneWord(other))
      }
    }
    #expect(!TextRules.lookAlikes.candidates(for: "people").isEmpty)
    #expect(TextRules.lookAlikes.candidates(for: "the") == [])
    #expect(TextRules.lookAlikes.candidates(for: "你好") == [])
  }

  @Test("Every set of constraints says what it is")
  func statements() {
    for set in ConstraintSet.allCases {
      #expect(set.statements.first == "constraint set \(set)")
      #expect(set.statements.contains("stop words untouched"))
    }
  }
}
