// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Language
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
  /// One input: the values of an image, or a text.
  enum Input {
    /// `[1, C, H, W]`.
    case values(Tensor)
    /// A text.
    case text(Text)
  }

  /// Indices in the data set, rising.
  let examples: [Int]
  /// The texts; nil for images.
  let texts: [Text]?
  /// Single precision values, little-endian, example by example.
  private let bytes: Data

  /// Joins examples and their inputs, all of one kind.
  init(_ inputs: [(example: Int, input: Input)]) {
    examples = inputs.map(\.example)
    var values: [Float] = []
    var texts: [Text] = []
    for (_, input) in inputs {
      switch input {
      case .values(let tensor): values += tensor.elements(of: Float.self)
      case .text(let text): texts.append(text)
      }
    }
    self.texts = texts.isEmpty ? nil : texts
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
