// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records

/// A few adversarial texts, for people to read.
enum TextGallery {
  /// The most evaluations that are shown, spread evenly over all.
  private static let mostEvaluations = 8
  /// The most texts of each.
  private static let mostExamples = 4
  /// Longer texts would fill the page.
  private static let longest = 2_000

  /// Records of what the first blocks of evaluations kept; none where the inputs are no texts.
  static func records(of evaluations: [Gallery.Shown]) -> [AttackedTextRecord] {
    let entries = evaluations.map(records).filter { !$0.isEmpty }
    let count = min(entries.count, mostEvaluations)
    return (0..<count).flatMap { entries[$0 * entries.count / count] }
  }

  private static func records(of shown: Gallery.Shown) -> [AttackedTextRecord] {
    guard let originals = shown.block.originals, let clean = originals.texts,
      let adversarial = shown.block.kept.texts
    else { return [] }
    let found = zip(originals.examples, clean).compactMap { example, original in
      shown.block.kept.examples.firstIndex(of: example).flatMap {
        record(of: example, original, adversarial[$0], in: shown)
      }
    }
    return Array(found.prefix(mostExamples))
  }

  /// What the attack did that changed fewest words, the first one of equals.
  private static func record(
    of example: Int, _ original: Text, _ text: Text, in shown: Gallery.Shown
  ) -> AttackedTextRecord? {
    let found = zip(shown.attacks, shown.block.attacks).compactMap { name, result in
      result.outcomes.first { $0.example == example && $0.misled }.map { (name, $0) }
    }
    guard text.joined.count <= longest,
      let (attack, outcome) = found.min(by: {
        ($0.1.distance ?? .infinity) < ($1.1.distance ?? .infinity)
      }), let prediction = outcome.adversarialPrediction
    else { return nil }
    let changes = Set(original.changes(to: text) ?? [])
    return AttackedTextRecord(
      evaluation: shown.evaluation, example: example, label: outcome.label,
      cleanPrediction: outcome.cleanPrediction, adversarialPrediction: prediction, attack: attack,
      clean: spans(of: original, changes), adversarial: spans(of: text, changes))
  }

  /// The text with its changed words apart and all between them together.
  private static func spans(of text: Text, _ changes: Set<Int>) -> [AttackedTextRecord.Span] {
    var spans: [AttackedTextRecord.Span] = []
    var between = ""
    for (place, word) in text.words.enumerated() {
      between += text.separators[place]
      guard changes.contains(place) else {
        between += word
        continue
      }
      if !between.isEmpty { spans.append(.init(text: between, changed: false)) }
      spans.append(.init(text: word, changed: true))
      between = ""
    }
    between += text.separators.last ?? ""
    return between.isEmpty ? spans : spans + [.init(text: between, changed: false)]
  }
}
