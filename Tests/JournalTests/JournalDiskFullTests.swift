// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Journal
import Testing

/// A disk of a few hundred kilobytes in memory; only the superuser can have one.
private final class SmallDisk {
  private let folder: TemporaryFolder
  let path: String

  init?(kilobytes: Int) throws {
    folder = try TemporaryFolder()
    path = folder.path
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else { return nil }
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }

  /// Whether this process may mount at all.
  static var isAvailable: Bool { (try? SmallDisk(kilobytes: 64)).flatMap(\.self) != nil }
}

@Suite(
  "Journal on a full disk", .timeLimit(.minutes(15)),
  .enabled(if: SmallDisk.isAvailable, "mounting a small disk needs the superuser"))
struct JournalDiskFullTests {
  @Test("A block that finds no room is reported, those before stay, and work goes on with room")
  func diskFull() throws {
    let disk = try #require(try SmallDisk(kilobytes: 256))
    let payload = [UInt8](repeating: 5, count: 10_000)
    var stored = 0
    do {
      let journal = try Journal.open(inFolder: "\(disk.path)/run", identity: .test)
      var error: JournalError?
      while error == nil, stored < 100 {
        error = failure { () throws(JournalError) in
          try journal.record(payload, evaluation: "a", block: stored)
        }
        if error == nil { stored += 1 }
      }
      #expect(error?.code == .diskFull)
      #expect(error?.detail == "the disk is full")
      #expect(stored > 0)
      #expect(try journal.completedBlocks(ofEvaluation: "a") == Set(0..<stored))
    }
    #expect(mount("tmpfs", disk.path, "tmpfs", UInt(MS_REMOUNT), "size=4096k") == 0)
    let journal = try Journal.open(inFolder: "\(disk.path)/run", identity: .test)
    let blocks = try journal.blocks(ofEvaluation: "a")
    #expect(blocks.map(\.block) == Array(0..<stored))
    #expect(blocks.allSatisfy { $0.payload == payload })
    try journal.record(payload, evaluation: "a", block: stored)
    try journal.finish()
    #expect(try sqlite("\(disk.path)/run/run.sqlite", "PRAGMA integrity_check") == ["ok"])
  }

  @Test("A disk without any room is reported before the run begins")
  func noRoom() throws {
    let disk = try #require(try SmallDisk(kilobytes: 4))
    #expect(failure(inFolder: "\(disk.path)/run")?.code == .diskFull)
  }
}
