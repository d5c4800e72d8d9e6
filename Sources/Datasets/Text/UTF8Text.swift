// SPDX-License-Identifier: GPL-3.0-or-later

/// Bytes that are to be a text.
enum UTF8Text {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The bytes without a byte order mark, if they are UTF-8.
  ///
  /// - Throws: ``DatasetError`` with code `badEncoding` and the first line at fault.
  static func checked(
    _ bytes: [UInt8], _ path: String
  ) throws(DatasetError) -> ArraySlice<UInt8> {
    let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    if String(validating: text, as: UTF8.self) != nil { return text }
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    let is16Bits = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    throw DatasetError(
      .badEncoding, "\(path):\(line + 1)", is16Bits ? "it is UTF-16" : "bytes that are not UTF-8",
      remedy: "convert the file, as in iconv -f \(is16Bits ? "UTF-16" : "ISO-8859-1") -t UTF-8")
  }
}
