// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Datasets
import Foundation
import Language
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Evaluation

/// A model of two classes that adds up one number for each word.
private struct WordSum: Network {
  let weights: Tensor

  func logits(_ input: Tensor) -> Tensor {
    let sums = weights.rows(input.reshaped([-1])).reshaped(input.shape)
      .sum(along: [1], keeping: true)
    return .concatenated([-sums, sums], along: 1)
  }
}

/// An attack that returns what it was made with.
private struct Fixed: TextAttack {
  let string: String

  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim, random: RandomKey
  ) throws -> [Text] {
    (batch.texts ?? []).map { _ in Tokenizer.words.text(of: string) }
  }
}

@Suite("Judging attacks on texts", .timeLimit(.minutes(15)))
struct TextJudgeTests {
  private let words = ["good", "fine", "bad", "goood", "gould", "of", "people", "day"]
  private let weights: [Float] = [1, 0.5, -2, -1, -3, 0.1, 0.6, 0.2]

  private func judge(
    _ attack: String = "", fixed: String? = nil, set: ConstraintSet = .misspellings,
    texts: [String] = ["a good day", "good people of good"], words most: String = "1",
    budget: Int? = nil
  ) throws -> BlockJudge {
    let vocabulary = try #require(Vocabulary(tokenizer: .words, words: words))
    let encoding = TextEncoding(vocabulary: vocabulary, length: 6)
    let parsed = texts.map(Tokenizer.words.text(of:))
    let specification = try Specification(fixed == nil ? attack : "textfooler")
    let member = try AttackCatalog.member(for: specification)
    let made = try member.attack(specification)
    let rules: TextRules =
      switch set {
      case .misspellings: .misspellings
      case .lookAlikes: .lookAlikes
      case .synonyms: TextRules(.synonyms) { $0 == "good" ? ["fine", "bad"] : [] }
      }
    return BlockJudge(
      network: WordSum(weights: Tensor([0, -0.5] + weights)),
      examples: Examples(
        TextExamples(texts: parsed, labels: parsed.map { _ in 1 }), encoding: encoding, classes: 2),
      threat: ThreatModel(
        norm: .l0, epsilon: try #require(Epsilon(most)), queryBudget: budget),
      mode: .worstCase,
      attacks: [
        ResolvedExperiment.ResolvedAttack(
          specification: specification, parameters: made.parameters, reach: .ball,
          attack: fixed.map { .text(Fixed(string: $0)) } ?? made.attack, constraints: set)
      ], keepsAll: false, random: RandomKey(seed: 1), clock: { 0 },
      texts: TextSetting(
        encoding: encoding, rules: rules,
        inspection: TextInspection(set: set, tokenizer: .words, wordNet: nil)))
  }

  @Test("A broken example is counted with its changed words, queries and texts")
  func outcomes() throws {
    let result = try judge("deepwordbug").judge(block: 0)
    let outcomes = result.attacks[0].outcomes
    #expect(outcomes.map(\.example) == [0, 1])
    // One word of the first text is enough: good to gould adds up to less than zero.
    #expect(outcomes[0].broken && outcomes[0].distance == 1)
    #expect(outcomes.allSatisfy { $0.queries >= 3 && $0.gradients == 0 })
    #expect(result.kept.texts?.count == outcomes.count { $0.broken })
    #expect(result.originals?.texts?.first?.joined == "a good day")
  }

  @Test("Blocks survive their JSON form")
  func coding() throws {
    let result = try judge("deepwordbug").judge(block: 0)
    let text = try CanonicalJSON.line(result)
    let back = try CanonicalJSON.value(BlockResult.self, from: text)
    #expect(back.kept.texts == result.kept.texts)
    #expect(try CanonicalJSON.line(back) == text)
  }

  @Test(
    "A text that breaks a constraint ends the run",
    arguments: [
      ("an good day", "stop word"), ("a gd day", "two letters"), ("a goood dday", "two words"),
      ("a good", "fewer words"), ("a good, day", "separator"), ("a go-od day", "two words in one"),
      ("a bad day", "another word"),
    ])
  func violations(string: String, why: String) throws {
    let judge = try judge(fixed: string, texts: ["a good day"])
    #expect("\(string): \(why)") {
      try judge.judge(block: 0)
    } throws: {
      ($0 as? ExperimentError)?.code == .outsideBall
    }
    #expect(throws: Never.self) {
      try self.judge(fixed: "a good days", texts: ["a good day"]).judge(block: 0)
    }
  }

  @Test("Look-alikes are held against what they look like")
  func lookAlikes() throws {
    let judge = try judge("homoglyph", set: .lookAlikes, words: "2")
    let outcomes = try judge.judge(block: 0).attacks[0].outcomes
    // Unknown words count less than zero here.
    #expect(outcomes.allSatisfy { ($0.distance ?? 0) > 0 })
    let other = try self.judge(
      fixed: "a gооd doy", set: .lookAlikes, texts: ["a good day"], words: "2")
    #expect(throws: ExperimentError.self) { try other.judge(block: 0) }
  }

  @Test("What an exhaustive search leaves out is marked")
  func leftOut() throws {
    let outcomes = try judge("exhaustive:limit=3", set: .synonyms, words: "2")
    #expect(throws: ExperimentError.self) {
      // No dictionary is open, so that nothing counts as a synonym.
      try outcomes.judge(block: 0)
    }
    let none = try judge("exhaustive:limit=1", set: .synonyms, words: "2").judge(block: 0)
      .attacks[0].outcomes
    #expect(none.allSatisfy { $0.failures.contains(.spaceTooLarge) && !$0.broken })
  }

  @Test("Texts for which there is nothing to write are flagged", arguments: [true, false])
  func nothingToChange(knowsWords: Bool) throws {
    // Three letters are too few for a slip, and Chinese has no keys.
    let texts = knowsWords ? ["good people", "people people"] : ["day", "of day", "你好"]
    let outcomes = try judge("deepwordbug", texts: texts).judge(block: 0).attacks[0].outcomes
    let check = OutcomeChecks(
      attacks: try judge("deepwordbug").attacks, outcomes: [outcomes]
    ).findings.map(\.record).first { $0.check == "nothing-to-change" }
    let found = try #require(check)
    #expect(found.sample > 0)
    #expect(found.value == (knowsWords ? 0 : 1))
    #expect((found.severity == .warning) == !knowsWords)
  }

  @Test("Few queries are no sign that there is nothing to write")
  func fewQueries() throws {
    let outcome = { (distance: Double) in
      Outcome(
        example: 0, label: 1, cleanPrediction: 1, adversarialPrediction: 1, distance: distance,
        queries: 1, gradients: 0, failures: [])
    }
    for (distance, isFlagged) in [(1.0, false), (0, true)] {
      let found = OutcomeChecks(
        attacks: try judge("deepwordbug").attacks, outcomes: [[outcome(distance)]]
      ).findings.map(\.record).first { $0.check == "nothing-to-change" }
      #expect((found?.severity == .warning) == isFlagged)
    }
  }

  @Test("A spent budget is noted")
  func budget() throws {
    let outcomes = try judge("deepwordbug", budget: 2).judge(block: 0).attacks[0].outcomes
    #expect(outcomes.allSatisfy { $0.queries <= 2 && $0.failures.contains(.budgetSpent) })
    // What the attack's own limit cuts off is noted where the threat's budget is the smaller one.
    for (limit, isNoted) in [(1, false), (2, false), (3, true)] {
      var limited = try judge("deepwordbug", budget: 2)
      limited.attacks[0].mostQueries = limit
      let outcomes = try limited.judge(block: 0).attacks[0].outcomes
      #expect(
        outcomes.allSatisfy {
          $0.queries <= min(limit, 2) && $0.failures.contains(.budgetSpent) == isNoted
        })
    }
  }
}

@Suite("The inspection of texts", .timeLimit(.minutes(15)))
struct TextInspectionTests {
  @Test(
    "Edits are counted as Damerau did",
    arguments: [
      ("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("abc", "acb", 1), ("letter", "lettter", 1),
      ("kitten", "sitting", 3), ("abcd", "badc", 2), ("ca", "abc", 3),
    ])
  func editDistance(first: String, second: String, distance: Int) {
    #expect(EditDistance.between(Array(first), Array(second)) == distance)
    #expect(EditDistance.between(Array(second), Array(first)) == distance)
  }

  @Test("Every misspelling and look-alike that attacks may write passes")
  func candidatesPass() {
    let words = ["people", "letters", "Good", "examination", "MOTHER", "xylophone"]
    for (rules, set) in [
      (TextRules.misspellings, ConstraintSet.misspellings), (.lookAlikes, .lookAlikes),
    ] {
      let inspection = TextInspection(set: set, tokenizer: .words, wordNet: nil)
      for word in words {
        for other in rules.candidates(for: word) {
          #expect(
            inspection.fault(
              Tokenizer.words.text(of: "a \(other)!"),
              original: Tokenizer.words.text(of: "a \(word)!"), within: Epsilon("1")) == nil,
            "\(word) to \(other)")
        }
      }
    }
  }

  @Test(
    "Every synonym that attacks may write passes, and other words do not",
    .enabled(if: FileManager.default.fileExists(atPath: "\(WordNet.installedFolder)/data.noun")))
  func synonyms() throws {
    let wordNet = try WordNet()
    let synonyms = Synonyms(wordNet)
    let inspection = TextInspection(set: .synonyms, tokenizer: .words, wordNet: wordNet)
    let listed = try String(
      contentsOfFile: "\(WordNet.installedFolder)/index.noun", encoding: .utf8
    )
    .split(separator: "\n").filter { !$0.hasPrefix(" ") }
    .map { String($0.prefix { $0 != " " }) }.filter(Tokenizer.words.isOneWord)
    // A part of the dictionary as it is written in texts, numbers and letters among it.
    let sampled = stride(from: 0, to: listed.count, by: 300).flatMap {
      [listed[$0], listed[$0].uppercased(), listed[$0] + "s", listed[$0].capitalized]
    }
    let words =
      [
        "physicians", "began", "happy", "Large", "cities", "buying", "car", "quickly", "children",
        "small", "houses", "used", "MAKING", "found", "better", "plants", "person",
        "II", "2", "deuce", "setups",
      ] + sampled
    func fault(_ new: String, for old: String) -> String? {
      inspection.fault(
        Tokenizer.words.text(of: "x \(new)."), original: Tokenizer.words.text(of: "x \(old)."),
        within: Epsilon("1"))
    }
    var seen = 0
    for word in words {
      for other in synonyms.candidates(for: word) {
        #expect(fault(other, for: word) == nil, "\(word) to \(other)")
        seen += 1
      }
    }
    #expect(seen > 40)
    for (new, old) in [
      ("doctor", "physicians"), ("Doctors", "physicians"), ("dogs", "physicians"),
      ("start", "began"), ("zzz", "happy"), ("unhappy", "happy"),
    ] {
      #expect(fault(new, for: old) != nil, "\(old) to \(new)")
    }
  }
}

@Suite("Experiments on texts", .timeLimit(.minutes(15)))
struct TextExperimentTests {
  private static let data = AnyDataset.texts(
    TextDataset(
      name: "mine", classes: ["a", "b"],
      train: TextExamples(
        texts: ["good dog", "bad cat", "good cat", "bad dog"].map(Tokenizer.words.text(of:)),
        labels: [0, 1, 0, 1]),
      test: TextExamples(
        texts: ["good people", "bad people"].map(Tokenizer.words.text(of:)), labels: [0, 1]),
      tokenizer: .words, sha256: "0"))

  private func error(_ change: (inout Experiment) throws -> Void) throws -> ExperimentError? {
    var experiment = Experiment(dataset: "mine.csv")
    experiment.attacks = [try Specification("deepwordbug")]
    experiment.examples = 2
    try change(&experiment)
    do {
      _ = try ResolvedExperiment(experiment, dataset: Self.data)
      return nil
    } catch {
      return try #require(error as? ExperimentError)
    }
  }

  @Test("An experiment on texts is resolved, with its constraints in the threat")
  func resolves() throws {
    var experiment = Experiment(dataset: "mine.csv")
    experiment.attacks = [try Specification("deepwordbug")]
    experiment.examples = 2
    let resolved = try ResolvedExperiment(experiment, dataset: Self.data)
    #expect(resolved.test.inputShape == [2])
    #expect(resolved.dataset.classCounts == [1, 1])
    let threat = resolved.plan.evaluations[0].threat
    #expect(threat.norm == .l0 && threat.epsilon.text == "3")
    #expect(threat.constraints == ConstraintSet.misspellings.statements)
    #expect(resolved.attacks.completion.isEmpty)
    #expect(resolved.train?.texts?.count == 4)
  }

  @Test("What does not fit together is refused in one line")
  func refused() throws {
    #expect(try error { $0.attacks = [try Specification("pgd")] }?.code == .wrongData)
    #expect(
      try error { $0.attacks = try ["deepwordbug", "homoglyph"].map { try Specification($0) } }?
        .code == .mixedConstraints)
    #expect(try error { $0.norm = .linf }?.code == .unsupportedNorm)
    #expect(
      try error {
        $0.norm = .linf
        $0.attacks = [Specification(named: "quick")]
      }?.code == .unsupportedNorm)
    for radius in ["0.5", "10001", "1e30"] {
      #expect(
        try error { $0.epsilons = [Epsilon(radius)].compactMap(\.self) }?.code
          == .epsilonBeyondRange)
    }
    for isolation in ["front:1", "back:1", "largest:0.5"] {
      #expect(
        try error { $0.isolations = [try Specification(isolation, allowsValue: true)] }?.code
          == .senselessIsolation)
    }
  }

  @Test("Images are not attacked by words")
  func images() throws {
    var experiment = Experiment()
    experiment.attacks = [try Specification("textfooler")]
    experiment.examples = 4
    let data = AnyDataset.images(.shapes(seed: 1, train: 8, test: 8))
    #expect {
      try ResolvedExperiment(experiment, dataset: data)
    } throws: {
      ($0 as? ExperimentError)?.code == .wrongData
    }
  }

  @Test("The suite quick stands for attacks on texts where there are texts")
  func suite() throws {
    let quick = [Specification(named: "quick")]
    let texts = try AttackCatalog.expanded(quick, norm: .l0, classes: 2, texts: true)
    #expect(texts.map(\.name) == ["random-synonym", "textfooler", "pwws"])
    let images = try AttackCatalog.expanded(quick, norm: .linf, classes: 2)
    #expect(images.map(\.name) == ["uniform", "fgsm", "apgd-ce"])
  }
}
