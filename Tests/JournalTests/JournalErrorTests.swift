// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import Journal
import Testing

@Suite("Refusing a journal", .timeLimit(.minutes(15)))
struct JournalErrorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func make(_ name: String, identity: JournalIdentity = .test) throws {
    let journal = try Journal.open(inFolder: folder(name), identity: identity)
    try journal.record([1], evaluation: "a", block: 0)
    try journal.finish()
  }

  @Test("Another experiment's run is refused, and what differs is said")
  func otherExperiment() throws {
    let first = JournalIdentity(digest: "1", description: "model: cnn\nepsilon: 0.1\nseed: 1\n")
    let second = JournalIdentity(digest: "2", description: "model: cnn\nepsilon: 8/255\nseed: 2\n")
    try make("run", identity: first)
    let error = try #require(failure(inFolder: folder("run"), identity: second))
    #expect(error.code == .otherExperiment)
    #expect(error.subject == folder("run/run.sqlite"))
    #expect(error.detail == "holds another run: 'epsilon: 0.1' there, 'epsilon: 8/255' here")
    #expect(error.remedy == "choose another folder")
    #expect(failure(inFolder: folder("run"), identity: first) == nil)
    let otherData = JournalIdentity(digest: "3", description: first.description)
    #expect(
      failure(inFolder: folder("run"), identity: otherData)?.detail
        == "holds a run on other data, models or another version of the program")
    let longer = JournalIdentity(digest: "4", description: first.description + "device: cuda\n")
    #expect(
      failure(inFolder: folder("run"), identity: longer)?.detail
        == "holds another run: 'nothing' there, 'device: cuda' here")
    let between = JournalIdentity(
      digest: "5", description: "model: cnn\nembedding-radius: [0.1]\nepsilon: 0.1\nseed: 1\n")
    #expect(
      failure(inFolder: folder("run"), identity: between)?.detail
        == "holds another run: 'nothing' there, 'embedding-radius: [0.1]' here")
  }

  @Test("A shard of another experiment is not merged")
  func otherShard() throws {
    try make("shard", identity: JournalIdentity(digest: "1", description: "seed: 1"))
    let whole = try Journal.open(inFolder: folder("whole"), identity: .test)
    let error = failure { () throws(JournalError) in
      try whole.merge(fromFolder: folder("shard"))
    }
    #expect(error?.code == .otherExperiment)
    #expect(try whole.evaluations() == [])
  }

  @Test("A shard that contradicts one block adds none of the others")
  func conflictingShard() throws {
    let shard = folder("shard")
    do {
      let journal = try Journal.open(inFolder: shard, identity: .test)
      for block in 0..<5 { try journal.record([UInt8(block)], evaluation: "a", block: block) }
      try journal.finish()
    }
    let whole = try Journal.open(inFolder: folder("whole"), identity: .test)
    try whole.record([99], evaluation: "a", block: 4)
    let error = failure { () throws(JournalError) in try whole.merge(fromFolder: shard) }
    #expect(error?.code == .conflictingBlock)
    #expect(try whole.completedBlocks(ofEvaluation: "a") == [4])
  }

  @Test("A folder without a run cannot be merged, and nothing is made in it")
  func missing() throws {
    let whole = try Journal.open(inFolder: folder("whole"), identity: .test)
    let error = failure { () throws(JournalError) in
      try whole.merge(fromFolder: folder("nowhere"))
    }
    #expect(error?.code == .missing)
    #expect(error?.subject == folder("nowhere"))
    #expect(!FileManager.default.fileExists(atPath: folder("nowhere")))
  }

  @Test("A journal of another version is refused", arguments: [0, 2, 99])
  func otherVersion(version: Int) throws {
    try make("run")
    _ = try sqlite(folder("run/run.sqlite"), "PRAGMA user_version = \(version)")
    let error = try #require(failure(inFolder: folder("run")))
    #expect(error.code == .otherVersion)
    #expect(error.detail == "is of version \(version), this program reads version 1")
  }

  @Test("A file of anything else is refused and left as it is")
  func garbage() throws {
    let bytes = Data("this is not a database; ".utf8 + Array(repeating: 0x2A, count: 5000))
    try FileManager.default.createDirectory(
      atPath: folder("run"), withIntermediateDirectories: true)
    try bytes.write(to: URL(fileURLWithPath: folder("run/run.sqlite")))
    #expect(failure(inFolder: folder("run"))?.code == .notAJournal)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder("run/run.sqlite"))) == bytes)
  }

  @Test("Another program's database is refused and left as it is")
  func foreignDatabase() throws {
    try FileManager.default.createDirectory(
      atPath: folder("run"), withIntermediateDirectories: true)
    _ = try sqlite(folder("run/run.sqlite"), "CREATE TABLE bookmarks (url TEXT)")
    #expect(failure(inFolder: folder("run"))?.code == .notAJournal)
    #expect(
      try sqlite(folder("run/run.sqlite"), "SELECT name FROM sqlite_schema") == ["bookmarks"])
  }

  @Test("A journal cut short is noticed")
  func truncated() throws {
    do {
      let journal = try Journal.open(inFolder: folder("run"), identity: .test)
      for block in 0..<50 {
        try journal.record(Array(repeating: 1, count: 3000), evaluation: "a", block: block)
      }
      try journal.finish()
    }
    let file = try #require(FileHandle(forWritingAtPath: folder("run/run.sqlite")))
    try file.truncate(atOffset: 40_000)
    try file.close()
    let error = failure { () throws(JournalError) in
      let journal = try Journal.open(inFolder: folder("run"), identity: .test)
      _ = try journal.blocks(ofEvaluation: "a")
    }
    #expect(error?.code == .damaged)
  }

  @Test("A file of no bytes, as a run killed at its start leaves, is begun anew")
  func emptyFile() throws {
    try FileManager.default.createDirectory(
      atPath: folder("run"), withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: folder("run/run.sqlite")))
    #expect(failure(inFolder: folder("run")) == nil)
  }

  @Test("A path that is or leads through a file is refused")
  func folderIsFile() throws {
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder("file")))
    let error = try #require(failure(inFolder: folder("file")))
    #expect(error.code == .folderIsFile)
    #expect(error.subject == folder("file"))
    #expect(failure(inFolder: folder("file/run"))?.code == .folderIsFile)
  }

  @Test("A folder in the place of the journal is refused")
  func journalIsFolder() throws {
    try FileManager.default.createDirectory(
      atPath: folder("run/run.sqlite"), withIntermediateDirectories: true)
    #expect(failure(inFolder: folder("run"))?.code == .notWritable)
  }

  @Test("A place where nothing can be written is refused, also to the superuser")
  func notWritable() throws {
    #expect(failure(inFolder: "/proc/robust-eval")?.code == .notWritable)
    #expect(failure(inFolder: "/proc")?.code == .notWritable)
    #expect(failure(inFolder: "")?.code == .notWritable)
  }

  @Test("A second run in the same folder is refused, and let in when the first has gone")
  func locked() throws {
    do {
      let journal = try Journal.open(inFolder: folder("run"), identity: .test)
      #expect(failure(inFolder: folder("run"))?.code == .locked)
      try journal.record([1], evaluation: "a", block: 0)
    }
    #expect(failure(inFolder: folder("run")) == nil)
  }
}
