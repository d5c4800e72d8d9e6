// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Synchronization
import Testing

@testable import Command

/// A clock that is set by hand.
private final class HandClock: Sendable {
  private let time = Mutex(0.0)

  func now() -> Double { time.withLock { $0 } }
  func set(_ seconds: Double) { time.withLock { $0 = seconds } }
}

@Suite("Progress", .timeLimit(.minutes(15)))
struct ProgressWriterTests {
  private let clock = HandClock()
  private let recorder = Recorder()

  private func writer(_ style: ProgressWriter.Style) -> ProgressWriter {
    ProgressWriter(
      style: style, now: { [clock] in clock.now() }, write: recorder.console().writeError)
  }

  private func advance(
    _ writer: ProgressWriter, to done: Int, at seconds: Double, stage: String = "attack cnn"
  ) {
    clock.set(seconds)
    writer.report(
      .advanced(StageProgress(stage: stage, done: done, total: 1000, unit: "examples")))
  }

  @Test("Lines come every ten seconds with rate and time left, and at the end")
  func lines() {
    let writer = writer(.lines)
    for second in 0...24 { advance(writer, to: second * 40, at: Double(second)) }
    advance(writer, to: 1000, at: 25)
    #expect(
      recorder.standardError == """
        attack cnn: 400/1000 examples, 40.0/s, 15 s left
        attack cnn: 800/1000 examples, 40.0/s, 5 s left
        attack cnn: 1000 examples in 25 s

        """)
  }

  @Test("A stage that goes on does not count what was done before into the rate")
  func resumed() {
    let writer = writer(.lines)
    advance(writer, to: 900, at: 100)
    advance(writer, to: 950, at: 110)
    advance(writer, to: 1000, at: 120)
    #expect(
      recorder.standardError == """
        attack cnn: 950/1000 examples, 5.0/s, 10 s left
        attack cnn: 1000 examples in 20 s

        """)
  }

  @Test("A stage that was done before says so")
  func alreadyDone() {
    advance(writer(.lines), to: 1000, at: 3)
    #expect(recorder.standardError == "attack cnn: 1000 examples, all there already\n")
  }

  @Test("A worker that reports late does not set a stage back, nor end it twice")
  func isMonotonic() {
    let writer = writer(.bar(columns: 200, hasColor: false))
    advance(writer, to: 500, at: 1)
    advance(writer, to: 400, at: 2)
    advance(writer, to: 1000, at: 4)
    advance(writer, to: 900, at: 5)
    advance(writer, to: 1000, at: 6)
    #expect(
      recorder.standardError
        == "\r" + "attack cnn [##########----------] 500/1000 examples\u{1B}[K"
        + "\r\u{1B}[Kattack cnn: 1000 examples in 3 s\n")
  }

  @Test("A bar is redrawn at most ten times a second and fits the terminal")
  func bar() {
    let writer = writer(.bar(columns: 40, hasColor: false))
    for step in 0..<200 { advance(writer, to: step, at: Double(step) / 100) }
    let drawn = recorder.standardError.split(separator: "\r")
    #expect((19...21).contains(drawn.count))
    for line in drawn { #expect(line.dropLast(3).count <= 39) }
    writer.finish()
    #expect(recorder.standardError.hasSuffix("\r\u{1B}[K"))
  }

  @Test("Colour is used where it is welcome, and only there", arguments: [true, false])
  func color(hasColor: Bool) {
    advance(writer(.bar(columns: 80, hasColor: hasColor)), to: 1, at: 0)
    #expect(recorder.standardError.contains("\u{1B}[1m") == hasColor)
  }

  @Test("A notice takes the bar away, and a quiet run shows notices alone")
  func notices() {
    let writer = writer(.bar(columns: 80, hasColor: false))
    advance(writer, to: 1, at: 0)
    writer.report(.notice("using shapes"))
    #expect(recorder.standardError.hasSuffix("\u{1B}[K\r\u{1B}[Kusing shapes\n"))
    let quiet = Recorder()
    let silent = ProgressWriter(style: .notices, now: { 0 }, write: quiet.console().writeError)
    advance(silent, to: 1, at: 0)
    advance(silent, to: 1000, at: 0)
    silent.report(.notice("using\u{1B} shapes"))
    silent.finish()
    #expect(quiet.standardError == "using\\u{1b} shapes\n")
  }

  @Test(
    "Spans are given in two units",
    arguments: zip(
      [0, 0.2, 59, 59.5, 61, 3599, 3600, 7322, 1e12],
      [
        "0 s", "1 s", "59 s", "1 min 0 s", "1 min 1 s", "59 min 59 s", "1 h 0 min", "2 h 2 min",
        "277777 h 46 min",
      ]))
  func spans(seconds: Double, text: String) {
    #expect(ProgressWriter.span(seconds) == text)
  }

  @Test(
    "Rates have about three digits",
    arguments: zip(
      [0.123, 5, 43.21, 99.96, 100.4, 12345.6], ["0.12", "5.0", "43.2", "100.0", "100", "12346"]))
  func rates(rate: Double, text: String) {
    #expect(ProgressWriter.short(rate) == text)
  }
}
