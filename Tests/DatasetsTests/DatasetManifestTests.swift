// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("Manifests", .timeLimit(.minutes(15)))
struct DatasetManifestTests {
  private static let good = """
    {"schema": 1, "name": "mine", "title": "t", "source": "s", "licence": "l", "format": "npy",
     "files": [], "range": [-1, 1], "classes": ["no", "yes"], "shape": [1, 1, 2]}
    """

  @Test("A folder describes itself: name, classes and range are the manifest's")
  func describesItself() throws {
    let folder = try TemporaryFolder()
    try folder.write("manifest.json", Self.good)
    try folder.write("x.npy", npy("<f4", "(2, 1, 2)", littleEndian([-1, 0.25, 0.5, 1])))
    try folder.write("y.npy", npy("|u1", "(2,)", [1, 0]))
    let data = try DatasetCatalog().load(folder.path)
    #expect(data.name == "mine")
    #expect(data.classes == ["no", "yes"])
    #expect(data.inputRange == -1...1)
    #expect(data.test.inputs(of: 0..<1) == [-1, 0.25])
  }

  @Test(
    "Data that is not as the manifest says is refused by its defect",
    arguments: [
      ("\"shape\": [1, 1, 2]", "\"shape\": [1, 2, 1]", .shapeMismatch),
      ("[\"no\", \"yes\"]", "[\"no\", \"yes\", \"maybe\"]", nil),
      ("[-1, 1]", "[-0.5, 1]", .pixelOutOfRange),
      (
        "\"files\": []",
        "\"files\": [{\"role\": \"x\", \"path\": \"y.npy\", \"sha256\": \"\(zeros)\"}]",
        .checksumMismatch
      ),
      ("\"npy\"", "\"npz\"", .missing), ("\"npy\"", "\"cifar10-binary\"", .missing),
      ("\"npy\"", "\"png-folder\"", .empty), ("\"npy\"", "\"idx\"", .missing),
    ] as [(String, String, DatasetError.Code?)])
  func notAsSaid(old: String, new: String, code: DatasetError.Code?) throws {
    let folder = try TemporaryFolder()
    try folder.write("manifest.json", Self.good.replacing(old, with: new))
    try folder.write("x.npy", npy("<f4", "(2, 1, 2)", littleEndian([-1, 0.25, 0.5, 1])))
    try folder.write("y.npy", npy("|u1", "(2,)", [1, 0]))
    #expect(failure { _ = try DatasetCatalog().load(folder.path) }?.code == code)
  }

  @Test(
    "A broken manifest is refused, and what is wrong is named",
    arguments: [
      ("\"schema\": 1", "\"schema\": 2", "schema 2"), ("\"name\": \"mine\", ", "", "'name'"),
      ("\"npy\"", "\"tiff\"", "'format'"), ("[-1, 1]", "[1, -1]", "range"),
      ("[-1, 1]", "[0]", "range"), ("[-1, 1]", "\"0..1\"", "'range'"),
      ("[1, 1, 2]", "[1, 2]", "shape"), ("[1, 1, 2]", "[1, 0, 2]", "shape"),
      ("[\"no\", \"yes\"]", "[\"no\"]", "classes"),
      ("[\"no\", \"yes\"]", "[\"no\", \"no\"]", "classes"), ("{", "[", "JSON"),
      ("\"files\": []", "\"files\": [{\"path\": \"y\"}]", "'files.0.role'"),
      (
        "\"files\": []", "\"files\": [{\"role\": \"r\", \"path\": \"y\", \"sha256\": \"AB\"}]",
        "sha256 of y"
      ),
      ("\"npy\"", "\"generated\"", "generator"),
      (
        "\"files\": []", "\"files\": [], \"generator\": {\"seed\": 1, \"train\": 1, \"test\": 1}",
        "generator"
      ),
    ])
  func broken(old: String, new: String, named: String) throws {
    let json = Array(Self.good.replacing(old, with: new).utf8)
    let error = failure { _ = try DatasetManifest(json: json, subject: "some/manifest.json") }
    #expect(error?.code == .badManifest)
    #expect(error?.subject == "some/manifest.json")
    #expect(error?.detail.contains(named) == true, "\(error?.detail ?? "no error")")
  }

  private static let zeros = String(repeating: "0", count: 64)
}
