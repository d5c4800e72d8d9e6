// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Records
import Torch

/// What was found in one block of examples; a row of the journal.
struct BlockResult: Codable, Sendable {
  /// What one attack did to the examples of a block.
  struct AttackResult: Codable, Sendable {
    let outcomes: [Outcome]
    let seconds: Double
  }

  /// In the order of the suite.
  let attacks: [AttackResult]
  /// Adversarial inputs, of some examples or of all that were broken.
  let kept: KeptInputs
  /// Whether these are all.
  let keepsAll: Bool
  /// Unchanged inputs of the first kept ones, in the first block; nil in others.
  var originals: KeptInputs?
}

/// Adversarial inputs with the examples that they belong to.
struct KeptInputs: Codable, Sendable {
  /// Indices in the data set, rising.
  let examples: [Int]
  /// Single precision values, little-endian, example by example.
  private let bytes: Data

  /// Joins examples and their inputs `[N, C, H, W]`; at least one or none at all.
  init(_ inputs: [(example: Int, input: Tensor)]) {
    examples = inputs.map(\.example)
    let values = inputs.flatMap { $0.input.elements(of: Float.self) }
    bytes = values.withUnsafeBytes { Data($0) }
  }

  /// The values of all inputs, example by example.
  var values: [Float] {
    bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: MemoryLayout<UInt32>.size).map { offset in
        Float(
          bitPattern: UInt32(
            littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      }
    }
  }
}
