// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Testing

@Suite("JSON values", .timeLimit(.minutes(15)))
struct JSONValueTests {
  private static let texts = [
    "null", "true", "1", "-3", "0.5", "\"a/b\"", "[1, [true, null]]", "{\"a\": {\"b\": []}}",
  ]
  private static let values: [JSONValue] = [
    nil, true, 1, -3, 0.5, "a/b", [1, [true, nil]], ["a": ["b": []]],
  ]

  @Test(
    "Reads what JSON says",
    arguments: zip(texts, values))
  func reads(text: String, value: JSONValue) throws {
    #expect(try CanonicalJSON.value(JSONValue.self, from: text) == value)
  }

  @Test("Writes sorted keys, bare slashes and a last newline")
  func canonical() throws {
    let value: JSONValue = ["b": "8/255", "a": [1, 0.25], "B": nil]
    #expect(try CanonicalJSON.line(value) == #"{"B":null,"a":[1,0.25],"b":"8/255"}"#)
    #expect(try CanonicalJSON.text(value).hasSuffix("}\n"))
  }

  @Test("Comes back equal", arguments: ["\u{0}", "\"\\", "€ 𝄞 \r\n\t", "</script>", ""])
  func roundTrip(text: String) throws {
    let value: JSONValue = [text: .string(text), "big": .int(.max), "small": .double(5e-300)]
    #expect(try CanonicalJSON.value(JSONValue.self, from: CanonicalJSON.text(value)) == value)
  }

  @Test("A number that is not finite is refused", arguments: [Double.nan, .infinity])
  func refusesNonFinite(value: Double) {
    #expect(throws: EncodingError.self) { try CanonicalJSON.text(JSONValue.double(value)) }
  }

  @Test("Prints parameters on one line")
  func description() {
    let value: JSONValue = ["steps": 20, "loss": "ce", "sizes": [0.5, 1]]
    #expect(value.description == "{loss=ce, sizes=[0.5, 1], steps=20}")
  }
}
