// SPDX-License-Identifier: GPL-3.0-or-later

/// Checks what a reader found against what was declared, and builds the data set from it.
struct DatasetAssembly {
  /// More classes than this are taken for a mistake in the labels.
  static let largestClassCount = 65_536

  let name: String
  let shape: [Int]?
  let classes: [String]?
  let range: ClosedRange<Float>

  func dataset(_ raw: RawDataset, sha256: String) throws(DatasetError) -> Dataset {
    let parts = [raw.test] + (raw.train.map { [$0] } ?? [])
    for part in parts { try checkCounts(part, expectedShape: shape ?? raw.test.shape) }
    var names = classes ?? raw.classes ?? []
    if names.isEmpty { names = try numbered(parts) }
    for part in parts {
      try checkLabels(part, classes: names.count)
      try checkPixels(part)
    }
    return Dataset(
      name: name, classes: names, train: raw.train.map(examples), test: examples(raw.test),
      sha256: sha256)
  }

  private func examples(_ part: RawPart) -> ImageExamples {
    ImageExamples(
      shape: part.shape, pixels: part.pixels, labels: part.labels, inputRange: range)
  }

  private func checkCounts(_ part: RawPart, expectedShape: [Int]) throws(DatasetError) {
    guard part.shape == expectedShape else {
      throw DatasetError(
        .shapeMismatch, part.imageSubject,
        "images of \(dimensions(part.shape)), expected \(dimensions(expectedShape))")
    }
    guard let size = product(part.shape), size > 0, part.pixels.count > 0 else {
      throw DatasetError(
        .empty, part.imageSubject, "no pixels; images of \(dimensions(part.shape))")
    }
    let count = part.pixels.count / size
    guard count == part.labels.count else {
      throw DatasetError(
        .countMismatch, part.labelSubject, "\(part.labels.count) labels for \(count) images")
    }
  }

  private func checkLabels(_ part: RawPart, classes: Int) throws(DatasetError) {
    let legal = 0..<classes
    if let index = part.labels.firstIndex(where: { !legal.contains($0) }) {
      throw DatasetError(
        .labelOutOfRange, part.labelSubject,
        "example \(index) has label \(part.labels[index]), expected 0 to \(classes - 1)")
    }
    if let first = part.labels.first, part.labels.allSatisfy({ $0 == first }) {
      throw DatasetError(
        .oneClass, part.labelSubject, "every label is \(first), expected at least two classes")
    }
  }

  private func checkPixels(_ part: RawPart) throws(DatasetError) {
    guard case .floats(let values) = part.pixels else { return }
    guard let index = values.firstIndex(where: { !range.contains($0) }) else { return }
    let size = max(1, part.shape.reduce(1, *))
    let place = "a pixel of example \(index / size) is \(values[index])"
    guard values[index].isFinite else {
      throw DatasetError(.nonFinite, part.imageSubject, "\(place), expected a finite number")
    }
    throw DatasetError(
      .pixelOutOfRange, part.imageSubject,
      "\(place), expected \(range.lowerBound) to \(range.upperBound)",
      remedy:
        "scale the pixels, or declare their range in a \(DatasetManifest.fileName) beside them")
  }

  // Names for classes of which only the numbers are known.
  private func numbered(_ parts: [RawPart]) throws(DatasetError) -> [String] {
    for part in parts {
      if let index = part.labels.firstIndex(where: { $0 < 0 || $0 >= Self.largestClassCount }) {
        throw DatasetError(
          .labelOutOfRange, part.labelSubject,
          "example \(index) has label \(part.labels[index]), expected 0 to "
            + "\(Self.largestClassCount - 1)"
        )
      }
    }
    let largest = parts.flatMap(\.labels).max() ?? 0
    return (0...largest).map(String.init)
  }
}
