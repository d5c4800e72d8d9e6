// SPDX-License-Identifier: GPL-3.0-or-later

import Language
public import Records
public import RobustCore
public import Statistics
import Torch

/// Makes adversarial texts on another model and shows them to the one under attack, the most promising
/// first.
///
/// On the stand-in a beam grows by one changed word at a time and does not rest at its boundary. All
/// texts that it passes are then tried on the victim in the order of the stand-in's margin, in rounds of
/// twice as many texts, until one misleads.
///
/// > Source: for transfer, Papernot et al. 2016, [arXiv:1605.07277](https://arxiv.org/abs/1605.07277);
/// > for beams over substitutions, Ebrahimi et al. "HotFlip." ACL 2018,
/// > [arXiv:1712.06751](https://arxiv.org/abs/1712.06751), section 3.
///
/// - Note: Papernot et al. ask about one input of each example; here the stand-in ranks many.
public struct TextTransfer: PreparedAttack {
  /// The stand-in.
  public var source: Surrogate
  /// Texts of an example that are carried on from one changed word to the next.
  public var beam: Int
  /// The most texts of an example that the victim is asked about.
  public var queries: Int

  /// Creates the attack.
  public init(from source: Surrogate, beam: Int = 5, queries: Int = 100) {
    self.source = source
    self.beam = beam
    self.queries = queries
  }

  /// Of the model under attack, its answers alone.
  public var knowledge: Knowledge { .label }
  /// The stand-in that the attack asks for.
  public var surrogate: Surrogate? { source }

  /// Keeps the stand-in.
  ///
  /// - Precondition: The materials hold the stand-in, and say how it reads texts.
  public func prepared(
    with materials: AttackMaterials, within threat: ThreatModel, random: RandomKey
  ) throws -> AnyAttack {
    guard let encoding = materials.encoding else {
      preconditionFailure("the attack meets texts alone")
    }
    return .textByLabel(
      RankedTexts(surrogate: materials.standIn, encoding: encoding, beam: beam, queries: queries))
  }
}

/// Shows texts to the victim in the order in which a stand-in ranks them.
private struct RankedTexts: TextLabelAttack {
  /// A text with the margin by which the stand-in gets it wrong.
  struct Ranked {
    let text: Text
    let changed: Set<Int>
    let margin: Float
  }

  let surrogate: any Network
  let encoding: TextEncoding
  let beam: Int
  let queries: Int

  /// - Complexity: `queries` queries of the victim; of the stand-in one for each candidate of all texts in
  ///   the beam.
  func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any TextLabelVictim,
    random: RandomKey
  ) throws -> [Text] {
    var search = TextSearch(batch, within: threat, byLabelsOf: victim)
    let ranked = try batch.indices.indices.map { row in
      try passed(
        search.originals[row], label: batch.labels.slice(row..<row + 1),
        mostWords: search.mostWords, victim)
    }
    for row in search.active {
      if let first = ranked[row].first { search.settle(first.text, at: row) }
    }
    var asked = 0
    var round = 1
    while asked < queries, search.active.contains(where: { asked < ranked[$0].count }) {
      let count = min(round, queries - asked)
      let questions = search.active.flatMap { row in
        ranked[row].dropFirst(asked).prefix(count).map {
          TextSearch.Question(row: row, text: $0.text)
        }
      }
      _ = try search.attempt(questions)
      asked += count
      round *= 2
    }
    return search.texts
  }

  /// The texts that the beam passes, the largest margin first and of equals the earlier.
  private func passed(
    _ original: Text, label: Tensor, mostWords: Int, _ victim: any TextLabelVictim
  ) throws -> [Ranked] {
    let candidates = victim.rules.candidates(for: original)
    let open = ModelTextVictim(
      surrogate, encoding: encoding, classes: victim.classes, rules: victim.rules, rows: 1)
    var all: [Ranked] = []
    var front = [Ranked(text: original, changed: [], margin: 0)]
    for _ in 0..<mostWords {
      let next = grown(front, by: candidates)
      guard !next.isEmpty else { break }
      let rows = Array(repeating: 0, count: next.count)
      let logits = try open.logits(of: next.map(\.text), rows: rows)
      let margins = Loss.margin.values(logits: logits, labels: label.rows(rows))
        .elements(of: Float.self)
      // Where the stand-in has no number to give, it recommends nothing.
      let found = zip(next, margins).map { one, margin in
        Ranked(
          text: one.text, changed: one.changed, margin: margin.isNaN ? -.infinity : margin)
      }
      front = Array(Self.ordered(found).prefix(beam))
      all = Array(Self.ordered(all + found).prefix(queries))
    }
    return all
  }

  /// Every text with one more word changed, each once.
  private func grown(
    _ beam: [Ranked], by candidates: [[String]]
  ) -> [(text: Text, changed: Set<Int>)] {
    var seen: Set<Text> = []
    return beam.flatMap { one in
      candidates.indices.filter { !one.changed.contains($0) }.flatMap { place in
        candidates[place].compactMap { word in
          let text = one.text.replacing(place, with: word)
          return seen.insert(text).inserted ? (text, one.changed.union([place])) : nil
        }
      }
    }
  }

  private static func ordered(_ ranked: [Ranked]) -> [Ranked] {
    ranked.enumerated().sorted {
      $0.element.margin != $1.element.margin
        ? $0.element.margin > $1.element.margin : $0.offset < $1.offset
    }.map(\.element)
  }
}
