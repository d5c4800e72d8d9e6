// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Hashing
import Records
import RobustCore
import Statistics
import Torch
import Training

/// Finished models, each under a key that says what it was made from.
///
/// A model is stored with the digest of its bytes and is believed only if it still has it; anything
/// else is made again. Files come into place whole or not at all.
struct ModelCache: Sendable {
  let folder: String

  /// What is kept beside a model.
  struct Entry: Codable, Sendable {
    /// The description that the key is the digest of.
    let description: String
    /// The digest of the checkpoint's bytes.
    let sha256: String
    /// How long it took to make, stage by stage.
    let stageSeconds: [String: Double]
    /// What a search over structures tried; nil where none was made.
    var search: [TrialRecord]?
  }

  /// A model out of the cache, or fresh.
  struct Model: Sendable {
    let classifier: Classifier
    let stageSeconds: [String: Double]
    var search: [TrialRecord]?
  }

  /// The key of a description.
  static func key(_ description: String) -> String { SHA256.hex(of: description) }

  /// Where a checkpoint keeps a structure that differs from the dense model's.
  private static let structureKey = "structure"

  /// The model of a description, or nil where there is none or it is damaged.
  ///
  /// - Parameters:
  ///   - description: What it was made from.
  ///   - dense: The dense model before its training.
  /// - Returns: The model; one whose structure was rewritten has an architecture of its own.
  func model(_ description: String, like dense: Classifier) -> Model? {
    let base = "\(folder)/\(Self.key(description))"
    guard let text = try? String(contentsOfFile: "\(base).json", encoding: .utf8),
      let entry = try? CanonicalJSON.value(Entry.self, from: text),
      entry.description == description,
      let data = FileManager.default.contents(atPath: "\(base).safetensors")
    else { return nil }
    let bytes = [UInt8](data)
    guard SHA256.hex(of: bytes) == entry.sha256,
      let file = try? Safetensors(decoding: bytes, subject: "\(base).safetensors"),
      let classifier = try? Self.classifier(file, like: dense, subject: base)
    else { return nil }
    return Model(
      classifier: classifier, stageSeconds: entry.stageSeconds, search: entry.search)
  }

  private static func classifier(
    _ file: Safetensors, like dense: Classifier, subject: String
  ) throws -> Classifier {
    guard let structure = file.metadata[structureKey] else {
      return dense.replacing(
        parameters: try ParameterSet(file, like: dense.parameters, subject: subject))
    }
    let architecture = try GraphArchitecture(
      name: dense.architecture.name, inputShape: dense.architecture.inputShape,
      classes: dense.architecture.classes, structure: structure)
    // Drawn for their names and shapes alone.
    let template = architecture.initialParameters(random: RandomKey(seed: 0))
    return dense.replacing(
      architecture: architecture,
      parameters: try ParameterSet(file, like: template, subject: subject))
  }

  /// Stores a model, and drops what was kept on the way to it.
  func store(_ model: Model, _ description: String) throws {
    try OutputFolder.make(folder)
    let base = "\(folder)/\(Self.key(description))"
    let structure = model.classifier.architecture.structure
    let bytes = Safetensors(
      model.classifier.parameters.safetensors.tensors,
      metadata: structure.map { [Self.structureKey: $0] } ?? [:]
    ).encoded()
    let entry = Entry(
      description: description, sha256: SHA256.hex(of: bytes), stageSeconds: model.stageSeconds,
      search: model.search)
    try AtomicFile.write(bytes, to: "\(base).safetensors")
    try AtomicFile.write(try CanonicalJSON.text(entry), to: "\(base).json")
    try? FileManager.default.removeItem(atPath: "\(base).partial.safetensors")
    tunings(description).clear()
  }

  /// Keeps what a compression that is under way has trained.
  func tunings(_ description: String) -> TuningStore {
    TuningStore(folder: folder, prefix: "\(Self.key(description)).tuning")
  }

  /// Keeps the checkpoints of a training that is under way.
  func checkpoints(_ description: String) -> any CheckpointKeeper {
    FileCheckpoints(
      folder: folder, path: "\(folder)/\(Self.key(description)).partial.safetensors")
  }
}
