// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import FoundationEssentials
import Language
import Records
import RobustCore
import Torch

/// The folder `models/` of a run: every variant in forms that other programs load.
struct ModelFolder {
  let folder: String
  /// The words that the models of a run know; nil for images.
  var vocabulary: Vocabulary?

  /// The words of a model of texts, in the order of their ids from 2 on.
  static let vocabularyFile = "vocabulary.json"

  /// A variant's id as the name of a folder.
  static func name(of id: String) -> String {
    String(
      id.map { character in
        character.isASCII
          && (character.isLetter || character.isNumber || "@=+._".contains(character))
          ? character : "-"
      })
  }

  /// Writes a model as `model.safetensors`, `model.pt` and `packed.safetensors.gz`, and the parts of a
  /// sharded one as `part-1.pt` and so on; `vocabulary.json` beside them tells ids of words.
  ///
  /// - Returns: The size of the packed file.
  func write(_ classifier: Classifier, id: String) throws -> Int {
    let place = "\(folder)/\(Self.name(of: id))"
    try OutputFolder.make(place)
    let plain = Safetensors(classifier.parameters.plainTensors, metadata: ["format": "pt"])
    try AtomicFile.write(plain.encoded(), to: "\(place)/model.safetensors")
    let packed = PackedModel.encoded(classifier.parameters)
    try AtomicFile.write(packed, to: "\(place)/packed.safetensors.gz")
    let architecture = classifier.architecture
    try write(architecture.exported(classifier.parameters), to: "\(place)/model.pt")
    if let vocabulary {
      try AtomicFile.write(
        try CanonicalJSON.text(vocabulary), to: "\(place)/\(Self.vocabularyFile)")
    }
    for part in architecture.exportedParts(classifier.parameters) {
      try write(part.module, to: "\(place)/\(part.name).pt")
    }
    return packed.count
  }

  /// libtorch writes to a path of its own; its file is then put in place like any other.
  private func write(_ module: ScriptModule, to path: String) throws {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let partial = "\(path[..<slash])/.\(path[path.index(after: slash)...]).partial"
    defer { try? FileManager.default.removeItem(atPath: partial) }
    try module.save(to: partial)
    guard let bytes = FileManager.default.contents(atPath: partial) else {
      throw ExperimentError(
        .occupiedFolder, subject: partial, detail: "the file vanished while it was written",
        remedy: "let one run at a time use the folder")
    }
    try AtomicFile.write([UInt8](bytes), to: path)
  }
}
