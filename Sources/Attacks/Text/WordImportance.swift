// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import RobustCore

/// How much a model's answer depends on each word of a text.
enum WordImportance {
  /// The fall of the label's probability with the word left out.
  case deletion
  /// The fall with a word in its place that the model does not know.
  case unknown

  /// No vocabulary knows it, as no tokenizer finds it.
  private static let unknownWord = ""

  /// What was found for one text.
  struct Measured {
    /// The label's probability of the text as it came.
    let probability: Float
    /// The importance of the positions, in their order.
    var falls: [Float] = []
  }

  /// Asks for the importance of some positions of every active text.
  ///
  /// - Parameters:
  ///   - positions: By row of the batch.
  ///   - search: Whose texts and victim are asked.
  /// - Returns: By row; a position that was not answered has no importance.
  /// - Throws: What the model throws.
  func measure(
    _ positions: [[Int]], _ search: inout TextSearch
  ) throws -> [Int: Measured] {
    let rows = search.active
    let whole = try search.probe(
      rows.map { TextSearch.Question(row: $0, text: search.originals[$0]) })
    let questions = rows.flatMap { row in
      positions[row].map {
        TextSearch.Question(row: row, text: probe(search.originals[row], $0))
      }
    }
    let answers = try search.probe(questions)
    var found: [Int: Measured] = [:]
    for (row, answer) in zip(rows, whole) {
      found[row] = Measured(probability: answer?.probability ?? 0)
    }
    for (question, answer) in zip(questions, answers) {
      let before = found[question.row]?.probability ?? 0
      found[question.row]?.falls.append(before - (answer?.probability ?? before))
    }
    return found
  }

  private func probe(_ text: Text, _ position: Int) -> Text {
    switch self {
    case .deletion: text.removing(position)
    case .unknown: text.replacing(position, with: Self.unknownWord)
    }
  }
}
