// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import RobustCore
public import Statistics

/// Greedy substitution: words in the order of their importance, each by the candidate that hurts most.
///
/// A word is changed only where that lowers the probability of the label. All candidates of one word are
/// asked about at once, for all examples together.
///
/// With synonyms and importance by deletion it is the attack of Jin et al.; with misspellings or
/// look-alikes and importance by an unknown word that of Gao et al.
///
/// - Note: Jin et al. choose candidates by counter-fitted vectors and a sentence encoder, which are not
///   installed; here WordNet's synonyms take their place, and no similarity of sentences is asked for. Gao
///   et al. draw one slip for each word; here all are tried.
///
/// > Source: Jin et al. "Is BERT Really Robust? A Strong Baseline for Natural Language Attack on Text
/// > Classification and Entailment." AAAI 2020, [arXiv:1907.11932](https://arxiv.org/abs/1907.11932),
/// > algorithm 1; Gao et al. "Black-box Generation of Adversarial Text Sequences to Evade Deep Learning
/// > Classifiers." IEEE SPW 2018, [arXiv:1801.04354](https://arxiv.org/abs/1801.04354), algorithm 1.
public struct GreedySubstitution: TextAttack {
  private let importance: WordImportance

  /// Words are ordered by what happens when they are left out, or when they are unknown.
  public init(leavesWordsOut: Bool) {
    importance = leavesWordsOut ? .deletion : .unknown
  }

  /// Searches for adversarial texts.
  ///
  /// - Complexity: One query for each word that can change, and one for each candidate of those that are
  ///   tried.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim, random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, against: victim)
    guard search.mostWords > 0 else { return search.texts }
    let candidates = search.originals.map(victim.rules.candidates)
    let free = candidates.map { words in words.indices.filter { !words[$0].isEmpty } }
    let measured = try importance.measure(free, &search)
    var climbs = search.active.map { row in
      Climb(
        row: row, text: search.originals[row],
        order: zip(free[row], measured[row]?.falls ?? []).enumerated().sorted {
          $0.element.1 != $1.element.1 ? $0.element.1 > $1.element.1 : $0.offset < $1.offset
        }.map(\.element.0), probability: measured[row]?.probability ?? 0)
    }
    while true {
      climbs.removeAll { climb in
        search.settle(climb.text, at: climb.row)
        return !search.isActive(climb.row) || climb.order.isEmpty
          || climb.changed == search.mostWords
      }
      guard !climbs.isEmpty else { return search.texts }
      try step(&climbs, candidates, &search)
    }
  }

  /// Where one example stands.
  private struct Climb {
    let row: Int
    var text: Text
    /// Positions not tried yet, the most important first.
    var order: [Int]
    var changed = 0
    /// The label's probability of the text.
    var probability: Float

    /// Moves to the candidate with the lowest probability of the label, the first of equals.
    mutating func take(
      _ questions: ArraySlice<TextSearch.Question>, _ answers: ArraySlice<TextSearch.Answer?>
    ) {
      order.removeFirst()
      let before = text
      for (question, answer) in zip(questions, answers) {
        guard let answer, answer.probability < probability else { continue }
        (text, probability) = (question.text, answer.probability)
      }
      if text != before { changed += 1 }
    }
  }

  /// Tries the next position of every example.
  private func step(
    _ climbs: inout [Climb], _ candidates: [[[String]]], _ search: inout TextSearch
  ) throws {
    var questions: [TextSearch.Question] = []
    var ends: [Int] = []
    for climb in climbs {
      let position = climb.order[0]
      questions += candidates[climb.row][position].map {
        TextSearch.Question(row: climb.row, text: climb.text.replacing(position, with: $0))
      }
      ends.append(questions.count)
    }
    let answers = try search.attempt(questions)
    var start = 0
    for (index, end) in ends.enumerated() {
      climbs[index].take(questions[start..<end], answers[start..<end])
      start = end
    }
  }
}

extension AttackMember {
  /// Synonyms, word by word.
  static let textFooler = AttackMember(
    CatalogEntry(
      name: "textfooler",
      summary: "synonyms, greedily, most important words first by what leaving them out does",
      citation: "Jin et al., AAAI 2020, arXiv:1907.11932", knowledge: .scores),
    constraints: .synonyms
  ) { _ in .text(GreedySubstitution(leavesWordsOut: true)) }

  /// Slips of the keyboard, word by word.
  static let deepWordBug = AttackMember(
    CatalogEntry(
      name: "deepwordbug", summary: "misspellings, greedily, most important words first",
      citation: "Gao et al., IEEE SPW 2018, arXiv:1801.04354", knowledge: .scores),
    constraints: .misspellings
  ) { _ in .text(GreedySubstitution(leavesWordsOut: false)) }

  /// Letters that look the same, word by word.
  static let homoglyph = AttackMember(
    CatalogEntry(
      name: "homoglyph", summary: "look-alike letters, greedily, most important words first",
      citation: "Boucher et al., IEEE S&P 2022, arXiv:2106.09898", knowledge: .scores),
    constraints: .lookAlikes
  ) { _ in .text(GreedySubstitution(leavesWordsOut: false)) }
}
