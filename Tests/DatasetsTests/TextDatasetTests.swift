// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Language
import Records
import TestSupport
import Testing

@testable import Datasets

@Suite("Tables of texts", .timeLimit(.minutes(15)))
struct TextTableTests {
  private func load(
    _ files: [String: [UInt8]], path: String? = nil
  ) throws -> TextDataset {
    let folder = try TemporaryFolder()
    for (name, bytes) in files {
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    let data = try DatasetCatalog().open(path.map { "\(folder.path)/\($0)" } ?? folder.path)
    guard case .texts(let texts) = data else {
      preconditionFailure("images were read from a table")
    }
    return texts
  }

  private func load(_ files: [String: String]) throws -> TextDataset {
    try load(files.mapValues { Array($0.utf8) })
  }

  private func problem(_ bytes: [UInt8], _ name: String = "train.csv") -> DatasetError? {
    let test = "text,label\ngood,a\n"
    do {
      _ = try load([name: bytes, "test.csv": Array(test.utf8)])
      return nil
    } catch {
      return error as? DatasetError
    }
  }

  @Test(
    "Quotes hold separators, line ends and quotes; lines end in CRLF, and a mark opens the file")
  func quoting() throws {
    let train =
      "\u{FEFF}id,label,text\r\n1,b,\"one, two\"\r\n2,a,\"line\nend and \"\"quotes\"\"\"\r\n"
    let data = try load(["train.csv": train, "test.csv": "text,label\nx,a\n\ny,b"])
    #expect(data.train.texts.map(\.joined) == ["one, two", "line\nend and \"quotes\""])
    #expect(data.classes == ["a", "b"])
    #expect(data.train.labels == [1, 0])
    #expect(data.test.texts.map(\.joined) == ["x", "y"])
    #expect(data.tokenizer == .words)
    #expect(data.test.counts(classes: 2) == [1, 1])
  }

  @Test("Tabs separate, and quotes are letters there; JSON Lines name their members")
  func others() throws {
    let data = try load([
      "train.tsv": "text\tlabel\na \"b\" c\t10\nd\t9\n",
      "test.jsonl": "{\"label\": 9, \"text\": \"e\"}\r\n\n{\"text\":\"f\\n\",\"label\":\"10\"}\n",
    ])
    #expect(data.train.texts[0].joined == "a \"b\" c")
    #expect(data.classes == ["9", "10"])
    #expect(data.test.labels == [0, 1])
  }

  @Test("Chinese texts are taken apart by characters")
  func chinese() throws {
    let data = try load(["train.csv": "text,label\n很好,正\n不好,反\n", "test.csv": "text,label\n好,正\n"])
    #expect(data.tokenizer == .characters)
    #expect(data.train.texts[0].words == ["很", "好"])
  }

  @Test("A file alone is split by its texts, always in the same way")
  func split() throws {
    let rows = (0..<200).map { "text \($0 / 2),\($0 % 4 / 2)" }
    let bytes = Array(("text,label\n" + rows.joined(separator: "\n")).utf8)
    let data = try load(["all.csv": bytes], path: "all.csv")
    #expect(data.name == "all")
    #expect(data.train.count + data.test.count == 200)
    #expect((2...40).contains(data.test.count))
    // Equal texts lie on one side.
    #expect(Set(data.train.texts).isDisjoint(with: Set(data.test.texts)))
    #expect(try load(["all.csv": bytes], path: "all.csv").test == data.test)
  }

  @Test("A manifest names columns, files and tokenizer")
  func manifest() throws {
    let manifest = #"""
      {"schema": 1, "name": "mine", "title": "t", "source": "s", "licence": "l", "format": "table",
       "files": [{"role": "train", "path": "a.csv"}, {"role": "test", "path": "b.csv"}],
       "columns": {"text": "body", "label": "kind"}, "tokenizer": "characters"}
      """#
    let data = try load([
      "manifest.json": manifest, "a.csv": "body,kind\nab,x\nc,y\n", "b.csv": "kind,body\nx,d\n",
    ])
    #expect(data.name == "mine")
    #expect(data.train.texts[0].words == ["a", "b"])
  }

  @Test("Images are not read where texts are, nor the reverse")
  func kinds() throws {
    let folder = try TemporaryFolder()
    for part in ["train", "test"] {
      try Data("text,label\na,x\nb,y\n".utf8)
        .write(to: URL(fileURLWithPath: "\(folder.path)/\(part).csv"))
    }
    #expect { try DatasetCatalog().load(folder.path) } throws: {
      ($0 as? DatasetError)?.code == .notImages
    }
  }

  @Test("What is wrong is said in one line with its place")
  func problems() throws {
    func text(_ string: String) -> [UInt8] { Array(string.utf8) }
    let cases: [(bytes: [UInt8], code: DatasetError.Code, place: String)] = [
      (text("text,label\na,x\n") + [0x62, 0xE9, 0x2C, 0x79, 0x0A], .badEncoding, "train.csv:3"),
      ([0xFF, 0xFE, 0x61, 0], .badEncoding, "train.csv:1"),
      (text("body,label\na,x\n"), .missingColumn, "train.csv"),
      (text("text,kind\na,x\n"), .missingColumn, "train.csv"),
      (text("text,label\na,a\n...,a\n"), .emptyText, "train.csv:3"),
      (text("text,label\na,a\nb, \n"), .emptyLabel, "train.csv:3"),
      (text("text,label\na,a\nb,B\nc,b\n"), .ambiguousLabel, "train.csv:4"),
      (text("text,label\na,a\nb,a \n"), .ambiguousLabel, "train.csv:3"),
      (text("text,label\na,a\n"), .oneClass, "train.csv"),
      (text("text,label\na,a\nb\n"), .corrupt, "train.csv:3"),
      (text("text,label\na,a\n\"b,c\n"), .corrupt, "train.csv:3"),
      (text("text,label\n\"a\"b,c\n"), .corrupt, "train.csv:2"),
      (text("text,label\n"), .empty, "train.csv"),
      (text("text,label\na,b\nc,d\n"), .labelOutOfRange, "test.csv:2"),
      (
        text("text,label\na,a\n") + Array(repeating: UInt8(ascii: "x"), count: 1_100_000),
        .headerTooLarge, "train.csv:3"
      ),
    ]
    for (bytes, code, place) in cases {
      let error = problem(bytes)
      #expect(error?.code == code, "\(place): \(String(describing: error))")
      #expect(error?.subject.hasSuffix(place) ?? false, "\(String(describing: error))")
      #expect(error.map { !$0.detail.contains("\n") && $0.detail.count < 200 } ?? false)
    }
    #expect(problem(text("[1]\n"), "train.jsonl")?.code == .corrupt)
    #expect(problem(text("{\"text\":1,\"label\":2}\n"), "train.jsonl")?.code == .corrupt)
    #expect(problem(text("{\"text\":\"a\"}\n"), "train.jsonl")?.code == .missingColumn)
  }
}

@Suite("The glosses of WordNet", .timeLimit(.minutes(15)))
struct WordNetGlossesTests {
  private let lines = """
      1 This software and database
    00001740 03 n 01 entity 0 003 ~ 00001930 n 0000 | what is perceived; (living or not)
    00002137 18 n 02 dog 0 hound 1 001 @ 00001740 n 0000 | a good animal; "the dog barked"; "run"
    00003553 28 n 01 hour 0 000 | a part of a "day"; sixty minutes

    """

  @Test("Definitions are labelled by their file, and examples cut off")
  func reads() throws {
    let folder = try TemporaryFolder()
    try Data(lines.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/data.noun"))
    var source = FileSource(folder: folder.path)
    let raw = try GlossReader.read("data.noun", &source)
    let rows = (raw.train + raw.test).sorted { $0.place < $1.place }
    #expect(
      rows.map(\.text) == [
        "what is perceived; (living or not)", "a good animal",
        "a part of a \"day\"; sixty minutes",
      ])
    #expect(rows.map(\.label) == ["Tops", "person", "time"])
    #expect(rows[0].place.hasSuffix("data.noun:2"))
    #expect(raw.classes?.count == 26)
  }

  @Test("Another line is an error with its number")
  func corrupt() throws {
    let folder = try TemporaryFolder()
    for line in ["00001740 99 n 01 a 0 000 | b", "00001740 03 n 01 a 0 000", "x"] {
      try Data((lines + line + "\n").utf8)
        .write(to: URL(fileURLWithPath: "\(folder.path)/data.noun"))
      var source = FileSource(folder: folder.path)
      #expect { try GlossReader.read("data.noun", &source) } throws: { error in
        (error as? DatasetError)?.subject.hasSuffix("data.noun:5") ?? false
      }
    }
  }

  @Test("Every synonym set is on one side, about a tenth of them to judge by")
  func split() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<600).map { "\(10_000_000 + 37 * $0) 05 n 01 a 0 000 | text \($0)\n" }
    try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: "\(folder.path)/data.noun"))
    var source = FileSource(folder: folder.path)
    let raw = try GlossReader.read("data.noun", &source)
    #expect(raw.train.count + raw.test.count == 600)
    #expect((40...85).contains(raw.test.count))
    #expect(Set((raw.train + raw.test).map(\.place)).count == 600)
    // The order is that of digests, not of the file.
    #expect(raw.train.map(\.place) != raw.train.map(\.place).sorted())
  }
}
