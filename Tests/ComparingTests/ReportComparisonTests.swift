// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Reporting
import SyntheticReports
import Testing

@Suite("Comparison of two reports", .timeLimit(.minutes(15)))
struct ReportComparisonTests {
  private let base = lettered("r" * 30 + "b" * 15 + "r" * 955)
  private let head = lettered("b" * 30 + "r" * 15 + "r" * 955)

  @Test("The published example: 30 lost and 15 won of 1,000")
  func publishedExample() throws {
    let comparison = try compare(base, head)
    #expect(comparison.models.map(\.quantity) == [.clean, .robust])
    let robust = try #require(comparison.models.last)
    #expect(robust.isPaired && robust.lost == 30 && robust.won == 15)
    #expect(robust.headExamples == 1000 && robust.baseExamples == 1000)
    #expect(abs(robust.baseAccuracy - 0.985) < 1e-12 && abs(robust.headAccuracy - 0.97) < 1e-12)
    #expect(abs(robust.difference + 0.015) < 1e-12)
    #expect(abs(robust.pExact - 0.035697803555) < 1e-9)
    #expect(abs((robust.pMid ?? 0) - 0.0259) < 5e-5, "published to four digits")
    // Tango's interval, from the likelihood maximised numerically by another program.
    #expect(abs(robust.low + 0.029088422) < 1e-7 && abs(robust.high - -0.001932241) < 0.005)
    // Holm over two tests, of which the other has p = 1.
    #expect(abs(robust.pHolm - 2 * 0.035697803555) < 1e-9)
    #expect(robust.answer == .cannotTell && robust.examplesNeeded != nil)
    #expect(comparison.models[0].answer == .noDifference && comparison.models[0].pExact == 1)
    #expect(comparison.methods.isEmpty && comparison.onlyBase.isEmpty)
  }

  @Test(
    "Four answers, and how many examples are missing",
    arguments: [
      ("r" * 40 + "r" * 960, "b" * 40 + "r" * 960, Answer.worse),
      ("b" * 40 + "r" * 960, "r" * 40 + "r" * 960, .better),
      ("r" * 1000, "r" * 1000, .noDifference),
      ("r" * 5 + "b" * 5 + "r" * 990, "b" * 5 + "r" * 5 + "r" * 990, .noDifference),
      ("r" * 100 + "b" * 100 + "r" * 800, "b" * 100 + "r" * 100 + "r" * 800, .cannotTell),
      ("r" * 50, "r" * 50, .cannotTell),
    ])
  func answers(base: String, head: String, answer: Answer) throws {
    let row = try #require(try compare(lettered(base), lettered(head)).models.last)
    #expect(row.answer == answer)
    #expect((row.examplesNeeded != nil) == (answer == .cannotTell))
  }

  @Test("The margin says what does not matter")
  func margin() throws {
    let row = try #require(
      try compare(
        lettered("r" * 100 + "b" * 100 + "r" * 800),
        lettered("b" * 100 + "r" * 100 + "r" * 800),
        margin: 0.05
      ).models.last)
    #expect(row.answer == .noDifference)
  }

  @Test("Examples are matched by their index, not by their place")
  func identity() throws {
    // The head judged the later 900; on those they share it loses 30.
    let other = lettered("b" * 30 + "r" * 870, start: 100)
    let row = try #require(try compare(lettered("b" * 100 + "r" * 900), other).models.last)
    #expect(row.isPaired && row.headExamples == 900 && row.lost == 30 && row.won == 0)
    #expect(row.baseAccuracy == 1)
  }

  @Test("Other examples, and reports without verdicts, are compared unpaired, and say so")
  func unpaired() throws {
    let away = lettered("b" * 30 + "r" * 970, start: 5000)
    let row = try #require(try compare(lettered("r" * 1000), away).models.last)
    #expect(!row.isPaired && row.lost == nil && row.pMid == nil)
    #expect(row.note == "not paired: no example in common")
    #expect(abs(row.difference + 0.03) < 1e-12 && row.answer == .worse)

    var older = lettered("b" * 30 + "r" * 970)
    older.evaluations[0].verdicts = nil
    older.labels = nil
    let old = try #require(try compare(older, lettered("r" * 1000)).models.last)
    #expect(
      !old.isPaired && old.note == "not paired: the base does not say which examples are right")
    #expect(abs(old.difference - 0.03) < 1e-12)

    let few = lettered("r" * 1000, start: 990)
    let note = try compare(lettered("r" * 1000), few).models.last?.note
    #expect(note == "not paired: only 10 examples in common")
  }

  @Test("A blocking flag on either side takes the robust answer away, not the clean one")
  func flags() throws {
    let flag = SoundnessFlag(
      check: "noise", severity: .blocking, value: 1, threshold: 0, message: "m")
    for side in 0..<2 {
      var reports = [lettered("r" * 40 + "r" * 960), lettered("b" * 40 + "r" * 960)]
      reports[side].evaluations[0].flags = [flag]
      let rows = try compare(reports[0], reports[1]).models
      #expect(rows.map(\.answer) == [.noDifference, .cannotTell])
      #expect(rows[1].note == "a soundness flag is up" && rows[1].examplesNeeded == nil)
    }
  }

  @Test("Holm is over the whole table, and clean accuracy is compared once for each model")
  func holm() throws {
    var recipe = SyntheticReport()
    recipe.compressions = 3
    recipe.epsilons = ["0.05", "0.1"]
    let one = recipe.report()
    recipe.random = 2
    let rows = try compare(one, recipe.report()).models
    #expect(rows.count == 4 + 8)
    #expect(rows.count { $0.quantity == .clean } == 4)
    let smallest = try #require(rows.min { $0.pExact < $1.pExact })
    #expect(abs(smallest.pHolm - min(1, 12 * smallest.pExact)) < 1e-12)
  }

  @Test("A radius written in another way is the same radius")
  func radius() throws {
    let one = lettered("r" * 100, epsilon: "1/10")
    #expect(try compare(one, lettered("r" * 100, epsilon: "0.1")).models.count == 2)
  }

  @Test("Certified accuracy is compared where both have it")
  func certified() throws {
    var reports = [base, head]
    for side in 0..<2 {
      reports[side].evaluations[0].certifiedAccuracy = Estimate(value: 0.5, low: 0.4, high: 0.6)
    }
    let rows = try compare(reports[0], reports[1]).models
    #expect(rows.map(\.quantity) == [.clean, .robust, .certified])
    #expect(rows[2].baseAccuracy == 0.5 && !rows[2].isPaired)
  }

  @Test("What differs besides is listed")
  func environment() throws {
    var other = head
    other.environment.cpu = "Another"
    other.environment.libraries = ["gsl": "2.8", "libtorch": "2.13"]
    other.tool.version = "0.2.0"
    other.evaluations[0].attacks[0].parameters = ["steps": 40]
    let found = try compare(base, other).environment
    #expect(found.map(\.what) == ["version", "processor", "gsl", "libtorch", "attack pgd"])
    #expect(found[3].base == "unknown" && found[3].head == "2.13")
    #expect(found[4].base == "{steps=20}" && found[4].head == "{steps=40}")
    #expect(try compare(base, head).environment.isEmpty)
    var more = head
    var square = more.evaluations[0].attacks[0]
    square.name = "square"
    more.evaluations[0].attacks.append(square)
    let alone = try compare(base, more).environment
    #expect(alone.map(\.what) == ["attacks on one side alone"])
    #expect(alone[0].base == "none" && alone[0].head == "square")
    var stopped = head
    stopped.stopping = StoppingRecord(
      policySHA256: "00", baselineSHA256: nil, examplesSeen: 128, examplesAvailable: 1_000,
      examplesPerLook: 128, orderSeed: 1)
    let note = try compare(base, stopped).environment
    #expect(note.map(\.base) == ["fixed"])
    #expect(note.map(\.head) == ["128 of 1000, until a policy was decided"])
  }

  @Test("A comparison comes back equal from its JSON")
  func roundTrip() throws {
    let comparison = try compare(base, head)
    let text = try ComparisonFormat.json.text(for: comparison)
    #expect(try CanonicalJSON.value(ReportComparison.self, from: text) == comparison)
  }
}
