// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import Statistics
import TestSupport
import Testing

@Suite("A run that is cut off", .timeLimit(.minutes(15)))
struct InterruptedRunTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  private func expectEqualRuns(_ first: String, _ second: String) throws {
    #expect(try tiny.text("\(first)/outcomes.csv") == tiny.text("\(second)/outcomes.csv"))
    #expect(try tiny.findings(first) == tiny.findings(second))
    #expect(tiny.files(first) == TinyRun.files)
    #expect(tiny.files(second) == TinyRun.files)
  }

  /// Begins anew, in fresh folders, where a run got further than it was to before this process could look.
  private func untilInTime(_ folders: [String], _ body: () throws -> Void) throws {
    for _ in 1..<10 {
      do { return try body() } catch is Running.TooLate {
        for folder in folders where tiny.exists(folder) {
          try FileManager.default.removeItem(atPath: tiny.tool.folder(folder))
        }
      }
    }
    try body()
  }

  /// A moment of a run that can be seen from outside.
  private enum Moment: CaseIterable {
    case journalBegun, epochKept, trained, pruned, measured, measuredAgain

    func isOver(_ running: Running, _ tiny: TinyRun) throws {
      switch self {
      case .journalBegun: try running.wait(for: "the journal") { tiny.exists("killed/run.sqlite") }
      case .epochKept:
        try running.wait(for: "a checkpoint") {
          tiny.files("killed/.models").contains { $0.hasSuffix(".partial.safetensors") }
        }
      case .trained: try running.waitForError("train 1/")
      case .pruned: try running.waitForError("magnitude:")
      case .measured, .measuredAgain: try running.waitForError("measure:")
      }
    }
  }

  @Test("Killed at seeded moments of every stage, it goes on and ends the same", arguments: [1, 2])
  func killed(seed: UInt64) throws {
    #expect(try tiny.run(into: "whole").status == 0)
    let random = RandomKey(seed: seed).split("kill").stream()
    try untilInTime(["killed"]) {
      for moment in Moment.allCases {
        let running = try tiny.start(into: "killed")
        try moment.isOver(running, tiny)
        let milliseconds = random.uniform(in: 0..<30)
        usleep(UInt32(milliseconds * 1000))
        let ended = try running.cutOff(by: SIGKILL, at: "\(moment)")
        #expect(ended.status == nil, "\(moment) + \(milliseconds) ms: \(ended.errors)")
      }
    }
    // A kill between creating and renaming leaves such a file; no delay is sure to hit that moment.
    for place in ["killed", "killed/models/\(TinyRun.models[0])"] {
      try Data("{".utf8).write(
        to: URL(fileURLWithPath: tiny.tool.folder("\(place)/.report.json.4711-0.partial")))
    }
    let ended = try tiny.run(into: "killed")
    #expect(ended.status == 0, "seed \(seed): \(ended.errors)")
    try expectEqualRuns("killed", "whole")
  }

  @Test("Interrupted, it says so in one line, and goes on", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    let running = try tiny.start(into: "stopped", ["--no-cache", "--training=standard:epochs=90"])
    try running.wait(for: "the journal") { tiny.exists("stopped/run.sqlite") }
    running.send(signal)
    let stopped = try running.end()
    #expect(stopped.status == 130)
    #expect(
      stopped.errors == "robust-eval: interrupted; run the same command again to go on\n")
    #expect(stopped.output == "")
    #expect(!tiny.exists("stopped/report.json"))
  }

  @Test("Interrupted between its stages, it ends the same as without")
  func goesOn() throws {
    #expect(try tiny.run(into: "whole").status == 0)
    try untilInTime(["stopped"]) {
      for moment in ["train 1/", "magnitude:"] {
        let running = try tiny.start(into: "stopped")
        try running.waitForError(moment)
        #expect(try running.cutOff(by: SIGINT, at: moment).status == 130, "after \(moment)")
      }
    }
    #expect(try tiny.run(into: "stopped").status == 0)
    try expectEqualRuns("stopped", "whole")
  }

  @Test("A second run on the same folder is turned away, and the first is not disturbed")
  func secondRun() throws {
    try untilInTime(["run"]) {
      let first = try tiny.start(into: "run")
      try first.waitForError("train 1/")
      // Stopped, so that it cannot end before the second one has begun.
      first.send(SIGSTOP)
      guard !tiny.exists("run/report.json") else {
        first.send(SIGCONT)
        _ = try first.end()
        throw Running.TooLate(waitedFor: "its middle")
      }
      let second = try tiny.run(into: "run")
      first.send(SIGCONT)
      #expect(second.status == 2)
      #expect(second.errorLines.count == 1)
      #expect(second.errors.contains("another process is working on it"))
      #expect(try first.end().status == 0)
      #expect(tiny.files("run") == TinyRun.files)
    }
  }
}
