// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import RobustCore
public import Statistics

/// Random substitution: as many words as may change, each by any candidate, drawn again and again.
///
/// It learns nothing from the answers; an attack that finds less is no attack.
public struct RandomSubstitution: TextLabelAttack {
  /// Texts that are tried for each example.
  public var attempts: Int

  /// Creates the attack.
  public init(attempts: Int = 30) { self.attempts = attempts }

  /// Searches for adversarial texts.
  ///
  /// - Complexity: `attempts` queries.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextLabelVictim,
    random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, byLabelsOf: victim)
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

extension AttackMember {
  /// Synonyms at random.
  static let randomSynonym = AttackMember(
    CatalogEntry(
      name: "random-synonym", summary: "synonyms drawn at random, as many words as may change",
      knowledge: .label,
      parameters: [
        ParameterSchema(
          "attempts", .integer(1...100_000), default: .integer(30),
          summary: "texts that are tried for each example")
      ]),
    constraints: .synonyms
  ) { .textByLabel(RandomSubstitution(attempts: $0.integer("attempts"))) }
}
