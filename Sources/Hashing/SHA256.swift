// SPDX-License-Identifier: GPL-3.0-or-later

import CCrypto

/// A SHA-256 digest in the making; libcrypto does the work.
///
/// > Source: NIST, "Secure Hash Standard (SHS)", FIPS 180-4, 2015.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  /// Starts the digest of no bytes.
  public init() {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
    self.context = context
    let status = EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(status == 1, "libcrypto offers no SHA-256")
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes to the digest.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    let status = EVP_DigestUpdate(context, start, bytes.count)
    precondition(status == 1, "libcrypto refused \(bytes.count) bytes")
  }

  /// Adds bytes to the digest.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds the UTF-8 form of a text to the digest.
  public mutating func update(_ text: String) {
    update(Array(text.utf8))
  }

  /// Ends the digest.
  ///
  /// - Returns: 64 lowercase hexadecimal digits.
  public consuming func hex() -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let status = EVP_DigestFinal_ex(context, &digest, &count)
    precondition(status == 1 && count == 32, "libcrypto could not end the digest")
    let digits = Array("0123456789abcdef".utf8)
    let pairs = digest.prefix(Int(count)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: pairs, as: UTF8.self)
  }
}

extension SHA256 {
  /// The digest of the bytes, as 64 lowercase hexadecimal digits.
  public static func hex(of bytes: UnsafeRawBufferPointer) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.hex()
  }

  /// The digest of the bytes, as 64 lowercase hexadecimal digits.
  public static func hex(of bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { hex(of: $0) }
  }

  /// The digest of the UTF-8 form of a text, as 64 lowercase hexadecimal digits.
  public static func hex(of text: String) -> String {
    hex(of: Array(text.utf8))
  }
}
