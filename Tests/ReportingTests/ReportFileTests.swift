// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import TestSupport
import Testing

@testable import Reporting

@Suite("Reading a report", .timeLimit(.minutes(15)))
struct ReportFileTests {
  private var judged: Report {
    Analysis.completed(
      .small([.small("d"), .small("p", parent: "d")]),
      with: [
        EvaluationOutcomes.letters("rbrr", id: "d", variant: "d"),
        .letters("rxb", id: "p", variant: "p", start: 3),
      ].map(Analysis.judged))
  }

  private func code(_ text: String) -> ReportError.Code? {
    do {
      _ = try ReportFile.report(from: Array(text.utf8), subject: "r")
      return nil
    } catch { return error.code }
  }

  @Test("An analysed report holds verdicts and classes, and comes back equal from file and folder")
  func verdicts() throws {
    let folder = try TemporaryFolder()
    try JSONReportWriter().files(for: judged)[0].write(into: folder.path)
    for path in [folder("report.json"), folder.path, folder.path + "/"] {
      #expect(try ReportFile.read(path) == judged)
    }
    let verdicts = try #require(judged.evaluations[0].verdicts)
    #expect(verdicts.examples.ranges == [0...3])
    #expect(verdicts.clean.values(count: 4) == [true, true, true, true])
    #expect(verdicts.robust.values(count: 4) == [true, false, true, true])
    #expect(judged.labels?.examples.ranges == [0...5])
  }

  @Test("A report of an older program, without verdicts, still opens")
  func older() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let report = try ReportFile.read(folder.path + "/report-without-verdicts.json")
    #expect(report.evaluations.count == 6)
    #expect(report.evaluations.allSatisfy { $0.verdicts == nil } && report.labels == nil)
    #expect(report.evaluations[0].cleanAccuracy.value == 0.922)
  }

  @Test("A run that stopped early is read only with the examples of its order")
  func stopped() throws {
    var report = judged
    // The first four of four are those of the one evaluation, whatever the order.
    report.evaluations.removeLast()
    report.stopping = StoppingRecord(
      policySHA256: "00", baselineSHA256: "ff", examplesSeen: 4, examplesAvailable: 4,
      examplesPerLook: 2, orderSeed: 1)
    let text = try CanonicalJSON.text(report)
    #expect(code(text) == nil)
    #expect(try ReportFile.report(from: Array(text.utf8), subject: "r") == report)
    for (key, value) in [
      ("examples_seen\" : 4", "3"), ("examples_seen\" : 4", "5"), ("examples_seen\" : 4", "0"),
      ("examples_available\" : 4", "3"), ("examples_available\" : 4", "900000000000"),
      ("examples_available\" : 4", "2000"), ("examples_per_look\" : 2", "0"),
    ] {
      let changed = text.replacing(key, with: "\(key.prefix { $0 != ":" }): \(value)")
      #expect(changed != text && code(changed) == .inconsistent, "\(key) becomes \(value)")
    }
  }

  @Test("A gate's answer that is not that to its rules is refused")
  func gate() throws {
    var report = judged
    report.gate = .fixture(.fail)
    #expect(code(try CanonicalJSON.text(report)) == nil)
    report.gate?.verdict = .pass
    #expect(code(try CanonicalJSON.text(report)) == .inconsistent)
    report.gate?.rules[0].verdict = .pass
    #expect(code(try CanonicalJSON.text(report)) == .inconsistent)
    report.gate = .fixture(.pass)
    report.gate?.rules[0].cases = []
    #expect(code(try CanonicalJSON.text(report)) == .inconsistent)
  }

  @Test("What is no report is refused with its reason")
  func refused() throws {
    let text = try CanonicalJSON.text(judged)
    #expect(code(text) == nil)
    #expect(code("") == .malformed && code("[]") == .malformed && code("{}") == .malformed)
    #expect(code(String(text.prefix(text.utf8.count / 2))) == .malformed)
    #expect(code(text.replacing("\"schema\" : 1", with: "\"schema\" : 2")) == .otherSchema)
    #expect(code(text.replacing("\"schema\" : 1", with: "\"schema\" : \"1\"")) == .malformed)
    #expect(
      code(text.replacing("\"variant\" : \"d\"", with: "\"variant\" : \"e\"")) == .inconsistent)
    #expect(code(text.replacing("\"id\" : \"p\"", with: "\"id\" : \"d\"")) == .inconsistent)
    #expect(code(text.replacing("\"examples\" : 4,", with: "\"examples\" : 5,")) == .inconsistent)
    #expect(code(text.replacing("\"value\" : 0.75", with: "\"value\" : 0.5")) == .inconsistent)
    #expect(
      code(text.replacing("\"packed_bytes\" : 200", with: "\"packed_bytes\" : -1")) == .inconsistent
    )
    #expect(code(text.replacing("\"classes\" : 2", with: "\"classes\" : 0")) == nil)
    for path in ["/nonexistent/report.json", "/", "", "/dev/null"] {
      #expect(throws: ReportError.self) { try ReportFile.read(path) }
    }
  }

  @Test("The reason names the place")
  func place() {
    let error = #expect(throws: ReportError.self) {
      try ReportFile.report(
        from: Array(#"{"schema": 1, "tool": {"name": "x"}}"#.utf8), subject: "r")
    }
    #expect(error?.detail == "is no report: at tool 'version' is missing")
  }
}
