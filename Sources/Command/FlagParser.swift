// SPDX-License-Identifier: GPL-3.0-or-later

@preconcurrency import CGlibc
@preconcurrency import Glibc
import Records
import Synchronization

/// A command line taken apart.
struct ParsedFlags: Equatable {
  /// A flag as it was given.
  struct Occurrence: Equatable {
    let flag: Flag
    let value: String?
  }

  /// The flags, in their order.
  var flags: [Occurrence] = []
  /// What is no flag, in its order.
  var operands: [String] = []
}

/// Takes a command line apart with glibc's `getopt_long`, which knows abbreviations and `--`.
struct FlagParser {
  /// The flags of the command.
  let flags: [Flag]

  /// `getopt_long` keeps its place in global variables: one parse at a time.
  private static let turn = Mutex<Void>(())
  /// Codes above every character tell long options apart.
  private static let firstCode: Int32 = 0x100

  /// Reads arguments up to the end, or to the first `--help` or `--version`.
  ///
  /// - Throws: ``UsageError`` with code `unknownOption`, `ambiguousOption`, `missingValue` or
  ///   `unexpectedArgument`.
  func parse(_ arguments: [String]) throws(UsageError) -> ParsedFlags {
    try FlagParser.turn.withLock { _ throws(UsageError) -> ParsedFlags in
      // The strings must outlive the parse: getopt_long reorders and keeps their addresses.
      var vector = (["robust-eval"] + arguments).map { strdup($0) } + [nil]
      let owned = vector
      let table = flags.enumerated().map { index, flag in
        option(
          name: strdup(flag.name), has_arg: flag.value.code, flag: nil,
          val: FlagParser.firstCode + Int32(index))
      }
      defer {
        owned.forEach { free($0) }
        table.forEach { free(UnsafeMutablePointer(mutating: $0.name)) }
      }
      return try parse(&vector, table + [option(name: nil, has_arg: 0, flag: nil, val: 0)])
    }
  }

  private func parse(
    _ vector: inout [UnsafeMutablePointer<CChar>?], _ table: [option]
  ) throws(UsageError) -> ParsedFlags {
    let count = Int32(vector.count - 1)
    var parsed = ParsedFlags()
    // Zero makes glibc begin anew; a message of its own is not wanted.
    optind = 0
    opterr = 0
    while true {
      let code = getopt_long(count, &vector, letters, table, nil)
      if code == -1 { break }
      guard let flag = flag(for: code) else { throw failure(code, vector) }
      let value = optarg.map { String(cString: $0) }
      parsed.flags.append(ParsedFlags.Occurrence(flag: flag, value: value))
      if flag == .help || flag == .version { return parsed }
    }
    parsed.operands = vector[Int(optind)..<Int(count)].compactMap { $0.map { String(cString: $0) } }
    return parsed
  }

  /// The colon in front makes getopt_long tell a missing value from an unknown flag.
  private var letters: String {
    flags.reduce(into: ":") { text, flag in
      guard let letter = flag.letter else { return }
      text.append(letter)
      if case .required = flag.value { text.append(":") }
    }
  }

  private func flag(for code: Int32) -> Flag? {
    if code >= FlagParser.firstCode { return flags[Int(code - FlagParser.firstCode)] }
    return flags.first { $0.letter?.asciiValue.map(Int32.init) == code }
  }
}

extension FlagParser {
  private func failure(_ code: Int32, _ vector: [UnsafeMutablePointer<CChar>?]) -> UsageError {
    if let flag = flag(for: optopt) {
      return code == Int32(UInt8(ascii: ":"))
        ? UsageError(
          .missingValue, subject: "--\(flag.name)", detail: "has no value",
          remedy: "write --\(flag.name) \(flag.value.placeholder)")
        : UsageError(
          .unexpectedArgument, subject: "--\(flag.name)", detail: "takes no value",
          remedy: "leave out what follows the equal sign")
    }
    guard optopt == 0 else {
      let letter = (33...126).contains(optopt) ? String(UnicodeScalar(UInt8(optopt))) : "?"
      return UsageError(
        .unknownOption, subject: "-\(letter)", detail: "unknown option",
        remedy: "`robust-eval --help` names them all")
    }
    let written = vector[Int(optind) - 1].map { String(cString: $0) } ?? ""
    return unknown(String(written.dropFirst(2).prefix { $0 != "=" }))
  }

  private func unknown(_ name: String) -> UsageError {
    let names = flags.map(\.name)
    let longer = names.filter { $0.hasPrefix(name) }
    if longer.count > 1, !name.isEmpty {
      return UsageError(
        .ambiguousOption, subject: "--\(name)", detail: "fits several options",
        remedy: "write one of \(longer.map { "--\($0)" }.joined(separator: ", "))")
    }
    let nearest = Suggestions.nearest(to: name, among: names).first
    return UsageError(
      .unknownOption, subject: "--\(name)", detail: "unknown option",
      remedy: nearest.map { "did you mean --\($0)?" } ?? "`robust-eval --help` names them all")
  }
}

extension Flag.Value {
  fileprivate var code: Int32 {
    switch self {
    case .none: 0
    case .required: 1
    case .optional: 2
    }
  }

  fileprivate var placeholder: String {
    if case .required(let text) = self { text } else { "" }
  }
}
