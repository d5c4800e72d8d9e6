// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension Flag {
  static let format = Flag(name: "format", letter: "f", value: .required("NAME"))
  static let formats = Flag(name: "format", letter: "f", value: .required("LIST"))
  static let outputFile = Flag(name: "output", letter: "o", value: .required("FILE"))
  static let outputFolder = Flag(name: "output", letter: "o", value: .required("DIR"))
  static let json = Flag(name: "json", letter: nil, value: .none)
  static let quiet = Flag(name: "quiet", letter: "q", value: .none)
  static let margin = Flag(name: "margin", letter: nil, value: .required("X"))
  static let baseline = Flag(name: "baseline", letter: "b", value: .required("REPORT"))
  static let policy = Flag(name: "policy", letter: "p", value: .required("FILE"))
  static let baselineOptional = Flag(name: "baseline-optional", letter: nil, value: .none)
  static let maxDrop = Flag(name: "max-drop", letter: nil, value: .required("X"))
  /// Those that state rules.
  static let judging: [Flag] = [.policy, .baseline, .baselineOptional, .maxDrop]
  static let template = Flag(name: "init", letter: nil, value: .none)
  static let junit = Flag(name: "junit", letter: nil, value: .required("FILE"))
  static let sarif = Flag(name: "sarif", letter: nil, value: .required("FILE"))
  static let markdown = Flag(name: "markdown", letter: nil, value: .required("FILE"))
}

/// The commands that work on finished reports.
extension Invocation {
  static func compare(_ arguments: [String]) throws(UsageError) -> Invocation {
    let parsed = try FlagParser(flags: [.format, .json, .outputFile, .margin, .help])
      .parse(arguments)
    if let early = early(parsed, help: .compare) { return early }
    let stated = StatedFlags(parsed)
    try stated.checkOperands(["BASE", "HEAD"], of: "compare")
    var request = CompareRequest(base: stated.operands[0], head: stated.operands[1])
    request.output = try stated.path(.outputFile)
    if let text = stated.text(.format) {
      guard let format = CompareRequest.Format(rawValue: text) else {
        throw UsageError.notFormat(text, CompareRequest.Format.allCases.map(\.rawValue))
      }
      request.format = format
    }
    if stated.isOn(.json) { request.format = .json }
    if let margin = try stated.share(.margin) {
      guard margin > 0 else {
        throw UsageError(
          .badValue, subject: "--margin", detail: "no difference is smaller than none",
          remedy: "give a share above 0, as in 0.02 for two points")
      }
      request.margin = margin
    }
    return .compare(request)
  }

  /// Repeats the experiment of a report: flags say how it is run, and never what it is.
  ///
  /// Rules that compare with a baseline do so with that report, unless another one is named.
  static func again(
    _ report: String, _ stated: Settings, config: String?, _ surroundings: Surroundings
  ) throws(UsageError) -> Invocation {
    let others: [RunOption] = [.shard, .untilDecided]
    let changed = RunOption.allCases.first {
      stated[$0] != nil && ($0.isExperiment || others.contains($0))
    }
    if let name = changed?.name ?? config.map({ _ in Flag.config.name }) {
      throw UsageError(
        .conflict, subject: "--\(name)", detail: "--from repeats an experiment as it was",
        remedy: "leave out one of them")
    }
    guard !report.isEmpty else {
      throw UsageError(
        .badValue, subject: "--from", detail: "'' is not a report",
        remedy: "name a report.json, or the folder of a run")
    }
    var settings = stated
    if stated[.policy] != nil || stated[.maxDrop] != nil, stated[.baseline] == nil {
      settings[.baseline] = Setting(.baseline, flagValue: report)
    }
    let reader = SettingsReader(settings: settings)
    return .again(
      RepeatRequest(
        report: report,
        options: try reader.options(cores: surroundings.cores, cache: surroundings.cache)))
  }

  static func report(_ arguments: [String]) throws(UsageError) -> Invocation {
    let parsed = try FlagParser(
      flags: [.formats, .outputFolder, .help] + Flag.judging
    ).parse(arguments)
    if let early = early(parsed, help: .report) { return early }
    let stated = StatedFlags(parsed)
    try stated.checkOperands(["RUN"], of: "report")
    let formats = (stated.text(.formats) ?? "markdown").split(
      separator: ",", omittingEmptySubsequences: false
    ).map(String.init)
    return .report(
      RenderRequest(
        run: stated.operands[0], formats: formats, output: try stated.path(.outputFolder),
        judging: try judging(stated)))
  }

  /// The rules that flags state; nil without any.
  static func judging(_ stated: StatedFlags) throws(UsageError) -> Judging? {
    let judging = Judging(
      policy: try stated.path(.policy), baseline: try stated.path(.baseline),
      baselineIsOptional: stated.isOn(.baselineOptional), maxDrop: try stated.share(.maxDrop))
    return try judging.checked()
  }

  static func gate(_ arguments: [String]) throws(UsageError) -> Invocation {
    let flags = [.template, .json, .junit, .sarif, .markdown, .help] + Flag.judging
    let parsed = try FlagParser(flags: flags).parse(arguments)
    if let early = early(parsed, help: .gate) { return early }
    let stated = StatedFlags(parsed)
    if stated.isOn(.template) {
      guard stated.operands.isEmpty, parsed.flags.count == 1 else {
        throw UsageError(
          .conflict, subject: "--init", detail: "prints a policy and judges nothing",
          remedy: "write robust-eval gate --init > policy.yaml")
      }
      return .gateTemplate
    }
    try stated.checkOperands(["REPORT"], of: "gate")
    guard let judging = try judging(stated) else {
      throw UsageError(
        .missingArgument, subject: "gate", detail: "there are no rules",
        remedy: "give --policy FILE, or --max-drop X --baseline REPORT")
    }
    let request = GateRequest(
      report: stated.operands[0], judging: judging, printsJSON: stated.isOn(.json),
      junit: try stated.path(.junit), sarif: try stated.path(.sarif),
      markdown: try stated.path(.markdown))
    return .gate(request)
  }
}

extension Judging {
  /// The same where it has rules; nil where nothing was stated.
  ///
  /// - Throws: ``UsageError`` with code `conflict` where a baseline or a drop stands alone.
  func checked() throws(UsageError) -> Judging? {
    if maxDrop != nil, baseline == nil {
      throw UsageError(
        .conflict, subject: "--max-drop", detail: "there is nothing to have dropped from",
        remedy: "name the report compared with by --baseline")
    }
    if baselineIsOptional, baseline == nil {
      throw UsageError(
        .conflict, subject: "--baseline-optional",
        detail: "there is no baseline that may be missing",
        remedy: "name the report compared with by --baseline")
    }
    if policy != nil || maxDrop != nil { return self }
    guard baseline == nil else {
      throw UsageError(
        .conflict, subject: "--baseline", detail: "there are no rules that compare with it",
        remedy: "add --policy FILE or --max-drop X, or compare by robust-eval compare")
    }
    return nil
  }
}

extension UsageError {
  fileprivate static func notFormat(_ text: String, _ names: [String]) -> UsageError {
    let nearest = Suggestions.nearest(to: text, among: names).first
    return UsageError(
      .badValue, subject: "--format", detail: "'\(text)' is not a format",
      remedy: nearest.map { "did you mean '\($0)'?" } ?? "give \(names.joined(separator: ", "))")
  }
}
