// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Hashing
import Records
import RobustCore
import Torch
import Training

/// What a compression under way has trained so far, so that a run that was stopped goes on there.
///
/// Each piece of work has a number and a description of all that it is made from. A compression that is
/// begun again asks for the same pieces in the same order; one that does not finds nothing.
struct TuningStore: Sendable {
  private let folder: String
  private let prefix: String
  private let pieces = Counter()

  /// - Parameters:
  ///   - folder: Where models are kept.
  ///   - prefix: How names of files begin; they are removed with the models of that key.
  init(folder: String, prefix: String) {
    self.folder = folder
    self.prefix = prefix
  }

  /// One training or measurement.
  struct Piece: Sendable {
    fileprivate let folder: String
    fileprivate let path: String

    /// Where a training that is not done goes on.
    var checkpoints: any CheckpointKeeper {
      FileCheckpoints(folder: folder, path: "\(path).partial.safetensors")
    }

    /// The tensors that it gave; nil where it is not done.
    var tensors: [String: Tensor]? {
      guard let data = FileManager.default.contents(atPath: "\(path).safetensors") else {
        return nil
      }
      return try? Safetensors(decoding: [UInt8](data), subject: path).tensors
    }

    /// Keeps what it gave, and drops its checkpoint.
    func finish(_ tensors: [String: Tensor]) throws {
      try OutputFolder.make(folder)
      try AtomicFile.write(Safetensors(tensors).encoded(), to: "\(path).safetensors")
      try? FileManager.default.removeItem(atPath: "\(path).partial.safetensors")
    }
  }

  /// The next piece of work.
  ///
  /// - Parameter description: Everything that its result follows from, besides the model's own key.
  /// - Returns: Where its result is, or is to be kept.
  func next(_ description: String) -> Piece {
    let digest = SHA256.hex(of: description).prefix(16)
    return Piece(folder: folder, path: "\(folder)/\(prefix)-\(pieces.increment())-\(digest)")
  }

  /// Removes all pieces.
  func clear() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix("\(prefix)-") {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }
}

/// One checkpoint file, replaced again and again.
struct FileCheckpoints: CheckpointKeeper {
  let folder: String
  let path: String

  func last() throws -> Checkpoint? {
    guard let data = FileManager.default.contents(atPath: path),
      let file = try? Safetensors(decoding: [UInt8](data), subject: path),
      let step = file.metadata["step"].flatMap({ Int($0) })
    else { return nil }
    return Checkpoint(step: step, tensors: file.tensors)
  }

  func keep(_ checkpoint: Checkpoint) throws {
    try OutputFolder.make(folder)
    let file = Safetensors(checkpoint.tensors, metadata: ["step": String(checkpoint.step)])
    try AtomicFile.write(file.encoded(), to: path)
  }
}
