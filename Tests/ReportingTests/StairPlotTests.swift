// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@testable import Reporting

@Suite("Stairs", .timeLimit(.minutes(15)))
struct StairPlotTests {
  private func estimate(_ value: Double) -> Estimate { Estimate(value: value, low: 0, high: 1) }

  /// Two rungs of which one was asked, and a vote that was judged in two balls.
  private var report: Report {
    var report = Report.fixture
    let evaluation = report.evaluations[0].id
    report.evaluations[0].queryCurve = [
      QueryPoint(queries: 0, robustAccuracy: 0.9), QueryPoint(queries: 99, robustAccuracy: 0.25),
    ]
    func rung(_ evaluation: String, _ name: String) -> LadderRecord.Rung {
      LadderRecord.Rung(
        evaluation: evaluation, isolation: name, knowledge: .scores,
        robustAccuracy: estimate(0.25), difference: nil, queries: 99)
    }
    report.ladders = [
      LadderRecord(
        variant: "cnn-standard", norm: .linf, epsilon: .tenth,
        rungs: [rung(evaluation, "scores"), rung(report.evaluations[1].id, "unasked's")],
        statement: "", warning: nil)
    ]
    report.members = ["0.1", "0.2"].compactMap { Epsilon($0) }.map { radius in
      MembersRecord(
        variant: "it's a vote", norm: .linf, epsilon: radius, attack: "pgd", examples: 8,
        names: ["1", "2"], cleanAccuracy: [1, 1], transfer: [[0, 1], [1, 0]],
        poisoning: [
          MembersRecord.Poisoning(changes: 0, certifiedAccuracy: estimate(0.75)),
          MembersRecord.Poisoning(changes: 1, certifiedAccuracy: estimate(0.5)),
        ])
    }
    return report
  }

  @Test("A ladder's stairs are of the rungs that were asked, one query on from zero")
  func queries() throws {
    let plots = QueryPlot.all(in: report)
    #expect(plots.map(\.pathWithoutExtension) == ["plots/queries"])
    let script = try #require(plots.first).script
    #expect(script.contains("$curve0 << EOD\n1 0.900000\n100 0.250000\nEOD"))
    #expect(script.contains("set logscale x 10") && !script.contains("$curve1 <<"))
    #expect(QueryPlot.all(in: .fixture).isEmpty)
  }

  @Test("A vote has one stair, in however many balls it was judged")
  func poisoning() throws {
    let plots = PoisoningPlot.all(in: report)
    #expect(plots.map(\.pathWithoutExtension) == ["plots/poisoning"])
    let script = try #require(plots.first).script
    #expect(script.contains("$curve0 << EOD\n0 0.750000\n1 0.500000\nEOD"))
    #expect(!script.contains("logscale") && !script.contains("$curve1 <<"))
    #expect(PoisoningPlot.all(in: .fixture).isEmpty)
  }

  @Test("gnuplot draws them", .enabled(if: PlotTests.hasGnuplot))
  func drawn() throws {
    for plot in QueryPlot.all(in: report) + PoisoningPlot.all(in: report) {
      let picture = try PlotRenderer().picture(
        of: RenderedFile(path: plot.pathWithoutExtension + ".gp", text: plot.script), format: "svg")
      #expect(String(decoding: picture, as: UTF8.self).contains("</svg>"))
    }
  }
}
