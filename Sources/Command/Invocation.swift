// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import YAML

/// What a command line asks for.
enum Invocation: Equatable {
  case run(Experiment, RunOptions)
  case again(RepeatRequest)
  case merge(MergeRequest)
  case verify(VerifyRequest)
  case compare(CompareRequest)
  case gate(GateRequest)
  case gateTemplate
  case report(RenderRequest)
  case list(ListSection?)
  case doctor
  case help(Help)
  case version

  /// The commands that can be named.
  enum Command: String, CaseIterable {
    case run
    case compare
    case gate
    case report
    case merge
    case verify
    case list
    case doctor
  }

  /// Reads a command line.
  ///
  /// - Parameters:
  ///   - arguments: What follows the program's name.
  ///   - surroundings: Where defaults come from.
  ///   - readFile: Reads an experiment file.
  /// - Throws: ``UsageError``; `YAMLError`; what `readFile` throws.
  init(
    arguments: [String], surroundings: Surroundings,
    readFile: (String) throws -> [UInt8]
  ) throws {
    guard let first = arguments.first, !first.hasPrefix("-") else {
      self = try Invocation.run(
        arguments, help: .program, surroundings: surroundings, readFile: readFile)
      return
    }
    guard let command = Command(rawValue: first) else { throw UsageError.unknownCommand(first) }
    let rest = Array(arguments.dropFirst())
    self =
      switch command {
      case .run:
        try Invocation.run(rest, help: .run, surroundings: surroundings, readFile: readFile)
      case .compare: try Invocation.compare(rest)
      case .gate: try Invocation.gate(rest)
      case .report: try Invocation.report(rest)
      case .merge: try Invocation.merge(rest)
      case .verify: try Invocation.verify(rest)
      case .list: try Invocation.list(rest)
      case .doctor: try Invocation.doctor(rest)
      }
  }

  private static func run(
    _ arguments: [String], help: Help, surroundings: Surroundings,
    readFile: (String) throws -> [UInt8]
  ) throws -> Invocation {
    let flags = RunOption.allCases.map(\.flag) + [.config, .from, .help, .version]
    let parsed = try FlagParser(flags: flags).parse(arguments)
    if let early = early(parsed, help: help) { return early }
    if let operand = parsed.operands.first {
      throw UsageError.unexpected(
        operand,
        remedy: Command(rawValue: operand) == nil
          ? "lists are separated by commas, without spaces" : "put the command first")
    }

    var stated: Settings = [:]
    var path: String?
    var report: String?
    for occurrence in parsed.flags {
      guard let option = RunOption(rawValue: occurrence.flag.name) else {
        if occurrence.flag == .from { report = occurrence.value } else { path = occurrence.value }
        continue
      }
      // Of two single values the last one counts, as everywhere; a list would lose elements.
      guard stated[option] == nil || !option.isList else { throw UsageError.repeated(option) }
      stated[option] = Setting(option, flagValue: occurrence.value)
    }
    if let report { return try again(report, stated, config: path, surroundings) }
    let filed = try path.map { try ExperimentFile.settings(in: try readFile($0), path: $0) } ?? [:]
    let settings = try AttackFiles.expanded(
      filed.merging(stated) { _, flag in flag }, read: readFile)
    let reader = SettingsReader(settings: settings)
    return .run(
      try reader.experiment(),
      try reader.options(cores: surroundings.cores, cache: surroundings.cache))
  }

  private static func merge(_ arguments: [String]) throws(UsageError) -> Invocation {
    let flags = [.quiet, .json, .help] + Flag.judging
    let parsed = try FlagParser(flags: flags).parse(arguments)
    if let early = early(parsed, help: .merge) { return early }
    guard let output = parsed.operands.first, parsed.operands.count > 1 else {
      throw UsageError(
        .missingArgument, subject: "merge",
        detail: parsed.operands.isEmpty ? "OUT is missing" : "SHARD is missing",
        remedy: "write robust-eval merge OUT SHARD...")
    }
    guard !parsed.operands.contains("") else {
      throw UsageError(
        .badValue, subject: "merge", detail: "'' is not a folder", remedy: "name a folder")
    }
    let stated = StatedFlags(parsed)
    return .merge(
      MergeRequest(
        shards: Array(parsed.operands.dropFirst()), output: output,
        judging: try judging(stated), isQuiet: stated.isOn(.quiet), printsJSON: stated.isOn(.json)))
  }

  private static func list(_ arguments: [String]) throws(UsageError) -> Invocation {
    let parsed = try FlagParser(flags: [.help]).parse(arguments)
    if let early = early(parsed, help: .list) { return early }
    if parsed.operands.count > 1 {
      throw UsageError.unexpected(parsed.operands[1], remedy: "name one section or none")
    }
    guard let name = parsed.operands.first else { return .list(nil) }
    guard let section = ListSection(rawValue: name) else {
      let names = ListSection.allCases.map(\.rawValue)
      let nearest = Suggestions.nearest(to: name, among: names).first
      throw UsageError(
        .badValue, subject: "list", detail: "'\(name)' is not a section",
        remedy: nearest.map { "did you mean '\($0)'?" } ?? "name \(names.joined(separator: ", "))")
    }
    return .list(section)
  }

  private static func doctor(_ arguments: [String]) throws(UsageError) -> Invocation {
    let parsed = try FlagParser(flags: [.help]).parse(arguments)
    if let early = early(parsed, help: .doctor) { return early }
    if let operand = parsed.operands.first {
      throw UsageError.unexpected(operand, remedy: "doctor takes none")
    }
    return .doctor
  }

  /// The flags that stand for a command of their own.
  static func early(_ parsed: ParsedFlags, help: Help) -> Invocation? {
    switch parsed.flags.last?.flag {
    case .help: .help(help)
    case .version: .version
    default: nil
    }
  }
}

extension UsageError {
  fileprivate static func unknownCommand(_ name: String) -> UsageError {
    let names = Invocation.Command.allCases.map(\.rawValue)
    let nearest = Suggestions.nearest(to: name, among: names).map { "'\($0)'" }
    return UsageError(
      .unknownCommand, subject: name.isEmpty ? "''" : name, detail: "unknown command",
      remedy: nearest.isEmpty
        ? "`robust-eval --help` names them all"
        : "did you mean \(nearest.joined(separator: " or "))?")
  }

  fileprivate static func unexpected(_ argument: String, remedy: String) -> UsageError {
    UsageError(
      .unexpectedArgument, subject: argument.isEmpty ? "''" : argument,
      detail: "unexpected argument", remedy: remedy)
  }

  fileprivate static func repeated(_ option: RunOption) -> UsageError {
    UsageError(
      .repeatedOption, subject: "--\(option.name)", detail: "is given twice",
      remedy: "separate values by commas")
  }
}
