// SPDX-License-Identifier: GPL-3.0-or-later

/// What was stated for one option, and where.
struct Setting: Equatable {
  /// Where a setting was stated.
  enum Origin: Equatable {
    case commandLine
    case file(String, line: Int)
  }

  /// The option.
  let option: RunOption
  /// The value; for a list its elements.
  let texts: [String]
  /// Where it was stated.
  let origin: Origin

  /// How errors name the setting.
  var subject: String {
    switch origin {
    case .commandLine: "--\(option.name)"
    case .file(let path, let line): "\(path):\(line): \(option.name)"
    }
  }

  /// Reads what followed a flag; a switch without a value is on.
  init(_ option: RunOption, flagValue: String?) {
    self.option = option
    origin = .commandLine
    let text = flagValue ?? "true"
    texts =
      option.isList
      ? text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) : [text]
  }

  init(_ option: RunOption, texts: [String], origin: Origin) {
    self.option = option
    self.texts = texts
    self.origin = origin
  }
}

/// The settings of a run, each stated at most once.
typealias Settings = [RunOption: Setting]
