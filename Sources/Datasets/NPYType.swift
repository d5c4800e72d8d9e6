// SPDX-License-Identifier: GPL-3.0-or-later

/// The type of the elements of a NumPy array.
struct NPYType: Equatable {
  enum Kind: Character {
    case bool = "b"
    case signed = "i"
    case unsigned = "u"
    case floating = "f"
  }

  let kind: Kind
  let size: Int
  let isBigEndian: Bool

  /// Reads a type string such as `<f4`.
  ///
  /// - Returns: Nil for any type that is not a number, or of a size that does not occur here.
  init?(_ text: String) {
    var rest = Substring(text)
    let order = rest.first
    if let order, "<>|=".contains(order) { rest.removeFirst() }
    guard let letter = rest.popFirst(), let kind = Kind(rawValue: letter), let size = Int(rest)
    else { return nil }
    let sizes: [Int] =
      switch kind {
      case .bool: [1]
      case .signed, .unsigned: [1, 2, 4, 8]
      case .floating: [2, 4, 8]
      }
    guard sizes.contains(size), order != "|" || size == 1 else { return nil }
    self.kind = kind
    self.size = size
    isBigEndian = order == ">"
  }
}
