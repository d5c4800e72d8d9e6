// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import TestSupport
import Testing

@testable import Reporting

@Suite("The trace of a search in reports", .timeLimit(.minutes(15)))
struct SearchReportTests {
  private static let trials = [
    (0, 0, 41_210, 0.75, 0.5125), (1, 0, 40_999, 0.725, 0.55), (2, 0, 41_007, 0.7, 0.45),
    (1, 1, 40_999, 0.8, 0.625), (0, 1, 41_210, 0.8125, 0.65),
  ].map { candidate, round, parameters, clean, robust in
    TrialRecord(
      candidate: candidate, round: round, epochs: 0.25 * Double(1 << round),
      parameters: parameters, macs: parameters * 11, cleanAccuracy: clean,
      robustAccuracy: robust)
  }

  private static var report: Report {
    var report = Report.fixture
    report.variants[1].search = trials
    return report
  }

  private func page(_ report: Report) throws -> HTMLElement {
    try HTMLParser.parse(
      HTMLWriter { Array($0.utf8) }.files(for: report)[0].text)
  }

  @Test("A report without a search shows none, and reads as before")
  func without() throws {
    #expect(!PlotWriter().files(for: .fixture).contains { $0.path.contains("search") })
    #expect(!MarkdownWriter().files(for: .fixture)[0].text.contains("Search over structures"))
    #expect(try page(.fixture).all("section").allSatisfy { $0.attributes["id"] != "search" })
    let text = try JSONReportWriter().files(for: .fixture)[0].text
    #expect(!text.contains("\"search\""))
    #expect(try CanonicalJSON.value(Report.self, from: text) == .fixture)
  }

  @Test("The trace survives the file, which keeps to the schema")
  func file() throws {
    let text = try JSONReportWriter().files(for: Self.report)[0].text
    #expect(try CanonicalJSON.value(Report.self, from: text).variants[1].search == Self.trials)
    let validator = try SchemaValidator(ReportSchema.text)
    let value = try CanonicalJSON.value(JSONValue.self, from: text)
    #expect(validator.problems(in: value) == [])
    let broken = text.replacing("\"robust_accuracy\" : 0.5125", with: "\"robust_accuracy\" : 2")
    try #require(broken != text)
    #expect(
      validator.problems(in: try CanonicalJSON.value(JSONValue.self, from: broken)) != [])
  }

  @Test("Rows say who went on: the better half of each round")
  func table() throws {
    let table = try #require(ReportTables(Self.report).search)
    #expect(table.rows.map { $0.cells.last } == ["yes", "yes", "no", "no", "yes"])
    #expect(table.rows[3].records == ["variants/1/search/3"])
    #expect(table.rows[3].cells[1...3] == ["1", "1", "0.50"])
    let markdown = MarkdownWriter().files(for: Self.report)[0].text
    #expect(markdown.contains("(plots/search.svg)"))
    #expect(markdown.contains(table.markdown))
  }

  @Test("The page is well formed, describes the plot, and its numbers are the record's")
  func html() throws {
    let page = try page(Self.report)
    #expect(HTMLChecker.problems(in: page) == [])
    let section = try #require(page.all("section").first { $0.attributes["id"] == "search" })
    let picture = try #require(section.all("img").first)
    #expect(picture.attributes["alt"]?.hasPrefix("Search over structures of cnn-standard") == true)
    let json = try CanonicalJSON.value(
      JSONValue.self, from: try JSONReportWriter().files(for: Self.report)[0].text)
    let rows = section.all("tr").filter { $0.attributes["data-of"] != nil }
    #expect(rows.count == 5)
    let strays = HTMLNumbers(json, free: [], phrases: []).strays(in: page)
      .filter { $0.contains("search") }
    #expect(strays == [])
  }

  @Test("The plot has a point for each trial and a ring around the last one left")
  func plot() throws {
    let plot = try #require(SearchPlot.all(in: Self.report).first)
    let lines = plot.script.split(separator: "\n")
    #expect(lines.contains("41210 0.512500 0") && lines.contains("40999 0.625000 1"))
    let ring = try #require(lines.firstIndex(of: "$winner << EOD"))
    #expect(lines[ring + 1...ring + 2] == ["41210 0.650000 0", "EOD"])
    guard PlotTests.hasGnuplot else { return }
    let script = RenderedFile(path: "plots/search.gp", text: plot.script)
    for format in ["svg", "png"] {
      #expect(try PlotRenderer().picture(of: script, format: format).count > 2_000)
    }
    let drawing = String(
      decoding: try PlotRenderer().picture(of: script, format: "svg"), as: UTF8.self)
    #expect(drawing.contains("round 1, 0.50 epochs"))
  }
}
