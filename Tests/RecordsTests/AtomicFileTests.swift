// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import Testing

@testable import Records

@Suite("Atomic files", .timeLimit(.minutes(15)))
struct AtomicFileTests {
  @Test("Writes every byte, over what was there, and leaves nothing beside it")
  func writes() throws {
    try withFolder { folder in
      let path = folder + "/report.json"
      try AtomicFile.write("old", to: path)
      let long = String(repeating: "0123456789\n", count: 50_000)
      try AtomicFile.write(long, to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == long)
      #expect(try names(in: folder) == ["report.json"])
    }
  }

  @Test("Nothing appears before the commit, nor after a drop")
  func dropped() throws {
    try withFolder { folder in
      do {
        var file = try AtomicFile(path: folder + "/outcomes.csv")
        try file.append("half a line")
        #expect(try !names(in: folder).contains("outcomes.csv"))
      }
      #expect(try names(in: folder) == [])
    }
  }

  @Test("Two writers of one place do not disturb each other")
  func twoWriters() throws {
    try withFolder { folder in
      var first = try AtomicFile(path: folder + "/a")
      var second = try AtomicFile(path: folder + "/a")
      try first.append("first")
      try second.append("second")
      try first.commit()
      try second.commit()
      #expect(try String(contentsOfFile: folder + "/a", encoding: .utf8) == "second")
      #expect(try names(in: folder) == ["a"])
    }
  }

  @Test("A full device is told apart", .enabled(if: access("/dev/full", W_OK) == 0))
  func fullDevice() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let error = try #require(throws: OutputError.self) {
      try AtomicFile.writeAll([1, 2, 3], to: descriptor, subject: "x")
    }
    #expect(error.code == .diskFull)
    #expect(error.subject == "x")
  }

  @Test("A full disk leaves the old file and nothing else", .enabled(if: geteuid() == 0))
  func fullDisk() throws {
    try withFolder { folder in
      guard mount("none", folder, "tmpfs", 0, "size=64k") == 0 else {
        try Test.cancel("no right to mount a small file system")
      }
      defer { umount(folder) }
      let path = folder + "/report.json"
      try AtomicFile.write("old", to: path)
      let error = try #require(throws: OutputError.self) {
        try AtomicFile.write([UInt8](repeating: 65, count: 200_000), to: path)
      }
      #expect(error.code == .diskFull)
      #expect(error.subject == path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      #expect(try names(in: folder) == ["report.json"])
    }
  }

  @Test("A missing folder is named")
  func missingFolder() throws {
    try withFolder { folder in
      let error = try #require(throws: OutputError.self) {
        try AtomicFile.write("x", to: folder + "/no/report.json")
      }
      #expect(error.code == .missingFolder)
      #expect(error.subject == folder + "/no/report.json")
    }
  }

  @Test("A folder in the way, or a file for a folder, is named")
  func wrongKind() throws {
    try withFolder { folder in
      try AtomicFile.write("x", to: folder + "/file")
      try FileManager.default.createDirectory(
        atPath: folder + "/place/full", withIntermediateDirectories: true)
      for path in ["/place", "/file/report.json", "/place/"] {
        let error = try #require(throws: OutputError.self) {
          try AtomicFile.write("x", to: folder + path)
        }
        #expect(error.code == .wrongKind, "\(path)")
      }
      #expect(try names(in: folder) == ["file", "place"])
    }
  }

  @Test("A folder that may not be written is named", .enabled(if: geteuid() != 0))
  func notPermitted() throws {
    try withFolder { folder in
      chmod(folder, 0o500)
      defer { chmod(folder, 0o700) }
      let error = try #require(throws: OutputError.self) {
        try AtomicFile.write("x", to: folder + "/a")
      }
      #expect(error.code == .notPermitted)
    }
  }

  @Test(
    "The system's numbers become codes",
    arguments: [
      (EACCES, OutputError.Code.notPermitted), (EROFS, .notPermitted), (EDQUOT, .diskFull),
      (EISDIR, .wrongKind), (EIO, .other),
    ])
  func codes(number: Int32, code: OutputError.Code) {
    #expect(OutputError(subject: "x", errno: number).code == code)
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "atomic-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }
}
