// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import Language
public import Records
public import RobustCore
public import Statistics

/// Probability weighted word saliency: synonyms in one order that is found beforehand.
///
/// Each word's best synonym is the one that alone lowers the label's probability most; words are replaced
/// in falling order of that fall times the softmax of their saliencies.
///
/// > Source: Ren et al. "Generating Natural Language Adversarial Examples through Probability Weighted
/// > Word Saliency." ACL 2019, [P19-1103](https://aclanthology.org/P19-1103/), equations 4 to 8.
public struct WeightedSaliency: TextAttack {
  /// Creates the attack.
  public init() {}

  /// Searches for adversarial texts.
  ///
  /// - Complexity: One query for each word that can change and for each candidate, then one for each word
  ///   that is replaced.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextVictim, random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, against: victim)
    guard search.mostWords > 0 else { return search.texts }
    let candidates = search.originals.map(victim.rules.candidates)
    let free = candidates.map { words in words.indices.filter { !words[$0].isEmpty } }
    let measured = try WordImportance.unknown.measure(free, &search)
    let best = try bestSubstitutions(candidates, measured, &search)
    var orders: [Int: [Substitution]] = [:]
    for row in search.active {
      orders[row] = ordered(
        best[row] ?? [:], weights: Self.softmax(measured[row]?.falls ?? []),
        positions: free[row])
    }
    var texts = search.originals
    for step in 0..<search.mostWords {
      let rows = search.active.filter { (orders[$0]?.count ?? 0) > step }
      guard !rows.isEmpty else { break }
      for row in rows {
        guard let next = orders[row]?[step] else { continue }
        texts[row] = texts[row].replacing(next.position, with: next.word)
      }
      _ = try search.attempt(rows.map { TextSearch.Question(row: $0, text: texts[$0]) })
      for row in rows { search.settle(texts[row], at: row) }
    }
    return search.texts
  }

  private struct Substitution {
    let position: Int
    let word: String
    let fall: Float
  }

  /// The best synonym of each position alone, by row and position.
  private func bestSubstitutions(
    _ candidates: [[[String]]], _ measured: [Int: WordImportance.Measured],
    _ search: inout TextSearch
  ) throws -> [Int: [Int: Substitution]] {
    var questions: [TextSearch.Question] = []
    var places: [(position: Int, word: String)] = []
    for row in search.active {
      for (position, words) in candidates[row].enumerated() {
        for word in words {
          questions.append(
            TextSearch.Question(
              row: row, text: search.originals[row].replacing(position, with: word)))
          places.append((position, word))
        }
      }
    }
    var best: [Int: [Int: Substitution]] = [:]
    for ((question, answer), place) in zip(zip(questions, try search.attempt(questions)), places) {
      guard let answer, let clean = measured[question.row] else { continue }
      let fall = clean.probability - answer.probability
      if best[question.row]?[place.position].map({ fall > $0.fall }) ?? true {
        best[question.row, default: [:]][place.position] = Substitution(
          position: place.position, word: place.word, fall: fall)
      }
    }
    return best
  }

  private func ordered(
    _ best: [Int: Substitution], weights: [Float], positions: [Int]
  ) -> [Substitution] {
    let weight = Dictionary(uniqueKeysWithValues: zip(positions, weights))
    func score(_ one: Substitution) -> Float { one.fall * (weight[one.position] ?? 0) }
    return best.values.sorted {
      score($0) != score($1) ? score($0) > score($1) : $0.position < $1.position
    }
  }

  private static func softmax(_ values: [Float]) -> [Float] {
    let largest = values.max() ?? 0
    let powers = values.map { expf($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension AttackMember {
  /// Synonyms in the order of weighted saliency.
  static let pwws = AttackMember(
    CatalogEntry(
      name: "pwws", summary: "synonyms in the order of probability weighted word saliency",
      citation: "Ren et al., ACL 2019, P19-1103", knowledge: .scores),
    constraints: .synonyms
  ) { _ in .text(WeightedSaliency()) }
}
