// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// The one JSON form in which records are written: sorted keys, indented, slashes as they are.
///
/// Equal values give equal bytes, so that files can be compared and hashed.
public enum CanonicalJSON {
  /// Encodes a value, with a newline at the end.
  ///
  /// - Throws: `EncodingError` if a number is not finite.
  public static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// Encodes a value on one line without spaces, for keys and hashes.
  ///
  /// - Throws: `EncodingError` if a number is not finite.
  public static func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Reads a value from JSON text.
  ///
  /// - Throws: `DecodingError` if the text is not JSON or a key is missing or of another type.
  public static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value
  {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
