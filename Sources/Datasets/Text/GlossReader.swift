// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing
import Language

/// Reads the definitions of WordNet's nouns, each labelled by the file of the lexicographers that it
/// comes from.
///
/// A tenth, chosen by a digest of the synonym set's offset, is judged by; both parts come in the order of
/// the digests, so that the first N are a fair sample. Example sentences in quotes are cut off.
enum GlossReader {
  /// The files of nouns in their order; the first is number 3.
  ///
  /// > Source: WordNet 3.0 manual, `lexnames(5WN)`.
  static let classes = [
    "Tops", "act", "animal", "artifact", "attribute", "body", "cognition", "communication", "event",
    "feeling", "food", "group", "location", "motive", "object", "person", "phenomenon", "plant",
    "possession", "process", "quantity", "relation", "shape", "state", "substance", "time",
  ]
  private static let firstFile = 3

  static func read(_ file: String, _ source: inout FileSource) throws(DatasetError) -> RawTexts {
    let bytes = try source.read(file)
    let path = source.path(of: file)
    var keyed: [(digest: String, row: RawTexts.Row)] = []
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      // The licence at the head is indented.
      guard let first = line.first, first != UInt8(ascii: " ") else { continue }
      guard let (offset, row) = row(line, "\(path):\(number)") else {
        throw DatasetError(
          .corrupt, "\(path):\(number)", "no synonym set of nouns with a definition",
          remedy: "apt-get install --reinstall wordnet-base")
      }
      keyed.append((SHA256.hex(of: offset), row))
    }
    keyed.sort { $0.digest < $1.digest }
    let isJudged = keyed.map { HashSplit.isJudged($0.digest) }
    return RawTexts(
      train: zip(keyed, isJudged).filter { !$1 }.map(\.0.row),
      test: zip(keyed, isJudged).filter(\.1).map(\.0.row), classes: classes, subject: path)
  }

  /// The offset and the labelled definition of a line.
  private static func row(
    _ line: ArraySlice<UInt8>, _ place: String
  ) -> (offset: String, row: RawTexts.Row)? {
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
    guard fields.count == 4, let bar = line.firstIndex(of: UInt8(ascii: "|")),
      let file = Int(String(decoding: fields[1], as: UTF8.self)),
      classes.indices.contains(file - firstFile)
    else { return nil }
    let gloss = String(decoding: line[(bar + 1)...], as: UTF8.self)
    let row = RawTexts.Row(
      text: Synset.definition(of: gloss), label: classes[file - firstFile], place: place)
    return (String(decoding: fields[0], as: UTF8.self), row)
  }
}

/// A fixed way to put a tenth of some examples aside.
enum HashSplit {
  /// Whether an example with a digest of 64 hexadecimal digits is judged by.
  static func isJudged(_ digest: String) -> Bool {
    (Int(digest.prefix(8), radix: 16) ?? 0).isMultiple(of: 10)
  }
}
