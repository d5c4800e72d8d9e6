// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Testing

@testable import Reporting

@Suite("Plots", .timeLimit(.minutes(15)))
struct PlotTests {
  static let hasGnuplot = ["/usr/bin/gnuplot", "/usr/local/bin/gnuplot"].contains {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test("Draws an SVG and a PNG", .enabled(if: hasGnuplot))
  func draws() throws {
    try withFolder { folder in
      let scripts = PlotWriter().files(for: .fixture)
      let written = try PlotRenderer().draw(scripts, into: folder)
      #expect(
        written == [
          "plots/accuracy.svg", "plots/accuracy.png", "plots/trade-off.svg", "plots/trade-off.png",
        ])
      let picture = try Data(contentsOf: URL(fileURLWithPath: folder + "/plots/accuracy.png"))
      #expect(picture.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
      let drawing = try String(contentsOfFile: folder + "/plots/accuracy.svg", encoding: .utf8)
      #expect(drawing.contains("</svg>") && drawing.contains("pgd, gradient"))
      #expect(drawing.contains("rgb(213,  94,   0)") || drawing.contains("rgb(213, 94, 0)"))
    }
  }

  @Test("A sparsity too small to be printed has an axis too", .enabled(if: hasGnuplot))
  func tiny() throws {
    try withFolder { folder in
      var report = Report.fixture
      for index in report.variants.indices { report.variants[index].sparsity.achieved *= 1e-9 }
      let written = try PlotRenderer().draw(PlotWriter().files(for: report), into: folder)
      #expect(written.contains("plots/accuracy.svg"))
    }
  }

  @Test(
    "A name is drawn and never run", .enabled(if: hasGnuplot), arguments: HostileNameTests.names)
  func hostile(name: String) throws {
    try withFolder { folder in
      let trap = folder + "/trap"
      let training = "\(name)'; system('touch \(trap)'); `touch \(trap)` \"`touch \(trap)`\""
      let report = Analysis.completed(
        .small([.small("d", training: training), .small("p", parent: "d", training: training)]),
        with: [
          EvaluationOutcomes.letters("rb", id: "d", variant: "d"),
          .letters("rb", id: "p", variant: "p"),
        ].map(Analysis.judged))
      let scripts = PlotWriter().files(for: report)
      #expect(scripts.count == 2)
      for script in scripts {
        let picture = try PlotRenderer().picture(of: script, format: "svg")
        let drawing = String(decoding: picture, as: UTF8.self)
        #expect(!drawing.contains("<script") && drawing.contains("</svg>"))
      }
      #expect(!FileManager.default.fileExists(atPath: trap))
    }
  }

  @Test("One script for each attacker, none without two sparsities")
  func scripts() throws {
    let half = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.5")))
    let report = Analysis.completed(
      .small([.small("d"), .small("p", parent: "d")]),
      with: [
        EvaluationOutcomes.letters("rb", id: "1", variant: "d"),
        .letters("rb", id: "2", variant: "p"),
        .letters("rb", id: "3", variant: "d", threat: half),
        .letters("rb", id: "4", variant: "p", threat: half),
        .letters("rb", id: "5", variant: "d", suite: "full"),
      ].map(Analysis.judged))
    let files = PlotWriter().files(for: report)
    #expect(
      files.map(\.path) == [
        "plots/accuracy.gp", "plots/accuracy-2.gp", "plots/security.gp", "plots/trade-off.gp",
        "plots/trade-off-2.gp",
      ])
    #expect(files[1].text.contains("epsilon 0.5"))
  }

  @Test("The legend has every title, however many there are", .enabled(if: hasGnuplot))
  func legend() throws {
    let names = (0..<40).map { "recipe-\($0)-with-a-long-name" }
    let variants =
      [VariantRecord.small("d")] + names.map { .small($0, parent: "d", compression: $0) }
    let judged = variants.map {
      EvaluationOutcomes.letters("rb", id: $0.id, variant: $0.id)
    }.map(Analysis.judged)
    let report = Analysis.completed(.small(variants), with: judged)
    for script in PlotWriter().files(for: report) {
      let picture = try PlotRenderer().picture(of: script, format: "svg")
      let drawing = String(decoding: picture, as: UTF8.self)
      for name in names { #expect(drawing.contains("standard, \(name)<"), "\(script.path)") }
    }
  }

  @Test("A heading ends within its picture, and the caption says all")
  func heading() throws {
    var report = Report.fixture
    for place in report.evaluations.indices {
      report.evaluations[place].threat.constraints = (0..<9).map { "constraint number \($0)" }
    }
    let plot = try #require(PlotWriter().plots(in: report).first)
    let line = try #require(
      plot.script.split(separator: "\n").first { $0.contains("set label 1") }.map(String.init))
    #expect(line.contains("constraint number 2, …'") && line.count < 170)
    #expect(plot.caption.contains("constraint number 8"))
  }

  @Test("A missing gnuplot is named")
  func missing() throws {
    let error = try #require(throws: PlotError.self) {
      try PlotRenderer(program: "no-such-gnuplot").draw(
        PlotWriter().files(for: .fixture), into: "/nowhere")
    }
    #expect(error.code == .toolMissing)
    #expect(error.subject == "no-such-gnuplot")
  }

  @Test("A script that fails is named, and leaves nothing", .enabled(if: hasGnuplot))
  func failing() throws {
    try withFolder { folder in
      let error = try #require(throws: PlotError.self) {
        try PlotRenderer().draw([RenderedFile(path: "a.gp", text: "plot nonsense(")], into: folder)
      }
      #expect(error.code == .toolFailed)
      #expect(error.subject == "a.gp")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "plots-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }
}
