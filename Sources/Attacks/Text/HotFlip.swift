// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import RobustCore
public import Statistics
import Torch

/// Substitution by gradient: the word whose vector lies farthest along the gradient of the loss.
///
/// Each step estimates for all positions and candidates by how much the loss would grow, to first order,
/// and makes the one change with the largest estimate.
///
/// - Note: Ebrahimi et al. flip characters and search with a beam; here words change, and the beam has one
///   text.
///
/// > Source: Ebrahimi et al. "HotFlip: White-Box Adversarial Examples for Text Classification." ACL 2018,
/// > [arXiv:1712.06751](https://arxiv.org/abs/1712.06751), equations 2 to 4 and section 5.
public struct HotFlip: TextGradientAttack {
  /// What is raised.
  public var loss: Loss

  /// Creates the attack.
  public init(loss: Loss = .crossEntropy) { self.loss = loss }

  /// Searches for adversarial texts.
  ///
  /// - Complexity: One gradient and one query for each word that may change.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextGradientVictim,
    random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, against: victim)
    var texts = search.originals
    var candidates = search.originals.map(victim.rules.candidates)
    let vectors = victim.wordVectors
    try untilBudgetEnds {
      for _ in 0..<search.mostWords {
        let rows = search.active.filter { candidates[$0].contains { !$0.isEmpty } }
        guard !rows.isEmpty else { break }
        let slope = try victim.gradient(
          of: loss, at: rows.map { texts[$0] }, labels: batch.labels.rows(rows), rows: rows
        ).gradient
        for (index, row) in rows.enumerated() {
          let flips = Self.flips(texts[row], candidates[row], length: slope.size(1))
          guard
            let best = Self.best(
              flips, victim, vectors, slope.slice(index..<index + 1).reshaped([-1, slope.size(2)]))
          else {
            candidates[row] = []
            continue
          }
          texts[row] = texts[row].replacing(best.position, with: best.word)
          // No word changes twice.
          candidates[row][best.position] = []
        }
        _ = try search.attempt(rows.map { TextSearch.Question(row: $0, text: texts[$0]) })
        for row in rows { search.settle(texts[row], at: row) }
      }
    }
    return search.texts
  }

  private struct Flip {
    let position: Int
    let old: String
    let word: String
  }

  /// What may be changed among the words that the model reads.
  private static func flips(_ text: Text, _ candidates: [[String]], length: Int) -> [Flip] {
    candidates.prefix(length).enumerated().flatMap { position, words in
      words.map { Flip(position: position, old: text.words[position], word: $0) }
    }
  }

  /// The flip with the largest estimate, the first of equals.
  private static func best(
    _ flips: [Flip], _ victim: any TextGradientVictim, _ vectors: Tensor, _ slope: Tensor
  ) -> Flip? {
    guard !flips.isEmpty else { return nil }
    let new = vectors.rows(flips.map { victim.id(of: $0.word) })
    let old = vectors.rows(flips.map { victim.id(of: $0.old) })
    let estimates = ((new - old) * slope.rows(flips.map(\.position))).sum(along: [1])
      .elements(of: Float.self)
    return estimates.indices.max { estimates[$0] < estimates[$1] }.map { flips[$0] }
  }
}

extension AttackMember {
  /// Synonyms along the gradient.
  static let hotFlip = AttackMember(
    CatalogEntry(
      name: "hotflip", summary: "synonyms along the gradient of the words' vectors",
      citation: "Ebrahimi et al., ACL 2018, arXiv:1712.06751", knowledge: .whiteBox,
      parameters: [.loss(Loss.allCases)]),
    constraints: .synonyms,
    fewestClasses: { $0.choice("loss", of: Loss.self).minimumClasses(targeted: false) }
  ) { .textByGradient(HotFlip(loss: $0.choice("loss"))) }
}
