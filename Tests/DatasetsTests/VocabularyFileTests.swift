// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Foundation
import Language
import Testing

@Suite("Files of vocabularies", .timeLimit(.minutes(15)))
struct VocabularyFileTests {
  @Test(
    "Lines and JSON tell ids",
    arguments: [
      ("words.txt", "sun\nmoon\n"), ("words.txt", "sun\nmoon"), ("words", "sun\r\nmoon\r\n"),
      ("words.txt", "\u{FEFF}sun\nmoon\n"), ("words.txt", "<pad>\n<unk>\nsun\nmoon\n"),
      ("w.txt", "<pad>\r\n<unk>\r\nsun\r\nmoon"),
      ("words.json", #"{"tokenizer":"words","words":["sun","moon"]}"#),
      ("WORDS.JSON", "{\"words\": [\"sun\", \"moon\"],\n \"tokenizer\": \"words\"}\n"),
    ])
  func ids(name: String, content: String) throws {
    let folder = try TemporaryFolder()
    let found = try VocabularyFile.read(folder.write(name, content), tokenizer: .words)
    #expect(found == Vocabulary(tokenizer: .words, words: ["sun", "moon"]))
    #expect(["sun", "MOON", "star"].map(found.number(of:)) == [2, 3, 1])
  }

  @Test("What a run writes is read again, for languages without spaces too")
  func written() throws {
    let folder = try TemporaryFolder()
    for (tokenizer, words) in [(Tokenizer.words, ["3.14", "don't"]), (.characters, ["日", "本"])] {
      let vocabulary = try #require(Vocabulary(tokenizer: tokenizer, words: words))
      let path = try folder.write("vocabulary.json", [UInt8](try JSONEncoder().encode(vocabulary)))
      #expect(try VocabularyFile.read(path, tokenizer: tokenizer) == vocabulary)
    }
  }

  @Test(
    "A list that tells no ids is refused, with the place",
    arguments: [
      ("w.txt", Array("sun\nmoon\nsun\n".utf8), .repeatedWord, ":3"),
      ("w.txt", Array("sun\n\nmoon\n".utf8), .notAWord, ":2"),
      ("w.txt", Array("sun\nnew moon\n".utf8), .notAWord, ":2"),
      ("w.txt", Array("sun\nnew-moon\n".utf8), .notAWord, ":2"),
      ("w.txt", Array("sun\n,\n".utf8), .notAWord, ":2"),
      ("w.txt", Array("Sun\n".utf8), .notAWord, ":1"),
      ("w.txt", Array("<unk>\n<pad>\nsun\n".utf8), .notAWord, ":1"),
      ("w.txt", Array("<pad>\nsun\n".utf8), .notAWord, ":1"),
      ("w.txt", Array("<pad>\n<unk>\n".utf8), .empty, ""),
      ("w.txt", [], .empty, ""), ("w.txt", Array("\n".utf8), .empty, ""),
      ("w.txt", Array("sun\nm\n".utf8) + [0xFF, 0x0A], .badEncoding, ":3"),
      ("w.txt", [0xFF, 0xFE, 0x73, 0x00], .badEncoding, ":1"),
      ("w.json", Array("sun\n".utf8), .corrupt, ""),
      ("w.json", Array(#"{"words":["sun"]}"#.utf8), .corrupt, ""),
      ("w.json", Array(#"{"tokenizer":"words","words":[1]}"#.utf8), .corrupt, ""),
      ("w.json", Array(#"{"tokenizer":"words","words":[]}"#.utf8), .empty, ""),
      (
        "w.json", Array(#"{"tokenizer":"characters","words":["s"]}"#.utf8), .unsupported, ""
      ),
      (
        "w.json", Array(#"{"tokenizer":"words","words":["sun","sun"]}"#.utf8), .repeatedWord,
        ": word 2"
      ),
      (
        "w.json", Array(#"{"tokenizer":"words","words":["sun","a\nb"]}"#.utf8), .notAWord,
        ": word 2"
      ),
    ] as [(String, [UInt8], DatasetError.Code, String)])
  func refused(name: String, bytes: [UInt8], code: DatasetError.Code, place: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(name, bytes)
    let error = try #require(
      failure { _ = try VocabularyFile.read(path, tokenizer: .words) })
    #expect(error.code == code)
    #expect(error.subject == path + place)
    #expect(!(error.detail + error.remedy).contains("\n") && !error.remedy.isEmpty)
  }

  @Test("A file that is missing, or is a folder")
  func missing() throws {
    let folder = try TemporaryFolder()
    for (path, code) in [
      ("\(folder.path)/none.txt", DatasetError.Code.missing), (folder.path, .notAFile),
    ] {
      #expect(failure { _ = try VocabularyFile.read(path, tokenizer: .words) }?.code == code)
    }
  }

  @Test("A model's list lies beside it, its own before one for the whole folder")
  func beside() throws {
    let folder = try TemporaryFolder()
    let model = "\(folder.path)/mine.pt"
    #expect(VocabularyFile.beside(model: model) == nil)
    for name in ["vocabulary.json", "mine.vocabulary.txt", "mine.vocabulary.json"] {
      try folder.write(name, "sun\n")
      #expect(VocabularyFile.beside(model: model) == "\(folder.path)/\(name)")
    }
    try folder.write("other.vocabulary.json", "sun\n")
    #expect(
      VocabularyFile.beside(model: "\(folder.path)/third.pt") == "\(folder.path)/vocabulary.json")
  }
}
