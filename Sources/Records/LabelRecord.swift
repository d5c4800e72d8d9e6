// SPDX-License-Identifier: GPL-3.0-or-later

/// The true classes of a report's examples, once for all evaluations.
///
/// In JSON the classes are base64 of whole numbers without sign, `width` bytes each, the lowest byte
/// first.
public struct LabelRecord: Sendable, Hashable {
  /// The examples' indices in the data set.
  public let examples: IndexRanges
  /// The class of each example, in the order of `examples`.
  public let labels: [Int]

  /// Creates a record of examples whose indices rise; no label is negative.
  public init(examples: [Int], labels: [Int]) {
    precondition(examples.count == labels.count, "each example has one class")
    precondition(labels.allSatisfy { (0..<LabelRecord.limit).contains($0) }, "no such class")
    self.examples = IndexRanges(rising: examples)
    self.labels = labels
  }

  private static let limit = Int(Int32.max)

  private var width: Int {
    switch labels.max() ?? 0 {
    case ..<0x100: 1
    case ..<0x10000: 2
    default: 4
    }
  }
}

extension LabelRecord: Codable {
  private enum CodingKeys: String, CodingKey {
    case examples, width, classes
  }

  /// The bytes of all classes, which a JSON value holds as one text.
  private struct Packed: Codable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(from decoder: any Decoder) throws { bytes = try Base64.bytes(from: decoder) }
    func encode(to encoder: any Encoder) throws { try Base64.encode(bytes, to: encoder) }
  }

  /// Reads classes.
  ///
  /// - Throws: `DecodingError` if there are more or fewer classes than examples.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let examples = try container.decode(IndexRanges.self, forKey: .examples)
    let width = try container.decode(Int.self, forKey: .width)
    let bytes = try container.decode(Packed.self, forKey: .classes).bytes
    guard [1, 2, 4].contains(width), bytes.count == width * examples.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .classes, in: container,
        debugDescription: "there is not one class for each of \(examples.count) examples")
    }
    self.examples = examples
    labels = (0..<examples.count).map { index in
      (0..<width).reduce(0) { $0 | Int(bytes[index * width + $1]) << (8 * $1) }
    }
  }

  /// Writes classes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let width = width
    try container.encode(examples, forKey: .examples)
    try container.encode(width, forKey: .width)
    try container.encode(
      Packed(
        labels.flatMap { label in
          (0..<width).map { UInt8(truncatingIfNeeded: label >> (8 * $0)) }
        }), forKey: .classes)
  }
}
