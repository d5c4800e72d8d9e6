// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Folders that a run cannot have", .timeLimit(.minutes(15)))
struct BadFolderTests {
  private let tiny: TinyRun

  init() throws { tiny = try TinyRun() }

  private func expectRefused(
    _ output: String, _ changes: [String] = [], saying words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let ended = try tiny.run(into: output, changes)
    #expect(ended.status == 2, sourceLocation: sourceLocation)
    #expect(ended.errorLines.count == 1, "\(ended.errors)", sourceLocation: sourceLocation)
    #expect(ended.errors.contains(output), "\(ended.errors)", sourceLocation: sourceLocation)
    #expect(ended.errors.contains(words), "\(ended.errors)", sourceLocation: sourceLocation)
    #expect(ended.output == "", sourceLocation: sourceLocation)
  }

  @Test("A finished run is kept from other experiments and from other versions")
  func otherRun() throws {
    #expect(try tiny.run(into: "run").status == 0)
    let report = try tiny.text("run/report.json")
    try expectRefused("run", ["--examples=200"], saying: "'examples: 300' there")
    try write(99, toUserVersionOf: "run/run.sqlite")
    try expectRefused("run", ["--no-cache"], saying: "is of version 99")
    #expect(try tiny.text("run/report.json") == report)
    #expect(tiny.files("run") == TinyRun.files)
  }

  /// SQLite keeps the number that `PRAGMA user_version` reads at byte 60 of the file.
  ///
  /// > Source: [Database File Format](https://www.sqlite.org/fileformat2.html), section 1.3.
  private func write(_ version: UInt8, toUserVersionOf path: String) throws {
    let file = try FileHandle(
      forUpdating: URL(fileURLWithPath: tiny.tool.folder(path)))
    try file.seek(toOffset: 60)
    try file.write(contentsOf: Data([0, 0, 0, version]))
    try file.close()
  }

  @Test("A file, a folder that nobody can write, and what is no journal")
  func noPlace() throws {
    try Data("mine".utf8).write(to: URL(fileURLWithPath: tiny.tool.folder("file")))
    try expectRefused("file", saying: "is a file")
    #expect(try tiny.text("file") == "mine")
    try expectRefused("/proc/robust-eval", saying: "choose a folder that you may write")
    try FileManager.default.createDirectory(
      atPath: tiny.tool.folder("other"), withIntermediateDirectories: true)
    try Data("no journal; ".utf8 + [UInt8](repeating: 42, count: 5000))
      .write(to: URL(fileURLWithPath: tiny.tool.folder("other/run.sqlite")))
    try expectRefused("other", saying: "is not a journal")
    #expect(tiny.files("other") == ["run.sqlite"])
  }
}
