// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@Suite("Verdicts in a report", .timeLimit(.minutes(15)))
struct VerdictRecordTests {
  /// Written by hand: examples 3, 4, 5 and 9; numpy.packbits([1, 0, 1, 1]) is 0xB0.
  private let text = """
    {"examples": [[3, 5], [9, 9]], "clean": "sA==", "robust": "gA==", "certified": "AA=="}
    """

  @Test("Bits and ranges have the form that other programs read")
  func layout() throws {
    let record = VerdictRecord(
      examples: [3, 4, 5, 9], clean: [true, false, true, true],
      robust: [true, false, false, false], certified: [false, false, false, false])
    #expect(try CanonicalJSON.value(VerdictRecord.self, from: text) == record)
    let written = try CanonicalJSON.value(JSONValue.self, from: CanonicalJSON.text(record))
    #expect(try written == CanonicalJSON.value(JSONValue.self, from: text))
    #expect(record.examples.indices == [3, 4, 5, 9])
    #expect(record.clean.ones == 3 && record.clean[2] && !record.clean[1])
    #expect(record.clean.values(count: 4) == [true, false, true, true])
  }

  @Test("Any number of verdicts comes back", arguments: [0, 1, 7, 8, 9, 1000])
  func roundTrip(count: Int) throws {
    let clean = (0..<count).map { $0 % 3 != 0 }
    let record = VerdictRecord(
      examples: (0..<count).map { $0 * 2 }, clean: clean, robust: clean.map { !$0 })
    let read = try CanonicalJSON.value(VerdictRecord.self, from: CanonicalJSON.text(record))
    #expect(read == record)
    #expect(read.clean.values(count: count) == clean)
    #expect(read.robust.ones == clean.count { !$0 })
  }

  @Test("Ten thousand verdicts take less than four kilobytes")
  func size() throws {
    let bits = (0..<10_000).map { $0 % 2 == 0 }
    let record = VerdictRecord(examples: Array(0..<10_000), clean: bits, robust: bits)
    #expect(try CanonicalJSON.line(record).utf8.count < 4_000)
  }

  @Test(
    "Damaged verdicts are refused",
    arguments: [
      (#""sA==""#, #""sA""#), (#""sA==""#, #""s!==""#), (#""sA==""#, #""sAA=""#),
      (#""sA==""#, #""""#), (#""sA==""#, #""uA==""#), ("[3, 5], [9, 9]", "[9, 9], [3, 5]"),
      ("[3, 5]", "[5, 3]"), ("[3, 5]", "[3, 4, 5]"), ("[3, 5]", "[-1, 5]"), ("[3, 5]", "[3, 8]"),
      ("[9, 9]", "[9, 9000000000000000000]"), ("[9, 9]", "[9, 2147483647]"), ("[9, 9]", "[9]"),
    ])
  func damaged(part: String, other: String) {
    let changed = text.replacing(part, with: other)
    #expect(changed != text)
    #expect(throws: DecodingError.self) {
      try CanonicalJSON.value(VerdictRecord.self, from: changed)
    }
  }

  @Test("Classes take as many bytes as they need", arguments: [2, 256, 257, 70_000])
  func labels(classes: Int) throws {
    let record = LabelRecord(examples: [0, 1, 5], labels: [classes - 1, 0, 1])
    let text = try CanonicalJSON.line(record)
    let width = classes <= 256 ? 1 : classes <= 65_536 ? 2 : 4
    #expect(text.contains("\"width\":\(width)"))
    #expect(try CanonicalJSON.value(LabelRecord.self, from: text) == record)
  }

  @Test("Classes are written low byte first, and no more or fewer than examples are read")
  func labelLayout() throws {
    let text = #"{"classes":"AQAAAQ==","examples":[[7,8]],"width":2}"#
    #expect(
      try CanonicalJSON.value(LabelRecord.self, from: text)
        == LabelRecord(examples: [7, 8], labels: [1, 256]))
    #expect(try CanonicalJSON.line(LabelRecord(examples: [7, 8], labels: [1, 256])) == text)
    for (part, other) in [("[[7,8]]", "[[7,9]]"), ("\"width\":2", "\"width\":3")] {
      #expect(throws: DecodingError.self) {
        try CanonicalJSON.value(LabelRecord.self, from: text.replacing(part, with: other))
      }
    }
  }
}
