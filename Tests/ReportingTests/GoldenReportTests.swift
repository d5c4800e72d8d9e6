// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting
import TestSupport
import Testing

@Suite("Golden reports", .tags(.golden), .timeLimit(.minutes(15)))
struct GoldenReportTests {
  @Test("Markdown")
  func markdown() throws {
    let files = MarkdownWriter().files(for: .fixture)
    #expect(files.map(\.path) == ["report.md"])
    try expectGolden(files[0].text, named: "report.md")
  }

  @Test("What a policy says stands before the findings, and its names are taken for no markup")
  func gate() throws {
    var report = Report.fixture
    report.gate = .fixture(.fail)
    let text = MarkdownWriter().files(for: report)[0].text
    let section = try #require(
      text.split(separator: "\n## ").first { $0.hasPrefix("May it ship?") })
    #expect(section.contains("**No: a rule is shown not to be met."))
    #expect(section.contains("| fail | floor&lt;b&gt; | clean accuracy is at least 0.8 |"))
    #expect(
      text.firstRange(of: "## May it ship?")!.lowerBound
        < text.firstRange(of: "## Findings")!.lowerBound)
  }

  @Test("Results")
  func results() throws {
    let files = try ResultsWriter().files(for: .fixture)
    #expect(files.map(\.path) == ["results.csv"])
    try expectGolden(files[0].text, named: "results.csv")
  }

  @Test("JSON")
  func json() throws {
    let files = try JSONReportWriter().files(for: .fixture)
    #expect(files.map(\.path) == ["report.json"])
    try expectGolden(files[0].text, named: "report.json")
  }

  @Test("Metrics")
  func metrics() throws {
    let files = MetricsWriter().files(for: .fixture)
    #expect(files.map(\.path) == ["metrics.txt"])
    try expectGolden(files[0].text, named: "metrics.txt")
  }

  @Test("Terminal")
  func terminal() throws {
    try expectGolden(TerminalTable(colour: false).text(for: .fixture), named: "terminal.txt")
  }

  @Test("Plot script")
  func plot() throws {
    let files = PlotWriter().files(for: .fixture)
    #expect(files.map(\.path) == ["plots/accuracy.gp", "plots/trade-off.gp"])
    try expectGolden(files[0].text, named: "accuracy.gp")
    try expectGolden(files[1].text, named: "trade-off.gp")
  }
}
