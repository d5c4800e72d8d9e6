// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("CIFAR-10 batches", .timeLimit(.minutes(15)))
struct CIFAR10ReaderTests {
  private let catalog = DatasetCatalog()

  // A record whose pixels count up from its label.
  private func record(_ label: UInt8) -> [UInt8] {
    [label] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 + Int(label)) }
  }

  @Test("Batches join in the order of their names; classes are the usual ones")
  func batches() throws {
    let folder = try TemporaryFolder()
    try folder.write("data_batch_2.bin", record(5))
    try folder.write("data_batch_1.bin", record(9) + record(3))
    try folder.write("test_batch.bin", record(0) + record(1))
    let data = try catalog.load(folder.path)
    #expect(data.inputShape == [3, 32, 32])
    #expect(data.train?.labels == [9, 3, 5])
    #expect(data.test.labels == [0, 1])
    #expect(data.classes.count == 10)
    #expect(data.classes[8] == "ship")
    #expect(data.test[1..<2].pixels == .bytes(Array(record(1).dropFirst())))
  }

  @Test("Names beside the batches are taken")
  func names() throws {
    let folder = try TemporaryFolder()
    try folder.write("test_batch.bin", record(0) + record(1))
    try folder.write("batches.meta.txt", "zero\none\n\n")
    #expect(try catalog.load(folder.path).classes == ["zero", "one"])
    try folder.write("test_batch.bin", record(0) + record(2))
    #expect(failure { _ = try catalog.load(folder.path) }?.code == .labelOutOfRange)
  }

  @Test(
    "Broken batches are refused by their defect",
    arguments: [
      (-1, 0, .truncated), (1, 0, .truncated), (0, 10, .labelOutOfRange),
      (0, 255, .labelOutOfRange), (-6146, 0, .empty),
    ] as [(Int, UInt8, DatasetError.Code)])
  func broken(extra: Int, label: UInt8, code: DatasetError.Code) throws {
    let folder = try TemporaryFolder()
    let bytes = record(label) + record(1) + [UInt8](repeating: 0, count: max(0, extra))
    try folder.write("test_batch.bin", Array(bytes.dropLast(max(0, -extra))))
    let error = failure { _ = try catalog.load(folder.path) }
    #expect(error?.code == code)
    #expect(error?.subject == folder.path + "/test_batch.bin")
  }

  @Test("Batches without a test part are refused")
  func noTest() throws {
    let folder = try TemporaryFolder()
    try folder.write("data_batch_1.bin", record(0) + record(1))
    #expect(failure { _ = try catalog.load(folder.path) }?.code == .missing)
  }
}
