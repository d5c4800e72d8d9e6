// SPDX-License-Identifier: GPL-3.0-or-later

import Language

/// Labelled strings as a reader found them, before they are checked.
struct RawTexts {
  /// One example.
  struct Row {
    let text: String
    let label: String
    /// File and line, for errors.
    let place: String
  }

  var train: [Row]
  var test: [Row]
  /// The classes in their order, where the format tells them.
  var classes: [String]?
  /// The files, for errors.
  let subject: String
}

/// Reads a data set of texts and checks what was found.
struct TextLoader {
  private let name: String
  private let reader: Reader
  private let classes: [String]?
  private let tokenizer: Tokenizer?

  private enum Reader {
    case glosses(file: String)
    case table(TableReader)
  }

  /// Texts that a manifest describes.
  init(manifest: DatasetManifest) {
    name = manifest.name
    classes = manifest.classes
    tokenizer = manifest.tokenizer
    reader =
      manifest.format == .wordNetGlosses
      ? .glosses(file: manifest.files.first?.path ?? "data.noun")
      : .table(
        TableReader(
          files: manifest.files.map { ($0.role, $0.path) },
          text: manifest.columns?.text ?? "text", label: manifest.columns?.label ?? "label"))
  }

  /// A table without a manifest, in one file or in a folder where `file` is nil.
  init(name: String, file: String?) {
    self.name = name
    classes = nil
    tokenizer = nil
    reader = .table(
      TableReader(files: file.map { [("all", $0)] } ?? [], text: "text", label: "label"))
  }

  /// Reads the files.
  func dataset(_ source: inout FileSource) throws(DatasetError) -> TextDataset {
    let raw =
      switch reader {
      case .glosses(let file): try GlossReader.read(file, &source)
      case .table(let reader): try reader.read(&source)
      }
    return try dataset(raw, sha256: source.contentDigest)
  }

  private func dataset(_ raw: RawTexts, sha256: String) throws(DatasetError) -> TextDataset {
    guard !raw.train.isEmpty, !raw.test.isEmpty else {
      throw DatasetError(
        .empty, raw.subject,
        "\(raw.train.count) texts to train on, \(raw.test.count) to judge by",
        remedy: "give at least one of each; a file alone needs a few dozen rows to be split")
    }
    let tokenizer = tokenizer ?? .fitting(raw.train.map(\.text))
    let names = try names(raw)
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let train = try examples(raw.train, numbers, tokenizer)
    let test = try examples(raw.test, numbers, tokenizer)
    guard Set(train.labels + test.labels).count > 1 else {
      throw DatasetError(
        .oneClass, raw.subject, "every label is '\(raw.train[0].label)', expected at least two")
    }
    return TextDataset(
      name: name, classes: names, train: train, test: test, tokenizer: tokenizer, sha256: sha256)
  }

  private func examples(
    _ rows: [RawTexts.Row], _ numbers: [String: Int], _ tokenizer: Tokenizer
  ) throws(DatasetError) -> TextExamples {
    var texts: [Text] = []
    var labels: [Int] = []
    texts.reserveCapacity(rows.count)
    labels.reserveCapacity(rows.count)
    for row in rows {
      let text = tokenizer.text(of: row.text)
      guard !text.words.isEmpty else {
        throw DatasetError(
          .emptyText, row.place, "the text has no words",
          remedy: "fill the text in or take the row out")
      }
      guard let label = numbers[row.label] else {
        throw DatasetError(
          .labelOutOfRange, row.place,
          "the label '\(row.label.prefix(40))' is none of the \(numbers.count) classes",
          remedy: "every class needs examples to train on")
      }
      texts.append(text)
      labels.append(label)
    }
    return TextExamples(texts: texts, labels: labels)
  }

  /// The classes in order: as they were declared, else by number or spelling.
  private func names(_ raw: RawTexts) throws(DatasetError) -> [String] {
    if let declared = classes ?? raw.classes { return declared }
    let found = Set(raw.train.map(\.label))
    try checkSpelling(raw)
    guard found.count <= DatasetAssembly.largestClassCount else {
      throw DatasetError(
        .labelOutOfRange, raw.subject,
        "\(found.count) different labels, at most \(DatasetAssembly.largestClassCount) are read")
    }
    let numbers = found.compactMap { name in Int(name).map { (name, $0) } }
    if numbers.count == found.count {
      return numbers.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension TextLoader {
  /// Refuses labels that nobody meant: none at all, and two that capitals or spaces alone tell apart.
  private func checkSpelling(_ raw: RawTexts) throws(DatasetError) {
    var spellings: [String: String] = [:]
    for row in raw.train + raw.test {
      let words = row.label.split(whereSeparator: \.isWhitespace)
      guard !words.isEmpty else {
        throw DatasetError(
          .emptyLabel, row.place, "the label is empty",
          remedy: "fill the label in or take the row out")
      }
      let key = words.joined(separator: " ").lowercased()
      if let other = spellings[key], other != row.label {
        throw DatasetError(
          .ambiguousLabel, row.place,
          "the label '\(row.label.prefix(40))' is another class than '\(other.prefix(40))', by its capitals"
            + " or spaces alone",
          remedy: "write both alike, or name the classes otherwise")
      }
      spellings[key] = row.label
    }
  }
}

extension Tokenizer {
  /// The tokenizer for the script of some texts: characters where most letters are Chinese, Japanese or
  /// Thai, which are written without spaces.
  static func fitting(_ texts: [String]) -> Tokenizer {
    var (spaced, unspaced) = (0, 0)
    for scalar in texts.prefix(1000).lazy.flatMap(\.unicodeScalars) {
      switch scalar.value {
      case 0x0E00...0x0E7F, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x3FFFF:
        unspaced += 1
      default: if scalar.properties.isAlphabetic { spaced += 1 }
      }
    }
    return unspaced > spaced ? .characters : .words
  }
}
