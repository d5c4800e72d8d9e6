// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// The flags of a command that works on reports; of two equal ones the last counts.
struct StatedFlags {
  private let values: [String: String]
  /// What is no flag.
  let operands: [String]

  init(_ parsed: ParsedFlags) {
    values = Dictionary(parsed.flags.map { ($0.flag.name, $0.value ?? "true") }) { _, last in last }
    operands = parsed.operands
  }

  /// Whether a switch is on.
  func isOn(_ flag: Flag) -> Bool { values[flag.name] != nil }

  /// A path, or nil if it was not stated.
  func path(_ flag: Flag) throws(UsageError) -> String? {
    guard let value = values[flag.name] else { return nil }
    guard !value.isEmpty else {
      throw UsageError(
        .badValue, subject: "--\(flag.name)", detail: "'' is not a path", remedy: "name a file")
    }
    return value
  }

  /// A text, or nil if it was not stated.
  func text(_ flag: Flag) -> String? { values[flag.name] }

  /// A share from zero to below one, or nil if it was not stated.
  func share(_ flag: Flag) throws(UsageError) -> Double? {
    guard let text = values[flag.name] else { return nil }
    guard let value = Double(text), value >= 0, value < 1 else {
      throw UsageError(
        .badValue, subject: "--\(flag.name)", detail: "'\(text)' is not a share",
        remedy: "give 0 <= x < 1, as in 0.02 for two points")
    }
    return value
  }

  /// Checks how many operands there are, none of them empty.
  func checkOperands(_ names: [String], of command: String) throws(UsageError) {
    let usage = "write robust-eval \(command) \(names.joined(separator: " "))"
    if operands.count < names.count {
      throw UsageError(
        .missingArgument, subject: command, detail: "\(names[operands.count]) is missing",
        remedy: usage)
    }
    if operands.count > names.count {
      throw UsageError(
        .unexpectedArgument, subject: operands[names.count], detail: "unexpected argument",
        remedy: usage)
    }
    if operands.contains("") {
      throw UsageError(
        .badValue, subject: command, detail: "'' is not a report", remedy: usage)
    }
  }
}
