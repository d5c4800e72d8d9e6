// SPDX-License-Identifier: GPL-3.0-or-later

/// Errors inside of a frame: the code in four bytes, then the words.
enum FailurePayload {
  private static let longest = 1_000

  /// The bytes of an error.
  static func encoded(_ error: IsolationError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: UInt32(error.code.rawValue))
    return bytes + error.detail.utf8.prefix(longest)
  }

  /// Reads an error; bytes that are none are one of their own.
  static func decoded(_ bytes: [UInt8], subject: String) -> IsolationError {
    guard bytes.count >= 4, let number = UInt16(exactly: bytes.number(at: 0)),
      let code = IsolationError.Code(rawValue: number)
    else {
      return IsolationError(
        .malformedFrame, subject: subject, detail: "it answers with an unknown error")
    }
    return IsolationError(
      code, subject: subject, detail: String(decoding: bytes[4...].prefix(longest), as: UTF8.self))
  }
}
