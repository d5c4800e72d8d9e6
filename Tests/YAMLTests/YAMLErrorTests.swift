// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import YAML

@Suite("Refusing YAML", .timeLimit(.minutes(15)))
struct YAMLErrorTests {
  private func failure(
    _ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()
  ) -> YAMLError? {
    do throws(YAMLError) {
      _ = try YAMLNode.parse(bytes, file: "run.yaml", limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "What is wrong is named with its line",
    arguments: [
      ("a: 1\nb: 2\na: 3\n", .duplicateKey, 3),
      ("a: 1\n'a': 2\n", .duplicateKey, 2),
      ("a:\n  b: 1\n  c: 2\n  b: 3\n", .duplicateKey, 4),
      ("a: 1\n? [b]\n: 2\n", .keyNotText, 2),
      ("a: 1\n{b: 1}: 2\n", .keyNotText, 2),
      ("a: &x 1\n", .anchor, 1), ("a: &x [1]\n", .anchor, 1), ("&x a: 1\n", .anchor, 1),
      ("a: 1\nb: *a\n", .anchor, 2), ("a: 1\n<<: {b: 1}\n", .anchor, 2),
      ("a: 1\n*b : 2\n", .anchor, 2),
      ("a: !!int 3\n", .tag, 1), ("a: 1\nb: !run {c: 1}\n", .tag, 2),
      ("a: 1\n---\nb: 2\n", .severalDocuments, 2), ("--- 1\n...\n--- 2\n", .severalDocuments, 3),
      ("a: [1, 2\nb: 3\n", .syntax, 2), ("a: 1\n b: 2\n", .syntax, 2),
      ("a: \"unclosed\n", .syntax, 2), ("a: 1\n\tb: 2\n", .syntax, 2), ("a: @x\n", .syntax, 1),
      ("a: 1\nb: %x\n", .syntax, 2), ("}", .syntax, 1), ("a: 'x' y\n", .syntax, 1),
      ("a: 1\nb: \u{1}\n", .encoding, 2), ("a: \0\n", .encoding, 1),
    ] as [(String, YAMLError.Code, Int)])
  func codes(text: String, code: YAMLError.Code, line: Int) throws {
    let error = try #require(failure(Array(text.utf8)))
    #expect(error.code == code, "\(error)")
    #expect(error.subject == "run.yaml:\(line)", "\(error)")
    #expect(!error.detail.isEmpty && !error.detail.contains("\n"))
    #expect(!error.remedy.isEmpty && !error.remedy.contains("\n"))
  }

  @Test(
    "Bytes that are no UTF-8 are refused",
    arguments: [
      [0xFF, 0xFE, 0x61, 0x00], [0x61, 0x3A, 0x20, 0xC3, 0x28],
      [0x61, 0x3A, 0x20, 0xED, 0xA0, 0x80],
      [0x00], [0x61, 0x3A, 0x20, 0xE2, 0x82],
    ])
  func encoding(bytes: [UInt8]) throws {
    #expect(try #require(failure(bytes)).code == .encoding)
  }

  @Test(
    "Sixteen levels are read and seventeen refused, in either notation",
    arguments: [16: nil, 17: .tooDeep, 100_000: .tooDeep] as [Int: YAMLError.Code?])
  func depth(levels: Int, code: YAMLError.Code?) {
    let flow = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    #expect(failure(Array(flow.utf8))?.code == code)
    let block = String(repeating: "- ", count: levels - 1) + "[]"
    #expect(failure(Array(block.utf8))?.code == code)
    let keys = String(repeating: "{a: ", count: levels) + String(repeating: "}", count: levels)
    #expect(failure(Array(keys.utf8))?.code == code)
  }

  @Test("A file may hold as many values, keys and lists as the limit and not one more")
  func values() {
    var limits = YAMLLimits()
    limits.values = 6
    #expect(failure(Array("a: [1, 2, 3]".utf8), limits: limits) == nil)
    #expect(failure(Array("a: [1, 2, 3, 4]".utf8), limits: limits)?.code == .tooManyValues)
  }

  @Test("A file may be as long as the limit and not a byte longer")
  func length() {
    var limits = YAMLLimits()
    limits.bytes = 8
    #expect(failure(Array("abcdefgh".utf8), limits: limits) == nil)
    #expect(failure(Array("abcdefghi".utf8), limits: limits)?.code == .tooLong)
  }

  @Test("A file of nine aliases that would grow to a billion words is refused at its first anchor")
  func billionLaughs() throws {
    var text = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for (name, previous) in zip("bcdefghi", "abcdefgh") {
      let aliases = Array(repeating: "*\(previous)", count: 9).joined(separator: ", ")
      text += "\(name): &\(name) [\(aliases)]\n"
    }
    let error = try #require(failure(Array(text.utf8)))
    #expect(error.code == .anchor)
    #expect(error.mark == YAMLMark(line: 1, column: 4))
  }

  @Test(
    "A mebibyte of one character ends soon",
    arguments: ["[", "{", "- ", "? ", "a", "\n", "'", "\"", "!", "&", "*", "#", ": ", "|\n", "a: "])
  func floods(unit: String) {
    let text = String(repeating: unit, count: (1 << 20) / unit.utf8.count)
    let clock = ContinuousClock()
    let time = clock.measure { _ = failure(Array(text.utf8)) }
    #expect(time < .seconds(10), "a debug build on a busy machine; quadratic time would be minutes")
  }
}
