// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Torch

/// Labelled inputs in memory.
public struct Examples: Sendable {
  /// Inputs `[N, C, H, W]` in the data set's own range, or the ids `[N, L]` of the words of texts.
  public let inputs: Tensor
  /// Classes `[N]`, 64-bit integers.
  public let labels: Tensor
  /// The number of classes of the data set.
  public let classes: Int
  /// The range of every input value.
  public let inputRange: ClosedRange<Double>
  /// The texts that the inputs are the ids of; nil for images.
  public let texts: [Text]?

  /// Joins inputs, labels and texts of the same count.
  public init(
    inputs: Tensor, labels: Tensor, classes: Int, inputRange: ClosedRange<Double>,
    texts: [Text]? = nil
  ) {
    precondition(inputs.size(0) == labels.size(0), "\(inputs.shape) against \(labels.shape)")
    precondition(texts.map { $0.count == inputs.size(0) } ?? true, "texts for \(inputs.shape)")
    self.texts = texts
    self.inputs = inputs
    self.labels = labels
    self.classes = classes
    self.inputRange = inputRange
  }

  /// The number of examples.
  public var count: Int { inputs.size(0) }

  /// The shape of one input.
  public var inputShape: [Int] { Array(inputs.shape.dropFirst()) }

  /// The examples of a range, sharing memory.
  public subscript(range: Range<Int>) -> Examples {
    Examples(
      inputs: inputs.slice(range), labels: labels.slice(range), classes: classes,
      inputRange: inputRange, texts: texts.map { Array($0[range]) })
  }

  /// Chosen examples, copied, as a batch that remembers their indices.
  public func batch(_ indices: [Int]) -> Batch {
    let rows = Tensor(indices)
    return Batch(
      inputs: inputs.rows(rows), labels: labels.rows(rows), indices: indices,
      texts: texts.map { texts in indices.map { texts[$0] } })
  }
}

/// A few examples that are worked on together.
public struct Batch: Sendable {
  /// Inputs `[N, C, H, W]`, or ids `[N, L]`.
  public let inputs: Tensor
  /// Classes `[N]`, 64-bit integers.
  public let labels: Tensor
  /// The index of each example in its data set, from which its random stream derives.
  public let indices: [Int]
  /// The texts that the inputs are the ids of; nil for images.
  public let texts: [Text]?

  /// Joins inputs, labels, indices and texts of the same count.
  public init(inputs: Tensor, labels: Tensor, indices: [Int], texts: [Text]? = nil) {
    precondition(inputs.size(0) == indices.count, "\(inputs.shape) for \(indices.count) indices")
    precondition(texts.map { $0.count == indices.count } ?? true, "texts for \(inputs.shape)")
    self.texts = texts
    self.inputs = inputs
    self.labels = labels
    self.indices = indices
  }

  /// The number of examples.
  public var count: Int { indices.count }

  /// The examples at some positions, copied.
  public func rows(_ positions: [Int]) -> Batch {
    let rows = Tensor(positions)
    return Batch(
      inputs: inputs.rows(rows), labels: labels.rows(rows), indices: positions.map { indices[$0] },
      texts: texts.map { texts in positions.map { texts[$0] } })
  }
}
