// SPDX-License-Identifier: GPL-3.0-or-later

/// An option as the command line knows it.
struct Flag: Hashable, Sendable {
  /// Whether a value follows.
  enum Value: Hashable, Sendable {
    case none
    /// Only behind an equal sign, as in `--quiet=false`.
    case optional
    /// With what stands for it in the help.
    case required(String)
  }

  /// The name behind two dashes.
  let name: String
  /// The letter behind one dash, in ASCII.
  let letter: Character?
  /// Whether a value follows.
  let value: Value

  static let config = Flag(name: "config", letter: "c", value: .required("FILE"))
  static let from = Flag(name: "from", letter: nil, value: .required("REPORT"))
  static let help = Flag(name: "help", letter: "h", value: .none)
  static let version = Flag(name: "version", letter: "V", value: .none)
}
