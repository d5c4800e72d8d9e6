// SPDX-License-Identifier: GPL-3.0-or-later

/// The lines of a file in the order of their bytes, found by their beginnings.
///
/// Nothing is read beforehand: a line is found by halving the file.
struct SortedLines: Sendable {
  private static let newline = UInt8(ascii: "\n")

  let bytes: [UInt8]

  /// The first line that begins with a text.
  func line(beginning text: String) -> Substring? {
    let prefix = Array(text.utf8)
    let start = firstStart(notBefore: prefix)
    return start < bytes.count && begins(at: start, with: prefix) ? line(at: start) : nil
  }

  /// All lines that begin with a text, in order.
  func lines(beginning text: String) -> [Substring] {
    let prefix = Array(text.utf8)
    var start = firstStart(notBefore: prefix)
    var found: [Substring] = []
    while start < bytes.count, begins(at: start, with: prefix) {
      found.append(line(at: start))
      start = end(of: start) + 1
    }
    return found
  }

  /// The line that starts at a byte.
  func line(at start: Int) -> Substring {
    Substring(decoding: bytes[start..<end(of: start)], as: UTF8.self)
  }

  /// The start of the first line that does not come before a prefix.
  private func firstStart(notBefore prefix: [UInt8]) -> Int {
    var low = 0
    var high = bytes.count
    while low < high {
      let middle = start(of: low + (high - low) / 2)
      if bytes[middle..<end(of: middle)].lexicographicallyPrecedes(prefix) {
        low = end(of: middle) + 1
      } else {
        high = middle
      }
    }
    return min(low, bytes.count)
  }

  private func begins(at start: Int, with prefix: [UInt8]) -> Bool {
    bytes[start...].prefix(prefix.count).elementsEqual(prefix)
  }

  private func start(of place: Int) -> Int {
    var start = place
    while start > 0, bytes[start - 1] != Self.newline { start -= 1 }
    return start
  }

  private func end(of place: Int) -> Int {
    bytes[place...].firstIndex(of: Self.newline) ?? bytes.count
  }
}
