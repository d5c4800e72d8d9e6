// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Gate
import Records
import Reporting
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("Written gates", .timeLimit(.minutes(15)))
struct GateFormatTests {
  private static let policy = """
    rules:
    - {id: robust-enough, check: robust_accuracy, at_least: 0.5}
    - {id: cheap, check: robust_accuracy, max_drop: 0.02, against: parent}
    - {id: unclear, check: clean_accuracy, at_least: 0.975}
    - {id: sound, check: flags, severity: warning}
    - {id: small, check: packed_bytes, at_most: 5000}

    """

  static let names = [
    "<script>alert(1)</script>", "]]>", "a&b\"c'd", "two\nlines\r\t", "\u{1B}[31m", "\u{FFFF}",
    "::error::x", "a%0Ab", "a|b `c`", "", "\u{202E}", "𝄞",
  ]

  private func result(_ name: String? = nil) throws -> GateResult {
    var report = lettered(
      "x" * 20 + "r" * 980, "x" * 20 + "b" * 60 + "r" * 920, flags: [.up(.warning)])
    if let name {
      report.evaluations[0].flags[0].message = name
      report.evaluations[0].id = name
      report.created = name
    }
    var result = try judge(report, Self.policy)
    if let name { result.report = name }
    return result
  }

  @Test("The forms are the reviewed ones", .tags(.golden), arguments: GateFormat.allCases)
  func golden(format: GateFormat) throws {
    let endings: [GateFormat: String] = [
      .text: "txt", .markdown: "md", .json: "json", .junit: "xml", .sarif: "sarif",
      .annotations: "annotations.txt",
    ]
    let ending = try #require(endings[format])
    try expectGolden(try format.text(for: try result()), named: "gate.\(ending)")
  }

  @Test("JSON is held to its schema, and each required key is missed")
  func schema() throws {
    let validator = try SchemaValidator(GateSchema.text)
    var result = try result()
    result.baseline = "base.json"
    func json(_ result: GateResult) throws -> JSONValue {
      try CanonicalJSON.value(JSONValue.self, from: try GateFormat.json.text(for: result))
    }
    for result in [try self.result(), result, try self.result("<x>")] {
      #expect(validator.problems(in: try json(result)) == [])
    }
    guard case .object(let members) = try json(result) else {
      Issue.record("no object")
      return
    }
    for key in members.keys where !["baseline", "policy"].contains(key) {
      var fewer = members
      fewer[key] = nil
      #expect(validator.problems(in: .object(fewer)) == [": \(key) is missing"])
    }
    result.rules[0].cases = []
    #expect(validator.problems(in: try json(result)) == ["/rules/0/cases: too few"])
  }

  @Test("JSON comes back equal")
  func json() throws {
    let text = try GateFormat.json.text(for: result())
    #expect(try CanonicalJSON.value(GateResult.self, from: text) == result())
  }

  @Test("JUnit's XML has the structure of its schema, whatever the names", arguments: names + [nil])
  func junit(name: String?) throws {
    let result = try result(name)
    let tree = try XMLTree(GateFormat.junit.text(for: result))
    #expect(JUnitChecker.problems(in: tree.root) == [])
    let suite = try #require(tree.root.children.first)
    #expect(suite.children.map { $0.attributes["name"] } == result.rules.map(\.id))
    #expect(suite.attributes["failures"] == "1" && suite.attributes["errors"] == "2")
    let problems = suite.children.map { $0.children[0].name }
    #expect(problems == ["system-out", "failure", "error", "error", "system-out"])
  }

  @Test("The checker of JUnit's XML finds what is wrong")
  func junitChecker() throws {
    for (part, other) in [
      ("<testsuites ", "<suites "), ("name=\"cheap\" ", ""), ("<failure ", "<fault "),
      ("tests=\"5\"", "tests=\"4\""), ("errors=\"2\"", "errors=\"x\""),
      ("time=\"0\"", "time=\"t\""),
      ("failures=\"1\"", "failures=\"2\""),
    ] {
      let text = try GateFormat.junit.text(for: result())
      let changed = text.replacing(part, with: other)
        .replacing("</testsuites>", with: other == "<suites " ? "</suites>" : "</testsuites>")
        .replacing("</failure>", with: other == "<fault " ? "</fault>" : "</failure>")
      #expect(changed != text)
      #expect(try !JUnitChecker.problems(in: XMLTree(changed).root).isEmpty, "\(part)")
    }
  }

  @Test("SARIF has the structure that version 2.1.0 demands", arguments: names + [nil])
  func sarif(name: String?) throws {
    let result = try result(name)
    let log = try CanonicalJSON.value(
      JSONValue.self, from: try GateFormat.sarif.text(for: result))
    #expect(try SchemaValidator(SARIFSchema.text).problems(in: log) == [])
    let text = log.description
    #expect(text.contains("ruleId=cheap") && text.contains("kind=open"))
    guard case .object(let members) = log, case .array(let runs)? = members["runs"],
      case .object(let run) = runs[0], case .array(let results)? = run["results"]
    else { throw Unexpected() }
    let open = result.rules.flatMap(\.cases).filter { $0.verdict != .pass }
    #expect(results.count == open.count)
    for case .object(let finding) in results {
      guard case .string(let kind)? = finding["kind"], case .string(let level)? = finding["level"]
      else { throw Unexpected() }
      #expect((kind == "fail") == (level != "none"), "section 3.27.10")
    }
  }

  private struct Unexpected: Error {}

  @Test("A path becomes a URI reference")
  func uri() throws {
    var result = try result()
    for (path, uri) in [
      ("reports/a b/report.json", "reports/a%20b/report.json"),
      ("/srv/ä.json", "file:///srv/%C3%A4.json"), ("a#b?c%d:e", "a%23b%3Fc%25d%3Ae"),
    ] {
      result.report = path
      #expect(try GateFormat.sarif.text(for: result).contains("\"uri\" : \"\(uri)\""))
    }
  }

  @Test("Annotations are one line each and take no orders", arguments: names)
  func annotations(name: String) throws {
    let text = try GateFormat.annotations.text(for: result(name))
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix("::error title=") || $0.hasPrefix("::warning title=") })
    #expect(!text.contains("\r"))
  }

  @Test("The terminal obeys no name, and Markdown keeps its shape", arguments: names)
  func harmless(name: String) throws {
    let text = try GateFormat.text.text(for: result(name))
    #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    #expect(!text.unicodeScalars.contains("\u{202E}"))
    let written = try GateFormat.markdown.text(for: result(name))
    let plain = try GateFormat.markdown.text(for: result("plain"))
    #expect(written.count { $0.isNewline } == plain.count { $0.isNewline })
    // In the type of code a tag is only a text.
    #expect(!written.replacing(/`[^`]*`/, with: "").contains("<script"))
  }
}
