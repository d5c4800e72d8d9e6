// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import TestSupport
import Testing

/// A disk in memory; only the superuser can have one.
private final class SmallDisk {
  private let folder: TemporaryFolder
  let path: String

  init?(kilobytes: Int) throws {
    folder = try TemporaryFolder()
    path = folder.path
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else { return nil }
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }

  /// Makes the disk larger or smaller, or lets nobody write on it.
  func remount(kilobytes: Int, isReadOnly: Bool = false) -> Bool {
    let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
    return mount("tmpfs", path, "tmpfs", flags, "size=\(kilobytes)k") == 0
  }

  /// Whether this process may mount at all.
  static var isAvailable: Bool { (try? SmallDisk(kilobytes: 64)).flatMap(\.self) != nil }
}

@Suite(
  "A run on a full disk", .timeLimit(.minutes(15)),
  .enabled(if: SmallDisk.isAvailable, "mounting a small disk needs the superuser"))
struct FullDiskTests {
  @Test("However far the space reaches, one line says so; with room the same command ends the same")
  func goesOn() throws {
    let tiny = try TinyRun()
    #expect(try tiny.run(into: "whole").status == 0)
    let disk = try #require(try SmallDisk(kilobytes: 64))
    let output = "\(disk.path)/run"
    // Enough for the journal; for the models that are kept; for some and for all that are left.
    for kilobytes in [64, 900, 2000, 3600] {
      #expect(disk.remount(kilobytes: kilobytes))
      let ended = try tiny.run(into: output, ["--no-cache", "--quiet"])
      #expect(ended.status == 2, "\(kilobytes) KiB: \(ended.errors)")
      #expect(ended.errorLines.count == 1, "\(ended.errors)")
      #expect(
        ended.errors.contains("disk is full") || ended.errors.contains("No space left"),
        "\(kilobytes) KiB: \(ended.errors)")
      #expect(ended.output == "")
      #expect(!FileManager.default.fileExists(atPath: "\(output)/report.json"))
      #expect(partialFiles(in: output) == [])
    }
    #expect(disk.remount(kilobytes: 32_000))
    let ended = try tiny.run(into: output)
    #expect(ended.status == 0, "\(ended.errors)")
    let outcomes = try String(contentsOfFile: "\(output)/outcomes.csv", encoding: .utf8)
    #expect(try outcomes == tiny.text("whole/outcomes.csv"))

    #expect(disk.remount(kilobytes: 32_000, isReadOnly: true))
    let refused = try tiny.run(into: output)
    #expect(refused.status == 2)
    #expect(refused.errorLines.count == 1)
    #expect(refused.errors.contains("choose a folder that you may write"), "\(refused.errors)")
  }

  /// What was begun and not finished.
  private func partialFiles(in folder: String) -> [String] {
    let names = (FileManager.default.enumerator(atPath: folder)?.allObjects ?? []) as? [String]
    return (names ?? []).filter { $0.hasSuffix(".partial") }
  }
}
