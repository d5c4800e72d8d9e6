// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// The lexical database WordNet, looked up in its own files.
///
/// > Source: Miller. "WordNet: a lexical database for English." Communications of the ACM 38 (1995)
/// > 39-41; file forms after the WordNet 3.0 manual, `wndb(5WN)`, `senseidx(5WN)` and `cntlist(5WN)`.
public struct WordNet: Sendable {
  /// Where the Debian package wordnet-base puts the files.
  public static let installedFolder = "/usr/share/wordnet"

  private let indices: [PartOfSpeech: SortedLines]
  private let data: [PartOfSpeech: SortedLines]
  private let counts: SortedLines
  /// Bases by inflected word, and inflected words by base, both from the exception lists.
  private let exceptions: [PartOfSpeech: [String: [String]]]
  private let irregular: [PartOfSpeech: [String: [String]]]

  /// Opens the files of a folder.
  ///
  /// - Throws: ``LanguageError``; its subject is the file that cannot be read.
  public init(folder: String = WordNet.installedFolder) throws(LanguageError) {
    var indices: [PartOfSpeech: SortedLines] = [:]
    var data: [PartOfSpeech: SortedLines] = [:]
    var exceptions: [PartOfSpeech: [String: [String]]] = [:]
    var irregular: [PartOfSpeech: [String: [String]]] = [:]
    for part in PartOfSpeech.allCases {
      indices[part] = SortedLines(bytes: try Self.bytes("\(folder)/index.\(part.rawValue)"))
      data[part] = SortedLines(bytes: try Self.bytes("\(folder)/data.\(part.rawValue)"))
      let list = try Self.bytes("\(folder)/\(part.rawValue).exc")
      for line in list.split(separator: UInt8(ascii: "\n")) {
        let words = line.split(separator: UInt8(ascii: " ")).map(Self.spelling)
        guard let inflected = words.first else { continue }
        let bases = Array(words.dropFirst())
        exceptions[part, default: [:]][inflected, default: []] += bases
        for base in bases { irregular[part, default: [:]][base, default: []].append(inflected) }
      }
    }
    self.indices = indices
    self.data = data
    self.exceptions = exceptions
    self.irregular = irregular
    counts = SortedLines(bytes: try Self.bytes("\(folder)/cntlist.rev"))
  }

  /// Whether a base form is listed.
  public func contains(_ lemma: String, _ part: PartOfSpeech) -> Bool {
    entry(of: lemma, part) != nil
  }

  /// The meanings of a base form, the most frequent first.
  ///
  /// - Parameters:
  ///   - lemma: In small letters; a space or underscore between words.
  ///   - part: Its part of speech.
  /// - Returns: None where the form is not listed.
  public func synsets(of lemma: String, _ part: PartOfSpeech) -> [Synset] {
    guard let fields = entry(of: lemma, part)?.split(separator: " "), fields.count > 2,
      let count = Int(fields[2]), let data = data[part]
    else { return [] }
    return fields.suffix(count).compactMap { field in
      guard let offset = Int(field), data.bytes.indices.contains(offset) else { return nil }
      return Synset(line: data.line(at: offset))
    }
  }

  /// How often a base form was met in tagged texts, over all its meanings.
  public func tagCount(of lemma: String, _ part: PartOfSpeech) -> Int {
    let key = Self.underscored(lemma)
    return part.senseDigits.reduce(0) { sum, digit in
      let lines = counts.lines(beginning: "\(key)%\(Unicode.Scalar(digit)):")
      return sum + lines.reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) }
    }
  }

  /// The base forms that the exception list gives for an inflected word.
  func exceptionBases(of word: String, _ part: PartOfSpeech) -> [String] {
    exceptions[part]?[word] ?? []
  }

  /// The inflected words that the exception list gives for a base form.
  func irregularForms(of lemma: String, _ part: PartOfSpeech) -> [String] {
    irregular[part]?[lemma] ?? []
  }

  private func entry(of lemma: String, _ part: PartOfSpeech) -> Substring? {
    // An empty or blank word would find the licence at the head of the file.
    guard let first = lemma.utf8.first, first > UInt8(ascii: " ") else { return nil }
    return indices[part]?.line(beginning: Self.underscored(lemma) + " ")
  }

  private static func underscored(_ lemma: String) -> String {
    String(lemma.map { $0 == " " ? "_" : $0 })
  }

  private static func spelling(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
  }

  private static func bytes(_ path: String) throws(LanguageError) -> [UInt8] {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw LanguageError(.missing, path, "WordNet's file cannot be read")
    }
    guard !data.isEmpty else {
      throw LanguageError(.corrupt, path, "WordNet's file has no bytes")
    }
    return Array(data)
  }
}
