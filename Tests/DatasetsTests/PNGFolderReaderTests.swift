// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("Folders of PNG pictures", .timeLimit(.minutes(15)))
struct PNGFolderReaderTests {
  private let catalog = DatasetCatalog()
  private let levels: [UInt8] = [0, 40, 80, 120, 160, 200]

  private func folder(_ files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, fixture) in files { try folder.write(name, try Fixture.bytes(fixture)) }
    return folder
  }

  @Test("Class folders alone are a test part that goes round the classes")
  func alone() throws {
    let folder = try folder([
      "cat/1.png": "grey.png", "cat/2.png": "one-bit.png", "cat/3.png": "grey.png",
      "ant/z.png": "grey.png", "bee/1.png": "grey.png", "bee/2.png": "grey.png",
    ])
    try folder.write("README", "a file beside the folders is nobody's class")
    try folder.write("ant/.hidden", "so is a hidden one")
    let data = try catalog.load(folder.path)
    #expect(data.classes == ["ant", "bee", "cat"])
    #expect(data.train == nil)
    #expect(data.test.labels == [0, 1, 2, 1, 2, 2])
    #expect(data.inputShape == [1, 2, 3])
    #expect(data.test[4..<5].pixels == .bytes([255, 0, 255, 0, 255, 0]))
  }

  @Test("One picture in colour makes all of them have three planes")
  func widened() throws {
    let folder = try folder([
      "train/a/1.png": "grey.png", "train/b/1.png": "grey.png", "test/a/1.png": "grey.png",
      "test/b/1.png": "colour.png",
    ])
    let data = try catalog.load(folder.path)
    #expect(data.inputShape == [3, 2, 3])
    #expect(data.train?[0..<1].pixels == .bytes(levels + levels + levels))
    #expect(
      data.test[1..<2].pixels == .bytes(levels + levels.map { $0 + 5 } + levels.map { 250 - $0 }))
  }

  @Test(
    "A folder that is no data set is refused by its defect",
    arguments: [
      (["a/1.png": "grey.png"], .oneClass),
      (["a/1.png": "grey.png", "b/1.png": "c-order.npy"], .wrongMagic),
      (["a/1.png": "grey.png", "b/1.png": "bad-cut.png"], .truncated),
      (["a/1.png": "grey.png", "b/notes.txt": "README.md"], .wrongMagic),
      (["a/1.png": "grey.png", "b/deep/1.png": "grey.png"], .notAFile),
      (["train/a/1.png": "grey.png", "train/b/1.png": "grey.png"], .missing),
      (["test/a/1.png": "grey.png"], .oneClass), (["test/1.png": "grey.png"], .empty),
      (
        [
          "train/a/1.png": "grey.png", "train/c/1.png": "grey.png", "test/a/1.png": "grey.png",
          "test/b/1.png": "grey.png",
        ], .classMismatch
      ),
    ] as [([String: String], DatasetError.Code)])
  func refused(files: [String: String], code: DatasetError.Code) throws {
    let folder = try folder(files)
    let error = failure { _ = try catalog.load(folder.path) }
    #expect(error?.code == code)
    #expect(error?.subject.hasPrefix(folder.path) == true)
  }

  @Test("A class without pictures is refused")
  func emptyClass() throws {
    let folder = try folder(["a/1.png": "grey.png", "b/.keep": "grey.png"])
    #expect(failure { _ = try catalog.load(folder.path) }?.code == .empty)
  }

  @Test("Pictures of two sizes are refused, and the odd one is named")
  func sizes() throws {
    let folder = try folder(["a/1.png": "grey.png", "b/1.png": "grey.png"])
    let root = "\(Fixture.folder)/../../../datasets/png-folder/test/vertical/0.png"
    try folder.write("b/2.png", try FileBytes.read(root))
    let error = failure { _ = try catalog.load(folder.path) }
    #expect(error?.code == .shapeMismatch)
    #expect(error?.subject == folder.path + "/b/2.png")
  }
}
