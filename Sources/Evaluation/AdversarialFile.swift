// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Records
import RobustCore
import Torch

/// Adversarial inputs in a NumPy archive, with the examples that they belong to.
struct AdversarialFile {
  /// `[N, C, H, W]`.
  let inputs: Tensor
  /// Indices in the data set.
  let examples: [Int]
  /// What the file says the examples' labels are; nil where it does not.
  let labels: [Int]?
  private let path: String

  /// Names under which programs save adversarial inputs; the first is our own.
  private static let inputNames = ["inputs", "x_adv", "adversarial", "adv", "x", "arr_0"]
  private static let indexNames = ["examples", "indices", "index"]
  private static let labelNames = ["labels", "label", "y"]

  /// Reads a file, also one of another program.
  ///
  /// - Parameters:
  ///   - path: Holds an array `inputs` (or `x_adv`, `adversarial`, `adv`, `x`, `arr_0`) and, unless the
  ///     inputs are those of the first examples in order, `examples` (or `indices`); `labels` (or `y`)
  ///     are optional.
  ///   - shape: The shape of one input.
  ///   - count: How many examples the data set has.
  /// - Throws: `DatasetError`.
  init(contentsOf path: String, shape: [Int], count: Int) throws {
    let arrays = try NPZFile.read(path)
    guard let name = Self.inputNames.first(where: { arrays[$0] != nil }),
      case .floats(let values, let found) = arrays[name]
    else {
      throw DatasetError(
        code: .missing, subject: path,
        detail: "arrays found: \(arrays.keys.sorted().joined(separator: ", "));"
          + " expected floating inputs under one of \(Self.inputNames.joined(separator: ", "))",
        remedy: "save the inputs with numpy.savez(path, inputs=..., examples=...)")
    }
    guard found.count == 4, Array(found.dropFirst()) == shape, found[0] > 0 else {
      throw DatasetError(
        code: .shapeMismatch, subject: "\(path):\(name)",
        detail: "an array of shape \(found), expected [N] + \(shape)",
        remedy: "name the data set that the inputs were made from")
    }
    let rows = found[0]
    self.path = path
    labels = try Self.labelNames.first { arrays[$0] != nil }.map { name in
      guard case .integers(let labels, [rows]) = arrays[name] else {
        throw DatasetError(
          code: .shapeMismatch, subject: "\(path):\(name)",
          detail: "expected \(rows) whole numbers, one for each input",
          remedy: "save the labels of the unperturbed examples, or leave them out")
      }
      return labels
    }
    inputs = Tensor(values, shape: found)
    if let name = Self.indexNames.first(where: { arrays[$0] != nil }) {
      guard case .integers(let indices, [rows]) = arrays[name],
        indices.allSatisfy((0..<count).contains)
      else {
        throw DatasetError(
          code: .shapeMismatch, subject: "\(path):\(name)",
          detail: "expected \(rows) whole numbers from 0 to \(count - 1)",
          remedy: "save the index of each input's example in the data set")
      }
      examples = indices
    } else {
      guard rows <= count else {
        throw DatasetError(
          code: .shapeMismatch, subject: "\(path):\(name)",
          detail: "\(rows) inputs, the data set has \(count) examples",
          remedy: "save the index of each input's example as 'examples'")
      }
      examples = Array(0..<rows)
    }
  }

  /// Refuses a file whose labels are not those of the data set: its inputs belong to other examples.
  ///
  /// - Parameter truth: The labels of ``examples``.
  /// - Throws: `DatasetError` with code `shapeMismatch`.
  func checkLabels(_ truth: [Int]) throws {
    guard let labels, let row = truth.indices.first(where: { labels[$0] != truth[$0] }) else {
      return
    }
    throw DatasetError(
      code: .shapeMismatch, subject: path,
      detail: "input \(row) has the label \(labels[row]), and example \(examples[row]) of the data"
        + " set has \(truth[row])",
      remedy: "save the index of each input's example as 'examples', or name the right data set")
  }

  /// Writes the kept inputs of an evaluation.
  ///
  /// - Parameters:
  ///   - kept: Block by block.
  ///   - shape: The shape of one input.
  ///   - path: Where to.
  /// - Throws: `OutputError`.
  static func write(_ kept: [KeptInputs], shape: [Int], to path: String) throws {
    let examples = kept.flatMap(\.examples)
    try NPZFile.write(
      [
        "inputs": .floats(kept.flatMap(\.values), shape: [examples.count] + shape),
        "examples": .integers(examples, shape: [examples.count]),
      ], to: path)
  }
}
