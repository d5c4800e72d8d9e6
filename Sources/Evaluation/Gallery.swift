// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Records
import Reporting

/// Pictures of a few adversarial inputs, for people to look at.
struct Gallery {
  /// The most evaluations that are shown, spread evenly over all.
  private static let mostEvaluations = 8
  /// The most inputs of each.
  private static let mostExamples = 4
  /// The most values of all pictures together, so that a page of large pictures can still be opened.
  private static let mostValues = 6_000_000
  private static let folder = "gallery"

  let dataset: DatasetRecord

  /// What the first block of an evaluation kept.
  struct Shown {
    let evaluation: String
    /// The attacks' names, in the order of the suite.
    let attacks: [String]
    let block: BlockResult
  }

  /// Writes the pictures into the run's folder.
  ///
  /// - Returns: A record of each; none where inputs are no pictures.
  func write(_ evaluations: [Shown], into folder: String) throws -> [GalleryRecord] {
    guard let shape = PictureShape(dataset) else { return [] }
    let entries = evaluations.map { self.entries(of: $0, size: shape.size) }.filter { !$0.isEmpty }
    let most = max(1, Self.mostValues / (3 * Self.mostExamples * shape.size))
    let count = min(entries.count, Self.mostEvaluations, most)
    let chosen = (0..<count).flatMap { entries[$0 * entries.count / count] }
    guard !chosen.isEmpty else { return [] }
    try OutputFolder.make("\(folder)/\(Self.folder)")
    return try chosen.enumerated().map { index, entry in
      let place = index + 1
      var record = entry.record
      record.magnification = shape.magnification(entry.clean, entry.adversarial)
      record.pictures = GalleryRecord.Pictures(
        clean: "\(Self.folder)/example-\(record.example).png",
        adversarial: "\(Self.folder)/\(place)-adversarial.png",
        perturbation: "\(Self.folder)/\(place)-perturbation.png")
      let pictures = [
        (record.pictures.clean, shape.picture(of: entry.clean)),
        (record.pictures.adversarial, shape.picture(of: entry.adversarial)),
        (
          record.pictures.perturbation,
          shape.perturbation(entry.clean, entry.adversarial, times: record.magnification)
        ),
      ]
      for (path, bytes) in pictures {
        guard let bytes else { continue }
        try AtomicFile.write(bytes, to: "\(folder)/\(path)")
      }
      return record
    }
  }

  private struct Entry {
    var record: GalleryRecord
    let clean: ArraySlice<Float>
    let adversarial: ArraySlice<Float>
  }

  /// The kept inputs of one evaluation beside their originals.
  private func entries(of shown: Shown, size: Int) -> [Entry] {
    guard let originals = shown.block.originals else { return [] }
    let (clean, adversarial) = (originals.values, shown.block.kept.values)
    return originals.examples.prefix(Self.mostExamples).enumerated().compactMap { place, example in
      guard let kept = shown.block.kept.examples.firstIndex(of: example),
        let record = record(of: example, in: shown)
      else { return nil }
      return Entry(
        record: record, clean: clean[place * size..<(place + 1) * size],
        adversarial: adversarial[kept * size..<(kept + 1) * size])
    }
  }

  /// What the attack did that found the nearest input, the first one of equals.
  private func record(of example: Int, in shown: Shown) -> GalleryRecord? {
    let found = zip(shown.attacks, shown.block.attacks).compactMap { name, result in
      result.outcomes.first { $0.example == example && $0.misled }.map { (name, $0) }
    }
    let nearest = found.min { ($0.1.distance ?? .infinity) < ($1.1.distance ?? .infinity) }
    guard let (attack, outcome) = nearest, let prediction = outcome.adversarialPrediction,
      let distance = outcome.distance
    else { return nil }
    return GalleryRecord(
      evaluation: shown.evaluation, example: example, label: outcome.label,
      cleanPrediction: outcome.cleanPrediction, adversarialPrediction: prediction, attack: attack,
      distance: distance, magnification: 1,
      pictures: GalleryRecord.Pictures(clean: "", adversarial: "", perturbation: ""))
  }
}
