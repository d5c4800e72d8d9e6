// SPDX-License-Identifier: GPL-3.0-or-later

/// A set of indices kept as ranges, so that the first ten thousand take one pair of numbers.
///
/// In JSON a list of pairs `[first, last]`, both included, rising and not touching.
public struct IndexRanges: Sendable, Hashable {
  /// The ranges, rising; between two of them at least one index is missing.
  public let ranges: [ClosedRange<Int>]
  /// How many indices there are.
  public let count: Int

  /// Collects indices that rise strictly; none is negative.
  public init(rising indices: [Int]) {
    precondition((indices.first ?? 0) >= 0, "an index is not negative")
    var ranges: [ClosedRange<Int>] = []
    for index in indices {
      guard let last = ranges.last else {
        ranges.append(index...index)
        continue
      }
      precondition(index > last.upperBound, "the indices rise")
      if index == last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...index
      } else {
        ranges.append(index...index)
      }
    }
    self.ranges = ranges
    count = indices.count
  }

  /// The indices one by one, rising.
  public var indices: [Int] { ranges.flatMap { Array($0) } }
}

extension IndexRanges: Codable {
  /// The largest index that is read, as outcomes hold no larger one.
  private static let limit = Int(Int32.max)

  /// Reads pairs.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    var ranges: [ClosedRange<Int>] = []
    var count = 0
    for pair in try container.decode([[Int]].self) {
      guard pair.count == 2, let first = pair.first, let last = pair.last, first >= 0,
        first <= last, last <= IndexRanges.limit,
        ranges.last.map({ first > $0.upperBound + 1 }) ?? true
      else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "ranges are rising pairs [first, last]")
      }
      ranges.append(first...last)
      count += last - first + 1
    }
    self.ranges = ranges
    self.count = count
  }

  /// Writes pairs.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(ranges.map { [$0.lowerBound, $0.upperBound] })
  }
}
