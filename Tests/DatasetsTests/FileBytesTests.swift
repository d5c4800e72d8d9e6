// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Datasets

@Suite("Whole files", .timeLimit(.minutes(15)))
struct FileBytesTests {
  @Test("All bytes come, in order")
  func all() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<100_003).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try FileBytes.read(try folder.write("f", bytes)) == bytes)
  }

  @Test("What is no file with content is refused by what it is")
  func refused() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write("empty", [])
    mkfifo(folder.path + "/pipe", 0o600)
    #expect(failure { _ = try FileBytes.read(empty) }?.code == .empty)
    #expect(failure { _ = try FileBytes.read(folder.path) }?.code == .notAFile)
    #expect(failure { _ = try FileBytes.read(folder.path + "/pipe") }?.code == .notAFile)
    #expect(failure { _ = try FileBytes.read(folder.path + "/none") }?.code == .missing)
    #expect(failure { _ = try FileBytes.read(empty + "/below") }?.code == .missing)
    #expect(failure { _ = try FileBytes.names(in: empty) }?.code == .missing)
  }

  @Test("A file above the limit is refused before it is read")
  func tooLarge() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("sparse", [1])
    #expect(truncate(path, FileBytes.maximum + 1) == 0)
    #expect(failure { _ = try FileBytes.read(path) }?.code == .headerTooLarge)
  }

  @Test("A file without the right to read it is refused", .enabled(if: geteuid() != 0))
  func denied() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("secret", [1])
    chmod(path, 0)
    #expect(failure { _ = try FileBytes.read(path) }?.code == .notPermitted)
  }

  @Test(
    "The system's numbers become codes",
    arguments: [
      (ENOENT, .missing), (ENOTDIR, .missing), (EACCES, .notPermitted), (EPERM, .notPermitted),
      (EIO, .unreadable), (EMFILE, .unreadable),
    ] as [(Int32, DatasetError.Code)])
  func numbers(number: Int32, code: DatasetError.Code) {
    #expect(FileBytes.failure(number, "f", remedy: "").code == code)
  }

  @Test("Names come in the order of their bytes, hidden ones left out")
  func names() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "B", "a10", "a9", ".x", "ä"] { try folder.write(name, [1]) }
    #expect(try FileBytes.names(in: folder.path) == ["B", "a10", "a9", "b", "ä"])
  }
}
