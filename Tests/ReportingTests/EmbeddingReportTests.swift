// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import TestSupport
import Testing

@testable import Reporting

@Suite("The diagnostic on vectors in reports", .timeLimit(.minutes(15)))
struct EmbeddingReportTests {
  private func report() throws -> Report {
    var report = Report.fixture
    report.embeddings = [
      EmbeddingRecord(
        variant: report.variants[0].id, meanLength: 2.5, steps: 20, gradients: 1234, examples: 40,
        cleanAccuracy: Estimate(value: 0.9, low: 0.75, high: 0.97),
        points: [
          EmbeddingRecord.Point(
            share: try #require(Epsilon("1/10")), radius: 0.25,
            accuracy: Estimate(value: 0.5, low: 0.34, high: 0.66))
        ])
    ]
    return report
  }

  @Test("Every form for people says that it is not a text attack, with interval and n")
  func forms() throws {
    let report = try report()
    let forms = [
      MarkdownWriter().files(for: report)[0].text,
      HTMLWriter(picture: { _ in nil }).files(for: report)[0].text,
    ]
    for text in forms {
      #expect(text.contains("Vectors of words moved: not a text attack"))
      #expect(text.contains("nothing here counts towards robust accuracy"))
      #expect(text.contains("0.500 [0.340, 0.660] (n = 40)"))
      #expect(text.contains("1/10") && text.contains("0.2500") && text.contains("1234"))
    }
    #expect(forms[1].contains("embeddings/0/points/0"))
    for text in [
      MarkdownWriter().files(for: .fixture)[0].text,
      HTMLWriter(picture: { _ in nil }).files(for: .fixture)[0].text,
    ] {
      #expect(!text.contains("not a text attack"))
    }
  }

  @Test("The record says so too, and the schema lets it say nothing else")
  func schema() throws {
    let validator = try SchemaValidator(ReportSchema.file.text)
    let text = try JSONReportWriter().files(for: report())[0].text
    #expect(text.contains("\"text_attack\" : false") || text.contains("\"text_attack\": false"))
    let json = try CanonicalJSON.value(JSONValue.self, from: text)
    #expect(validator.problems(in: json) == [])
    for (old, new) in [("false", "true"), ("1234", "-1"), ("\"1/10\"", "0.1"), ("2.5", "-2.5")] {
      guard case .object(var members) = json, let part = members["embeddings"] else {
        Issue.record("no such key")
        return
      }
      let changed = try CanonicalJSON.line(part).replacing(old, with: new)
      members["embeddings"] = try CanonicalJSON.value(JSONValue.self, from: changed)
      #expect(!validator.problems(in: .object(members)).isEmpty, "\(old) as \(new)")
    }
    #expect(try CanonicalJSON.value(Report.self, from: text) == report())
  }
}
