// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import RobustCore
public import Statistics

/// Random substitution: as many words as may change, each by any candidate, drawn again and again.
///
/// It learns nothing from the answers; an attack that finds less is no attack.
public struct RandomSubstitution: TextAttack {
  /// Texts that are tried for each example.
  public var attempts: Int

  /// Creates the attack.
  public init(attempts: Int = 30) { self.attempts = attempts }

  /// Searches for adversarial texts.
  ///
  /// - Complexity: `attempts` queries.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim, random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, against: victim)
    let candidates = search.originals.map(victim.rules.candidates)
    let streams = batch.indices.map { random.split(example: $0).stream() }
    for _ in 0..<attempts where !search.active.isEmpty {
      let questions = search.active.map { row in
        TextSearch.Question(
          row: row,
          text: search.originals[row].substituted(
            by: candidates[row], mostWords: search.mostWords, streams[row]))
      }
      _ = try search.attempt(questions)
      for question in questions { search.settle(question.text, at: question.row) }
    }
    return search.texts
  }
}

extension Text {
  /// The text with as many words replaced as may change, at positions and by candidates drawn at random.
  func substituted(
    by candidates: [[String]], mostWords: Int, _ random: RandomStream
  ) -> Text {
    let free = candidates.indices.filter { !candidates[$0].isEmpty }
    return random.choose(min(mostWords, free.count), of: free.count).reduce(self) { text, place in
      let words = candidates[free[place]]
      return text.replacing(free[place], with: words[random.integer(below: words.count)])
    }
  }
}

extension AttackMember {
  /// Synonyms at random.
  static let randomSynonym = AttackMember(
    CatalogEntry(
      name: "random-synonym", summary: "synonyms drawn at random, as many words as may change",
      knowledge: .scores,
      parameters: [
        ParameterSchema(
          "attempts", .integer(1...100_000), default: .integer(30),
          summary: "texts that are tried for each example")
      ]),
    constraints: .synonyms
  ) { .text(RandomSubstitution(attempts: $0.integer("attempts"))) }
}
