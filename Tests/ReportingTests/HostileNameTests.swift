// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Reporting
import Testing

@Suite("Hostile names", .timeLimit(.minutes(15)))
struct HostileNameTests {
  static let names = [
    "a,b", "say \"no\"", "a|b", "two\nlines", "two\r\nlines", "<script>alert(1)</script>",
    "[x](javascript:alert(1))", "![x](http://example.org/x.png)", "`touch x`", "*_x_*", "it's",
    "\u{1B}[31mred", "a\u{2028}b", "", "\\|", "&lt;", "𝄞 and ﷽", "x" * 300,
  ]

  private func report(_ name: String) -> Report {
    let variants = [
      VariantRecord.small("d\(name)", training: name),
      .small("p\(name)", parent: "d\(name)", training: name, compression: name),
    ]
    let judged = [
      EvaluationOutcomes.letters("rrbx", id: "d@\(name)", variant: "d\(name)", suite: name),
      .letters(
        "rbbx", id: "p@\(name)", variant: "p\(name)", suite: name,
        flags: [
          SoundnessFlag(
            check: name, severity: .warning, value: 1, threshold: 0.5, message: name)
        ]),
    ].map(Analysis.judged)
    return Analysis.completed(.small(variants, dataset: name), with: judged)
  }

  @Test("CSV gives every name back", arguments: names)
  func csv(name: String) throws {
    let text = try ResultsWriter().files(for: report(name))[0].text
    let records = readCSV(text)
    #expect(records.count == 3)
    #expect(records.allSatisfy { $0.count == records[0].count })
    let column = try #require(records[0].firstIndex(of: "compression"))
    #expect(records.map { $0[column] } == ["compression", "none", name])
    #expect(records[2][0] == "p@\(name)")
  }

  @Test("Markdown keeps its shape and runs nothing", arguments: names)
  func markdown(name: String) throws {
    let text = MarkdownWriter().files(for: report(name))[0].text
    let plain = MarkdownWriter().files(for: report("plain"))[0].text
    #expect(!text.contains("<script"))
    let links = text.matches(of: #/(^|[^\\])\]\(([^)]*)\)/#).map { String($0.2) }
    #expect(links == ["plots/accuracy.svg"], "the only link is our own")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == plain.split(separator: "\n", omittingEmptySubsequences: false).count)
    func bars(_ text: String) -> Int {
      text.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" }
    }
    #expect(bars(text) == bars(plain))
    #expect(!text.unicodeScalars.contains("\u{1B}"))
  }

  @Test("The terminal obeys no name and no line is too wide", arguments: names)
  func terminal(name: String) {
    let text = TerminalTable(colour: false).text(for: report(name))
    #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    for line in text.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }

  @Test("Metrics have one sample a line, whatever the names", arguments: names)
  func metrics(name: String) throws {
    let text = MetricsWriter().files(for: report(name))[0].text
    #expect(text.hasSuffix("\n# EOF\n"))
    let sample = /robust_eval_[a-z_]+\{(?:evaluation|variant)="(?:[^"\\]|\\.)*"\} [0-9.]+/
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      #expect(line.wholeMatch(of: sample) != nil, "\(line)")
    }
    #expect(text.split(separator: "\n").count { !$0.hasPrefix("#") } == 10)
  }

  @Test("JSON gives every name back", arguments: names)
  func json(name: String) throws {
    let report = report(name)
    let text = try JSONReportWriter().files(for: report)[0].text
    #expect(try CanonicalJSON.value(Report.self, from: text) == report)
  }
}
