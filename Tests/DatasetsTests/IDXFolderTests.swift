// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("Data sets of IDX files", .timeLimit(.minutes(15)))
struct IDXFolderTests {
  private let catalog = DatasetCatalog()
  private let images = "t10k-images-idx3-ubyte"
  private let labels = "t10k-labels-idx1-ubyte"

  @Test("A folder under the usual names needs no manifest, and no training part")
  func usualNames() throws {
    let folder = try TemporaryFolder()
    try folder.write(images, idx([2, 1, 2], [1, 2, 3, 4]))
    try folder.write(labels + ".gz", try Fixture.bytes("labels.gz"))
    #expect(failure { _ = try catalog.load(folder.path) }?.code == .countMismatch)
    try folder.write(images, idx([4, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]))
    let data = try catalog.load(folder.path)
    #expect(data.inputShape == [1, 1, 2])
    #expect(data.test.labels == [0, 1, 2, 1])
    #expect(data.train == nil)
    try folder.write("train-images-idx3-ubyte", idx([2, 1, 2], [9, 9, 8, 8]))
    #expect(failure { _ = try catalog.load(folder.path) }?.code == .missing)
    try folder.write("train-labels-idx1-ubyte", idx([2], [1, 0]))
    #expect(try catalog.load(folder.path).train?.labels == [1, 0])
  }

  @Test(
    "Files of the wrong dimensions are refused",
    arguments: [
      (idx([4], [1, 2, 3, 4]), idx([4], [0, 1, 0, 1])),
      (idx([4, 1], [1, 2, 3, 4]), idx([4], [0, 1, 0, 1])),
      (idx([4, 1, 1], [1, 2, 3, 4]), idx([4, 1], [0, 1, 0, 1])),
    ])
  func wrongDimensions(imageFile: [UInt8], labelFile: [UInt8]) throws {
    let folder = try TemporaryFolder()
    try folder.write(images, imageFile)
    try folder.write(labels, labelFile)
    #expect(failure { _ = try catalog.load(folder.path) }?.code == .shapeMismatch)
  }

  @Test("Training images of another size are refused")
  func otherSize() throws {
    let folder = try TemporaryFolder()
    try folder.write(images, idx([2, 1, 2], [1, 2, 3, 4]))
    try folder.write(labels, idx([2], [0, 1]))
    try folder.write("train-images-idx3-ubyte", idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]))
    try folder.write("train-labels-idx1-ubyte", idx([2], [1, 0]))
    let error = failure { _ = try catalog.load(folder.path) }
    #expect(error?.code == .shapeMismatch)
    #expect(error?.subject.hasSuffix("train-images-idx3-ubyte") == true)
  }
}
