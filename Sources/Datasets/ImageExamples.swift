// SPDX-License-Identifier: GPL-3.0-or-later

/// Images of one size with their labels, in the order of evaluation.
public struct ImageExamples: Sendable {
  /// The values of all images, example by example, each in the order channel, row, column.
  public enum Pixels: Sendable, Equatable {
    /// Levels 0 to 255, spread evenly over the input range.
    case bytes([UInt8])
    /// Values in the input range.
    case floats([Float])

    /// How many values there are.
    public var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      }
    }
  }

  /// Channels, height and width of one image.
  public let shape: [Int]
  /// All values, `count × valuesPerExample` of them.
  public let pixels: Pixels
  /// The class of each image, from zero.
  public let labels: [Int]
  /// The least and the largest legal value of a pixel as the model sees it.
  public let inputRange: ClosedRange<Float>

  /// How many images there are.
  public var count: Int { labels.count }
  /// Channels times height times width.
  public var valuesPerExample: Int { shape.reduce(1, *) }

  /// Creates examples from values that have been checked.
  ///
  /// - Parameters:
  ///   - shape: Channels, height and width.
  ///   - pixels: As many values as images times the product of `shape`.
  ///   - labels: The class of each image, from zero.
  ///   - inputRange: The range of the pixels as the model sees them.
  public init(
    shape: [Int], pixels: Pixels, labels: [Int], inputRange: ClosedRange<Float> = 0...1
  ) {
    precondition(shape.count == 3 && shape.allSatisfy { $0 > 0 }, "an image is [C, H, W]")
    precondition(pixels.count == labels.count * shape.reduce(1, *), "pixels and labels disagree")
    self.shape = shape
    self.pixels = pixels
    self.labels = labels
    self.inputRange = inputRange
  }
}

extension ImageExamples {
  /// Copies neighbouring images as the model sees them.
  ///
  /// - Parameters:
  ///   - examples: Which images; within `0..<count`.
  ///   - target: Room for `examples.count × valuesPerExample` values, filled from its start.
  public func copyInputs(of examples: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) {
    precondition(examples.lowerBound >= 0 && examples.upperBound <= count, "no such examples")
    let size = valuesPerExample
    precondition(target.count >= examples.count * size, "the target is too small")
    copyValues(from: examples.lowerBound * size, count: examples.count * size, into: target)
  }

  /// Copies images picked by index as the model sees them.
  ///
  /// - Parameters:
  ///   - indices: Which images, in the order wanted; each within `0..<count`.
  ///   - target: Room for `indices.count × valuesPerExample` values, filled from its start.
  public func copyInputs(at indices: [Int], into target: UnsafeMutableBufferPointer<Float>) {
    let size = valuesPerExample
    precondition(target.count >= indices.count * size, "the target is too small")
    for (place, index) in indices.enumerated() {
      precondition(labels.indices.contains(index), "no example \(index)")
      let slot = UnsafeMutableBufferPointer(rebasing: target[place * size..<(place + 1) * size])
      copyValues(from: index * size, count: size, into: slot)
    }
  }

  /// The values of neighbouring images as the model sees them.
  public func inputs(of examples: Range<Int>) -> [Float] {
    let total = examples.count * valuesPerExample
    return [Float](unsafeUninitializedCapacity: total) { target, filled in
      copyInputs(of: examples, into: target)
      filled = total
    }
  }

  /// The examples of a range as a set of their own.
  public subscript(examples: Range<Int>) -> ImageExamples {
    let values = examples.lowerBound * valuesPerExample..<examples.upperBound * valuesPerExample
    let part: Pixels =
      switch pixels {
      case .bytes(let all): .bytes(Array(all[values]))
      case .floats(let all): .floats(Array(all[values]))
      }
    return ImageExamples(
      shape: shape, pixels: part, labels: Array(labels[examples]), inputRange: inputRange)
  }

  // A level becomes `level / 255` by a division, as other tools do: a product with the reciprocal
  // differs in the last place.
  private func copyValues(
    from start: Int, count: Int, into target: UnsafeMutableBufferPointer<Float>
  ) {
    guard count > 0, let output = target.baseAddress else { return }
    let low = inputRange.lowerBound
    let width = inputRange.upperBound - low
    switch pixels {
    case .bytes(let all):
      all.withUnsafeBufferPointer { source in
        let levels = UnsafeBufferPointer(rebasing: source[start..<start + count])
        for index in 0..<count {
          output[index] = low + Float(levels[index]) / 255 * width
        }
      }
    case .floats(let all):
      all.withUnsafeBufferPointer { source in
        guard let input = source.baseAddress else { return }
        output.update(from: input + start, count: count)
      }
    }
  }
}
