// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import Journal
import Testing

/// Another process that writes into a journal until it is killed.
private final class Writer {
  private let process = Process()
  private let output = Pipe()

  init(folder: String) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent("journal-writer")
    process.arguments = [folder]
    process.standardOutput = output
    try process.run()
  }

  /// Waits until blocks are stored.
  func waitForOutput() -> [UInt8] { Array(output.fileHandleForReading.availableData) }

  /// Kills the process, which has no chance to do anything about it.
  ///
  /// - Returns: What it printed before.
  func kill() -> [UInt8] {
    Glibc.kill(process.processIdentifier, SIGKILL)
    let rest = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(rest)
  }
}

@Suite("Journal of a killed process", .serialized, .timeLimit(.minutes(15)))
struct JournalCrashTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The whole lines that were printed; the last one may have been cut off.
  private func acknowledged(_ output: [UInt8]) -> [Int] {
    String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast().compactMap { Int($0) }
  }

  @Test(
    "After a kill every block that was acknowledged is there, whole, and at most one more",
    arguments: [1, 3, 10, 30, 80])
  func survivesKill(milliseconds: UInt32) throws {
    let writer = try Writer(folder: folder("run"))
    var output = writer.waitForOutput()
    usleep(milliseconds * 1000)
    output += writer.kill()
    let blocks = acknowledged(output)
    #expect(!blocks.isEmpty)

    let journal = try Journal.open(inFolder: folder("run"), identity: .test)
    let stored = try journal.blocks(ofEvaluation: "writer")
    #expect(stored.map(\.block) == Array(0..<stored.count))
    #expect(stored.count == blocks.count || stored.count == blocks.count + 1)
    #expect(
      stored.allSatisfy {
        $0.payload == [UInt8](repeating: UInt8($0.block % 256), count: $0.block + 1)
      })
    try journal.record([1], evaluation: "next", block: 0)
    try journal.finish()
    #expect(try sqlite(folder("run/run.sqlite"), "PRAGMA integrity_check") == ["ok"])
  }

  @Test("A process killed before it has stored anything leaves a folder that can be used")
  func survivesEarlyKill() throws {
    for microseconds in stride(from: UInt32(0), to: 20_000, by: 1_000) {
      let name = "run-\(microseconds)"
      let writer = try Writer(folder: folder(name))
      usleep(microseconds)
      _ = writer.kill()
      #expect(failure(inFolder: folder(name)) == nil, "killed after \(microseconds) microseconds")
    }
  }

  @Test("A killed shard can be merged, a running one is refused")
  func mergesKilledShard() throws {
    let writer = try Writer(folder: folder("shard"))
    var output = writer.waitForOutput()
    let whole = try Journal.open(inFolder: folder("whole"), identity: .test)
    let error = failure { () throws(JournalError) in
      try whole.merge(fromFolder: folder("shard"))
    }
    #expect(error?.code == .locked)
    #expect(failure(inFolder: folder("shard"))?.code == .locked)
    output += writer.kill()
    let count = acknowledged(output).count
    let merged = try whole.merge(fromFolder: folder("shard"))
    #expect(merged == count || merged == count + 1)
  }
}
