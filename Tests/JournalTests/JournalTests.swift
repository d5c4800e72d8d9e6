// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Journal
import Testing

@Suite("Journal", .timeLimit(.minutes(15)))
struct JournalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ name: String = "run") throws -> Journal {
    try Journal.open(inFolder: folder(name), identity: .test)
  }

  @Test("A block reads back as it was stored, in this process and the next")
  func readsBack() throws {
    let payloads: [[UInt8]] = [[], [0], [0, 255, 0, 1], Array(repeating: 7, count: 100_000)]
    do {
      let journal = try open("a/b/c")
      for (block, payload) in payloads.enumerated() {
        try journal.record(payload, evaluation: "cnn|quick", block: block)
        #expect(try journal.payload(evaluation: "cnn|quick", block: block) == payload)
      }
      try journal.finish()
    }
    let journal = try open("a/b/c")
    for (block, payload) in payloads.enumerated() {
      #expect(try journal.payload(evaluation: "cnn|quick", block: block) == payload)
    }
    #expect(try journal.payload(evaluation: "cnn|quick", block: 4) == nil)
    #expect(try journal.payload(evaluation: "cnn", block: 0) == nil)
    #expect(try journal.completedBlocks(ofEvaluation: "cnn|quick") == [0, 1, 2, 3])
    #expect(try journal.completedBlocks(ofEvaluation: "cnn") == [])
  }

  @Test("What is read does not depend on the order of writing")
  func isOrdered() throws {
    let keys = ["b", "a", "Z", "é", "a/2", "a/10"]
    func contents(_ name: String, shuffled: Bool) throws -> [String] {
      let journal = try open(name)
      var work = keys.flatMap { key in [9, 10, 0, 2].map { (key, $0) } }
      if shuffled { work.reverse() }
      for (key, block) in work {
        try journal.record(Array("\(key) \(block)".utf8), evaluation: key, block: block)
      }
      return try journal.evaluations().flatMap { key in
        try journal.blocks(ofEvaluation: key).map {
          "\(key) \($0.block) \(String(decoding: $0.payload, as: UTF8.self))"
        }
      }
    }
    let first = try contents("one", shuffled: false)
    #expect(first == (try contents("two", shuffled: true)))
    #expect(first.count == 24)
    let blocks = try open("three")
    for block in [10, 2, 9] { try blocks.record([], evaluation: "a", block: block) }
    #expect(try blocks.blocks(ofEvaluation: "a").map(\.block) == [2, 9, 10])
  }

  @Test("Storing the same result again changes nothing, another one is refused")
  func conflicts() throws {
    let journal = try open()
    try journal.record([1, 2], evaluation: "a", block: 3)
    try journal.record([1, 2], evaluation: "a", block: 3)
    let error = failure { () throws(JournalError) in
      try journal.record([1, 3], evaluation: "a", block: 3)
    }
    #expect(error?.code == .conflictingBlock)
    #expect(try journal.payload(evaluation: "a", block: 3) == [1, 2])
    try journal.record([4], evaluation: "a", block: 4)
    #expect(try journal.completedBlocks(ofEvaluation: "a") == [3, 4])
  }

  @Test("Threads may write at the same time")
  func threads() async throws {
    let journal = try open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for step in 0..<20 {
            let block = step * 8 + worker
            try journal.record([UInt8(block)], evaluation: "a", block: block)
            _ = try journal.completedBlocks(ofEvaluation: "a")
          }
        }
      }
      try await group.waitForAll()
    }
    let blocks = try journal.blocks(ofEvaluation: "a")
    #expect(blocks.map(\.block) == Array(0..<160))
    #expect(blocks.allSatisfy { $0.payload == [UInt8($0.block)] })
  }

  @Test("A finished journal is one file that other programs read")
  func isSelfContained() throws {
    do {
      let journal = try open()
      try journal.record(Array("found".utf8), evaluation: "a", block: 2)
      try journal.finish()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("run")) == ["run.sqlite"])
    let path = folder("run/run.sqlite")
    #expect(try sqlite(path, "PRAGMA integrity_check") == ["ok"])
    #expect(
      try sqlite(path, "SELECT evaluation || block || CAST(payload AS TEXT) FROM blocks")
        == ["a2found"])
    #expect(try sqlite(path, "SELECT digest || description FROM run") == ["testtest"])
  }

  @Test("Shards become the run that one machine would have made")
  func merges() throws {
    for shard in 0..<3 {
      let journal = try open("shard-\(shard)")
      for block in 0..<10 where block % 3 == shard {
        try journal.record([UInt8(block)], evaluation: "a", block: block)
      }
      if shard != 1 { try journal.finish() }
    }
    let whole = try open("whole")
    #expect(try whole.merge(fromFolder: folder("shard-0")) == 4)
    #expect(try whole.merge(fromFolder: folder("shard-1")) == 3)
    #expect(try whole.merge(fromFolder: folder("shard-2")) == 3)
    #expect(try whole.merge(fromFolder: folder("shard-2")) == 0)
    #expect(try whole.blocks(ofEvaluation: "a").map(\.payload) == (0..<10).map { [UInt8($0)] })
  }

  @Test("A shard that is still at work is not merged, one that has finished is")
  func mergeWaits() throws {
    let shard = try open("shard")
    try shard.record([1], evaluation: "a", block: 0)
    let whole = try open("whole")
    let error = failure { () throws(JournalError) in
      try whole.merge(fromFolder: folder("shard"))
    }
    #expect(error?.code == .locked)
    try shard.finish()
    #expect(try whole.merge(fromFolder: folder("shard")) == 1)
    #expect(try shard.completedBlocks(ofEvaluation: "a") == [0])
  }
}
