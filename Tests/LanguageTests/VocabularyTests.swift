// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Language
import TestSupport
import Testing

@Suite("The vocabulary", .timeLimit(.minutes(15)))
struct VocabularyTests {
  private let texts = ["b a a", "B c, d", "d A e"].map { Tokenizer.words.text(of: $0) }

  @Test("Frequent words come first, equally frequent ones by spelling, rare ones not at all")
  func order() {
    let vocabulary = Vocabulary(of: texts, tokenizer: .words)
    #expect(vocabulary.words == ["a", "b", "d"])
    #expect(vocabulary.size == 5)
    #expect(
      Vocabulary(of: texts, tokenizer: .words, minimumCount: 1).words == ["a", "b", "d", "c", "e"])
    #expect(Vocabulary(of: texts, tokenizer: .words, maximumSize: 4).words == ["a", "b"])
    #expect(Vocabulary(of: [], tokenizer: .words).size == 2)
  }

  @Test("Texts are encoded row by row, cut and filled")
  func encoding() {
    let vocabulary = Vocabulary(of: texts, tokenizer: .words)
    #expect(vocabulary.encode(texts, length: 4) == [3, 2, 2, 0, 3, 1, 4, 0, 4, 2, 1, 0])
    #expect(vocabulary.encode(texts, length: 2) == [3, 2, 3, 1, 4, 2])
    #expect(vocabulary.number(of: "B") == vocabulary.number(of: "b"))
    #expect([0, 1, 2, 4, 5, -1].map(vocabulary.word(of:)) == [nil, nil, "a", "d", nil, nil])
  }

  @Test("JSON gives the same vocabulary back, and a wrong one is refused")
  func coding() throws {
    let vocabulary = Vocabulary(of: texts, tokenizer: .words)
    let json = try JSONEncoder().encode(vocabulary)
    let back = try JSONDecoder().decode(Vocabulary.self, from: json)
    #expect(back == vocabulary)
    #expect(back.digest == vocabulary.digest)
    for wrong in [#"["a","a"]"#, #"["A"]"#] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(
          Vocabulary.self, from: Data(#"{"tokenizer":"words","words":\#(wrong)}"#.utf8))
      }
    }
  }

  @Test("The digest tells order and tokenizer apart")
  func digest() throws {
    let digests = [
      Vocabulary(tokenizer: .words, words: ["a", "b"]),
      Vocabulary(tokenizer: .words, words: ["b", "a"]),
      Vocabulary(tokenizer: .characters, words: ["a", "b"]),
    ].map { $0?.digest }
    #expect(Set(digests).count == 3)
    // sha256sum of "words\na\nb".
    #expect(digests[0]?.count == 64)
  }
}
