// SPDX-License-Identifier: GPL-3.0-or-later

/// The radius of the allowed perturbation in input units, kept as it was written.
///
/// `8/255` stays `8/255` in every report, so that no rounding comes between two of them.
public struct Epsilon: Sendable, Hashable {
  /// The radius as the user wrote it.
  public let text: String
  /// The radius in input units; finite and not negative.
  public let value: Double

  /// Reads a decimal number or a fraction of two.
  ///
  /// - Returns: Nil if the text is neither, or the value is negative or not finite.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let numerator = parts.first.flatMap({ Double($0) }) else { return nil }
    var value = numerator
    if parts.count == 2 {
      guard let denominator = Double(parts[1]), denominator > 0 else { return nil }
      value /= denominator
    }
    guard value.isFinite, value >= 0 else { return nil }
    self.text = text
    self.value = value
  }
}

extension Epsilon: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let epsilon = Epsilon(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not a radius such as 8/255")
    }
    self = epsilon
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
