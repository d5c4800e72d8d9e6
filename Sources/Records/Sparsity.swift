// SPDX-License-Identifier: GPL-3.0-or-later

/// The share of the prunable parameters to remove, `0 <= s < 1`; zero is the dense model.
public struct Sparsity: Sendable, Hashable, Comparable {
  /// Nothing is removed.
  public static let dense = Sparsity(value: 0)

  /// The share.
  public let value: Double

  private init(value: Double) { self.value = value }

  /// Creates a sparsity.
  ///
  /// - Returns: Nil if the value is not in `0..<1`.
  public init?(_ value: Double) {
    guard value >= 0, value < 1 else { return nil }
    // Adding zero turns -0 into 0, which is printed without a sign.
    self.value = value + 0
  }

  /// Reads a decimal number.
  ///
  /// - Returns: Nil if the text is no number or not in `0..<1`.
  public init?(_ text: String) {
    guard let value = Double(text) else { return nil }
    self.init(value)
  }

  /// Whether nothing is to be removed.
  public var isDense: Bool { value == 0 }

  /// Orders by how much is removed.
  public static func < (left: Sparsity, right: Sparsity) -> Bool { left.value < right.value }
}

extension Sparsity: CustomStringConvertible {
  /// The shortest decimal number that reads back as this share.
  public var description: String { isDense ? "0" : value.description }
}

extension Sparsity: Codable {
  /// Reads a number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let sparsity = Sparsity(try container.decode(Double.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a sparsity lies in 0..<1")
    }
    self = sparsity
  }

  /// Writes a number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
