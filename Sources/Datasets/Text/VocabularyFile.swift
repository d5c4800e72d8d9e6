// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
public import Language

/// Reads the list of the words that a model of texts knows.
///
/// A name that ends in `.json` is read as what a run writes beside its models. Any other file is a text in
/// UTF-8 with one word a line, in the order of their ids. Where its first two lines are `<pad>` and `<unk>`,
/// they have the ids 0 and 1, and the word behind n lines has the id n; without them the first word has the
/// id 2, and 0 and 1 stand for padding and unknown words all the same.
public enum VocabularyFile {
  /// The first two lines of a list that names its special ids.
  static let specials = ["<pad>", "<unk>"]
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Where a model's words are looked for: `NAME.vocabulary.json`, `NAME.vocabulary.txt` and
  /// `vocabulary.json` in its folder.
  ///
  /// - Returns: The first of the three that is there; nil where none is.
  public static func beside(model: String) -> String? {
    let slash = model.lastIndex(of: "/").map(model.index(after:)) ?? model.startIndex
    let folder = model[..<slash]
    let file = model[slash...]
    let name = file.hasSuffix(".pt") ? file.dropLast(3) : file
    return ["\(name).vocabulary.json", "\(name).vocabulary.txt", "vocabulary.json"]
      .map { "\(folder)\($0)" }.first { FileBytes.kind(of: $0) != nil }
  }

  /// Reads a list.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - tokenizer: How the texts of the run are taken apart.
  /// - Returns: At least one word.
  /// - Throws: ``DatasetError`` that names the file, and the line or place of the first word at fault.
  public static func read(_ path: String, tokenizer: Tokenizer) throws(DatasetError) -> Vocabulary {
    let text = try UTF8Text.checked(try FileBytes.read(path), path)
    let isJSON = path.lowercased().hasSuffix(".json")
    let entries = isJSON ? try object(text, tokenizer, path) : lines(text, path)
    guard !entries.isEmpty else { throw DatasetError(.empty, path, "the list has no words") }
    return try vocabulary(entries, tokenizer)
  }

  /// A word and where it stands.
  private struct Entry {
    let word: String
    let place: String
  }

  /// What a run writes, before it is checked.
  private struct Written: Decodable {
    let tokenizer: String
    let words: [String]
  }

  private static func object(
    _ text: ArraySlice<UInt8>, _ tokenizer: Tokenizer, _ path: String
  ) throws(DatasetError) -> [Entry] {
    guard let written = try? JSONDecoder().decode(Written.self, from: Data(text)) else {
      throw DatasetError(
        .corrupt, path, "no JSON object with a 'tokenizer' and a list of 'words'",
        remedy: "take the file that a run wrote, or write one word a line into a .txt file")
    }
    guard written.tokenizer == tokenizer.rawValue else {
      throw DatasetError(
        .unsupported, path,
        "its tokenizer is '\(written.tokenizer.prefix(40))', that of the data '\(tokenizer.rawValue)'",
        remedy: "take the data that the model was trained on, or state 'tokenizer' in its manifest")
    }
    return written.words.enumerated().map { index, word in
      Entry(word: word, place: "\(path): word \(index + 1)")
    }
  }

  private static func lines(_ text: ArraySlice<UInt8>, _ path: String) -> [Entry] {
    let whole = text.last == newline ? text.dropLast() : text
    guard !whole.isEmpty else { return [] }
    let words = whole.split(separator: newline, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == carriageReturn ? line.dropLast() : line, as: UTF8.self)
    }
    let named = words.starts(with: specials) ? specials.count : 0
    return words.enumerated().dropFirst(named).map { index, word in
      Entry(word: word, place: "\(path):\(index + 1)")
    }
  }

  private static func vocabulary(
    _ entries: [Entry], _ tokenizer: Tokenizer
  ) throws(DatasetError) -> Vocabulary {
    var places: [String: String] = [:]
    for entry in entries {
      let word = entry.word
      let shown = "'\(word.prefix(40).filter { !$0.isNewline })'"
      if let first = places[word] {
        throw DatasetError(
          .repeatedWord, entry.place, "\(shown) stands at \(first) already",
          remedy: "leave each word once; the order of the rest tells their ids")
      }
      places[word] = entry.place
      guard tokenizer.isOneWord(word) else {
        throw DatasetError(
          .notAWord, entry.place,
          "\(shown) is not one word of a text that is taken apart into \(tokenizer.rawValue)",
          remedy:
            "list words alone, with \(specials.joined(separator: " and ")) in the first two lines of"
            + " a text or not at all")
      }
      guard tokenizer.key(of: word) == word else {
        throw DatasetError(
          .notAWord, entry.place, "\(shown) has capitals, and words are looked up in small letters",
          remedy: "train the model on texts in small letters")
      }
    }
    guard let vocabulary = Vocabulary(tokenizer: tokenizer, words: entries.map(\.word)) else {
      preconditionFailure("every word was checked")
    }
    return vocabulary
  }
}
