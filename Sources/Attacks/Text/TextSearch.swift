// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records
import RobustCore
import Torch

/// The state that attacks on texts share: the best text so far of every example, and the examples that
/// are still classified correctly.
///
/// An adversarial text, once seen, is never given up for a later one, and its example costs nothing more.
struct TextSearch {
  /// What a victim answered about one text.
  struct Answer {
    /// The probability of the label; where the class alone is told, one or zero.
    let probability: Float
    /// Whether another class won.
    let isBroken: Bool
  }

  /// A text that is asked about, for a row of the batch.
  struct Question {
    let row: Int
    let text: Text
  }

  /// What an attack sees of the victim.
  private enum Access {
    case scores(any TextVictim)
    case labels(any TextLabelVictim)

    var victim: any TextLabelVictim {
      switch self {
      case .scores(let victim): victim
      case .labels(let victim): victim
      }
    }
  }

  /// The texts as they came.
  let originals: [Text]
  /// The most words that may change.
  let mostWords: Int
  private let labels: Tensor
  private let access: Access
  /// The best texts found, one for each example of the batch.
  private(set) var texts: [Text]
  /// Rows of the batch that no text has broken yet and whose queries last, ascending.
  private(set) var active: [Int]

  /// Begins with the texts of a batch.
  init(_ batch: Batch, within threat: ThreatModel, against victim: any TextVictim) {
    self.init(batch, within: threat, .scores(victim))
  }

  /// The same where the victim tells its class alone.
  init(_ batch: Batch, within threat: ThreatModel, byLabelsOf victim: any TextLabelVictim) {
    self.init(batch, within: threat, .labels(victim))
  }

  private init(_ batch: Batch, within threat: ThreatModel, _ access: Access) {
    guard let texts = batch.texts else { preconditionFailure("attacks on texts meet texts") }
    precondition(threat.norm == .l0, "checked before the run")
    originals = texts
    self.texts = texts
    labels = batch.labels
    self.access = access
    mostWords = Int(threat.epsilon.value)
    active = Array(0..<batch.count)
  }

  /// Whether a row still takes part.
  func isActive(_ row: Int) -> Bool { active.contains(row) }

  /// Asks about texts that could be returned; of those that mislead the first is kept.
  ///
  /// - Returns: One answer for each question; nil where the row's queries ended before.
  mutating func attempt(_ questions: [Question]) throws -> [Answer?] {
    let answers = try ask(questions)
    var broken: Set<Int> = []
    for (question, answer) in zip(questions, answers) where answer?.isBroken ?? false {
      if broken.insert(question.row).inserted { texts[question.row] = question.text }
    }
    active.removeAll(where: broken.contains)
    return answers
  }

  /// Asks about texts that break the rules, such as one with a word left out; none is kept.
  mutating func probe(_ questions: [Question]) throws -> [Answer?] { try ask(questions) }

  /// Keeps a text of an example that stayed correct.
  mutating func settle(_ text: Text, at row: Int) {
    if isActive(row) { texts[row] = text }
  }

  private mutating func ask(_ questions: [Question]) throws -> [Answer?] {
    do {
      return try answers(to: questions)
    } catch let error as AttackError where error.code == .budgetSpent {
      return try askRowByRow(questions)
    }
  }

  /// Rows have queries of their own: where those of one end, the others go on.
  private mutating func askRowByRow(_ questions: [Question]) throws -> [Answer?] {
    var found: [Answer?] = Array(repeating: nil, count: questions.count)
    let places = Dictionary(grouping: questions.indices) { questions[$0].row }
    for (row, places) in places.sorted(by: { $0.key < $1.key }) {
      var asked = places[...]
      do {
        for (place, answer) in zip(asked, try answers(to: asked.map { questions[$0] })) {
          found[place] = answer
        }
      } catch let error as AttackError where error.code == .budgetSpent {
        active.removeAll { $0 == row }
        asked = places.prefix(access.victim.remainingQueries(of: row) ?? 0)
        // A model that answers no more says so again, whatever is left to the row.
        guard asked.count < places.count else { continue }
        for (place, answer) in zip(asked, try answers(to: asked.map { questions[$0] })) {
          found[place] = answer
        }
      }
    }
    return found
  }

  private func answers(to questions: [Question]) throws -> [Answer] {
    guard !questions.isEmpty else { return [] }
    let rows = questions.map(\.row)
    let labels = labels.rows(rows)
    let predictions: Tensor
    let probabilities: Tensor
    switch access {
    case .scores(let victim):
      let logits = try victim.logits(of: questions.map(\.text), rows: rows)
      // Logits that are no numbers are nobody's success: the judge calls them wrong anyway.
      predictions = logits.indexOfLargest(along: 1)
      probabilities = logits.softmax().gathered(labels.reshaped([-1, 1]), along: 1)
    case .labels(let victim):
      predictions = try victim.predictions(of: questions.map(\.text), rows: rows)
      probabilities = (predictions .== labels).cast(to: .float32)
    }
    let isRight = (predictions .== labels).elements(of: Bool.self)
    return zip(probabilities.elements(of: Float.self), isRight).map {
      Answer(probability: $0, isBroken: !$1)
    }
  }
}
