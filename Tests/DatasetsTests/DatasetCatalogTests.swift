// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hashing
import Testing

@testable import Datasets

@Suite("The catalog of data sets", .timeLimit(.minutes(15)))
struct DatasetCatalogTests {
  private static let repository = URL(fileURLWithPath: Fixture.folder + "/../../../datasets")
    .standardizedFileURL

  @Test("The built-in names need no folder", arguments: [nil, URL(fileURLWithPath: "/nowhere")])
  func builtIn(folder: URL?) throws {
    let catalog = DatasetCatalog(manifestFolder: folder)
    #expect(catalog.names == ["fashion-mnist", "shapes", "wordnet-glosses"])
    #expect(try catalog.manifest(named: "fashion-mnist").shape == [1, 28, 28])
    #expect(try catalog.manifest(named: "shapes").classes?.count == 10)
    #expect(catalog.isInstalled("shapes"))
  }

  @Test("The repository's folder adds its examples")
  func repositoryNames() {
    #expect(
      DatasetCatalog(manifestFolder: Self.repository).names
        == ["fashion-mnist", "shapes", "wordnet-glosses", "cifar10-binary", "npz", "png-folder"])
  }

  @Test("Every manifest of the repository is named like its folder and tells its licence")
  func manifests() throws {
    let catalog = DatasetCatalog(manifestFolder: Self.repository)
    for name in catalog.names {
      let manifest = try catalog.manifest(named: name)
      #expect(manifest.name == name)
      #expect(!manifest.licence.isEmpty && !manifest.source.isEmpty && !manifest.title.isEmpty)
    }
  }

  @Test(
    "The repository's examples load with their digests checked",
    arguments: [
      ("npz", [1, 8, 8], 24, 12, 3), ("cifar10-binary", [3, 32, 32], 10, 10, 10),
      ("png-folder", [1, 8, 8], 12, 6, 3),
    ])
  func examples(name: String, shape: [Int], train: Int, test: Int, classes: Int) throws {
    let catalog = DatasetCatalog(manifestFolder: Self.repository)
    #expect(catalog.isInstalled(name))
    let data = try catalog.load(name)
    #expect(data.name == name)
    #expect(data.inputShape == shape)
    #expect(data.train?.count == train)
    #expect(data.test.count == test)
    #expect(data.classes.count == classes)
    // Stripes lie in the first two rows, columns or diagonals: two levels and no more.
    if name != "cifar10-binary", case .bytes(let values) = data.test.pixels {
      #expect(Set(values) == [25, 230])
    }
  }

  @Test("The archive and the picture folder hold the same test pictures")
  func sameStripes() throws {
    let catalog = DatasetCatalog(manifestFolder: Self.repository)
    let archive = try catalog.load("npz").test
    let pictures = try catalog.load("png-folder").test
    for kind in 0..<3 {
      let name = ["horizontal", "vertical", "diagonal"][kind]
      let place = try #require(try catalog.load("png-folder").classes.firstIndex(of: name))
      #expect(archive[kind..<kind + 1].pixels == pictures[place..<place + 1].pixels)
    }
  }

  @Test("The digest is that of what sha256sum prints, in the order of the names")
  func digest() throws {
    let data = try DatasetCatalog(manifestFolder: Self.repository).load("cifar10-binary")
    let lines = try ["batches.meta.txt", "data_batch_1.bin", "test_batch.bin"].map { name in
      let bytes = try FileBytes.read("\(Self.repository.path)/cifar10-binary/\(name)")
      return "\(SHA256.hex(of: bytes))  \(name)\n"
    }
    #expect(data.sha256 == SHA256.hex(of: lines.joined()))
  }

  @Test(
    "An unknown name is refused with the nearest ones",
    arguments: [
      ("fashion-mnits", "'fashion-mnist'"), ("shape", "'shapes'"), ("Shapes", "'shapes'"),
      ("zzzzzzzz", "known: fashion-mnist, shapes"),
    ])
  func unknown(name: String, remedy: String) {
    let error = failure { _ = try DatasetCatalog().load(name) }
    #expect(error?.code == .unknownName)
    #expect(error?.subject == name)
    #expect(error?.remedy.contains(remedy) == true)
  }

  @Test(
    "A path that leads nowhere useful is refused by its defect",
    arguments: [
      ("/nowhere/at/all.npz", .missing), ("./nowhere", .missing), ("/dev/null", .notAFile),
      ("/etc/passwd", .unsupported), ("/etc/passwd/x", .missing), ("", .unknownName),
    ] as [(String, DatasetError.Code)])
  func paths(path: String, code: DatasetError.Code) {
    #expect(failure { _ = try DatasetCatalog().load(path) }?.code == code)
  }

  @Test(
    "A folder or file with nothing to read is refused by its defect",
    arguments: [
      (nil, .empty), ("notes.txt", .unsupported), ("a.npz", .empty), (".hidden", .empty),
    ] as [(String?, DatasetError.Code)])
  func nothing(file: String?, code: DatasetError.Code) throws {
    let folder = try TemporaryFolder()
    if let file { try folder.write(file, []) }
    #expect(failure { _ = try DatasetCatalog().load(folder.path) }?.code == code)
  }

  @Test("Two archives in one folder are ambiguous, each of them alone is not")
  func twoArchives() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.npz", try Fixture.bytes("keras.npz"))
    try folder.write("b.npz", try Fixture.bytes("keras.npz"))
    #expect(failure { _ = try DatasetCatalog().load(folder.path) }?.code == .missing)
    #expect(try DatasetCatalog().load(folder.path + "/b.npz").name == "b")
  }

  @Test("A missing package is named with the command that installs it")
  func missingPackage() throws {
    var manifest = try DatasetCatalog().manifest(named: "fashion-mnist")
    manifest.folder = "/nowhere"
    let error = failure {
      _ = try DatasetLoader(manifest: manifest, folder: "/nowhere").load()
    }
    #expect(error?.code == .missing)
    #expect(error?.remedy.contains("apt-get install dataset-fashion-mnist") == true)
  }
}
