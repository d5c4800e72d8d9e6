// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gate's result as SARIF 2.1.0: a result for each case that did not pass.
///
/// A failure is of kind `fail`, a refusal of kind `review`, and what is inconclusive of kind `open`.
/// The rules' ids are those of the policy; a fingerprint of rule and case keeps an alert the same from
/// one run to the next.
///
/// > Source: OASIS. "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", 2020, sections
/// > 3.27.9 (kind), 3.27.10 (level) and 3.27.17 (partialFingerprints).
struct SARIFWriter {
  private let result: GateResult

  init(_ result: GateResult) { self.result = result }

  func text() throws -> String {
    let open = result.rules.enumerated().flatMap { index, rule in
      rule.cases.filter { $0.verdict != .pass }.map { finding($0, of: rule, at: index) }
    }
    let log: JSONValue = [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        [
          "tool": ["driver": ["name": "robust-eval", "rules": .array(result.rules.map(rule))]],
          "results": .array(open), "columnKind": "unicodeCodePoints",
          "properties": ["verdict": .string(result.verdict.rawValue)],
        ]
      ],
    ]
    return try CanonicalJSON.text(log)
  }

  private func rule(_ rule: GateResult.RuleResult) -> JSONValue {
    [
      "id": .string(rule.id), "shortDescription": ["text": .string(rule.statement)],
      "defaultConfiguration": ["level": "error"],
      "properties": ["verdict": .string(rule.verdict.rawValue)],
    ]
  }

  private func finding(
    _ item: GateResult.Case, of rule: GateResult.RuleResult, at index: Int
  ) -> JSONValue {
    let kind =
      switch item.verdict {
      case .fail: "fail"
      case .refused: "review"
      case .inconclusive, .pass: "open"
      }
    return [
      "ruleId": .string(rule.id), "ruleIndex": .int(index), "kind": .string(kind),
      "level": .string(item.verdict == .fail ? "error" : "none"),
      "message": [
        "text": .string("\(item.verdict.rawValue): \(item.subject): \(item.evidence)")
      ],
      "locations": [
        [
          "physicalLocation": [
            "artifactLocation": ["uri": .string(SARIFWriter.reference(result.report))],
            "region": ["startLine": 1],
          ],
          "logicalLocations": [["name": .string(item.subject)]],
        ]
      ],
      "partialFingerprints": ["case/v1": .string("\(rule.id)|\(item.subject)")],
    ]
  }

  /// A path as a URI reference; all but the plainest bytes are percent-encoded.
  static func reference(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF")
    var text = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return text
  }
}
