// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting
import Testing

@Suite("Terminal table", .timeLimit(.minutes(15)))
struct TerminalTableTests {
  @Test("Colour only when told to, and nothing else differs")
  func colour() {
    let plain = TerminalTable(colour: false).text(for: .fixture)
    let coloured = TerminalTable(colour: true).text(for: .fixture)
    #expect(!plain.contains("\u{1B}"))
    #expect(coloured.contains("\u{1B}[1m") && coloured.contains("\u{1B}[33m"))
    #expect(coloured.replacing(#/\u{1B}\[[0-9]+m/#, with: "") == plain)
  }

  @Test("Seeds, models and sample sizes show where they differ")
  func columns() {
    let report = Analysis.completed(
      .small([.small("a", seed: 1), .small("b", seed: 2)]),
      with: [
        EvaluationOutcomes.letters("rb", id: "a", variant: "a"),
        .letters("rbx", id: "b", variant: "b"),
      ].map(Analysis.judged))
    let lines = TerminalTable(colour: false).text(for: report).split(separator: "\n")
    let headings = lines[1].split(separator: " ").map(String.init)
    #expect(headings.contains("seed") && headings.contains("n"))
    #expect(!lines[0].contains("n ="))
    #expect(lines[3].contains("  3  "))
  }

  @Test("Names that are too long lose their middle, since they differ at their ends")
  func middle() {
    var report = Report.fixture
    for (place, epochs) in [(1, 0), (2, 1)] {
      report.variants[place].training = "standard:epochs=5:averaging=0.99"
      report.variants[place].compression =
        "magnitude:scope=global:schedule=gradual:epochs=\(epochs)"
    }
    let text = TerminalTable(colour: false).text(for: report)
    #expect(text.contains("…pochs=0 ") && text.contains("…pochs=1 ") && text.contains("…"))
  }

  @Test("A report without evaluations is no table")
  func empty() {
    #expect(TerminalTable(colour: false).text(for: .small([])) == "")
  }
}
