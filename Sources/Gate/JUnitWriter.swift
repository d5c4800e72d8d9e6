// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A gate's result as JUnit's XML: a test case for each rule.
///
/// What failed is a failure; what is inconclusive or refused is an error, since nothing was shown.
///
/// > Source: the schema `junit-10.xsd` of Jenkins' xUnit plugin.
struct JUnitWriter {
  private let result: GateResult

  init(_ result: GateResult) { self.result = result }

  var text: String {
    let counts =
      "tests=\"\(result.rules.count)\" failures=\"\(result.count(.fail))\" "
      + "errors=\"\(result.count(.refused) + result.count(.inconclusive))\""
    let moment = result.created.hasSuffix("Z") ? String(result.created.dropLast()) : result.created
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="robust-eval gate" \(counts) time="0">
        <testsuite name="\(XML.escaped(result.report))" \(counts) skipped="0" time="0" \
      timestamp="\(XML.escaped(moment))">
      \(result.rules.map(testCase).joined())  </testsuite>
      </testsuites>

      """
  }

  private func testCase(_ rule: GateResult.RuleResult) -> String {
    let open = rule.cases.filter { $0.verdict != .pass }
    let lines = rule.cases.map { "\($0.verdict.rawValue): \($0.subject): \($0.evidence)" }
    let element: String? =
      switch rule.verdict {
      case .pass: nil
      case .fail: "failure"
      case .inconclusive, .refused: "error"
      }
    let problem =
      element.map { name in
        "      <\(name) type=\"\(rule.verdict.rawValue)\" message=\""
          + XML.escaped("\(rule.statement): \(open.count) of \(rule.cases.count) cases")
          + "\">"
          + XML.escaped(
            open.map { "\($0.subject): \($0.evidence)" }.joined(separator: "\n"))
          + "</\(name)>\n"
      } ?? ""
    return """
          <testcase classname="robust-eval.gate" name="\(XML.escaped(rule.id))" time="0">
      \(problem)      <system-out>\(XML.escaped(lines.joined(separator: "\n")))</system-out>
          </testcase>

      """
  }
}

/// Text inside XML 1.0.
enum XML {
  /// Makes text stand for itself; what XML cannot hold becomes a replacement character.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}"..."\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
