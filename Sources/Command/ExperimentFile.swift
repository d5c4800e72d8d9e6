// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import YAML

/// An experiment file: a YAML mapping whose keys are the options of `run`.
enum ExperimentFile {
  /// Reads the settings out of a file's content.
  ///
  /// - Parameters:
  ///   - bytes: The content.
  ///   - path: The file's name in errors.
  /// - Returns: What the file states; nothing if it is empty.
  /// - Throws: `YAMLError`; ``UsageError`` with code `unknownKey` or `wrongKind`.
  static func settings(in bytes: [UInt8], path: String) throws -> Settings {
    let root = try YAMLNode.parse(bytes, file: path)
    if root.isNull { return [:] }
    guard case .mapping(let entries) = root.content else {
      throw UsageError(
        .wrongKind, subject: "\(path):\(root.mark.line)", detail: "is not a list of settings",
        remedy: "write lines such as sparsity: 0.5")
    }
    var settings: Settings = [:]
    for entry in entries {
      let option = try option(for: entry, path: path)
      let origin = Setting.Origin.file(path, line: entry.mark.line)
      let unread = Setting(option, texts: [], origin: origin)
      let texts = try texts(of: entry.value, for: unread)
      settings[option] = Setting(option, texts: texts, origin: origin)
    }
    return settings
  }

  private static func option(
    for entry: YAMLEntry, path: String
  ) throws(UsageError) -> RunOption {
    if let option = RunOption(rawValue: entry.key) { return option }
    let nearest = Suggestions.nearest(to: entry.key, among: RunOption.allCases.map(\.name)).first
    throw UsageError(
      .unknownKey, subject: "\(path):\(entry.mark.line)", detail: "unknown key '\(entry.key)'",
      remedy: nearest.map { "did you mean '\($0)'?" } ?? "`robust-eval run --help` names them all")
  }

  private static func texts(
    of node: YAMLNode, for setting: Setting
  ) throws(UsageError) -> [String] {
    switch node.content {
    case .scalar(let text, _):
      guard !node.isNull else {
        throw UsageError(
          .wrongKind, subject: setting.subject, detail: "has no value",
          remedy: "give one or remove the key")
      }
      return setting.option.isList
        ? text.split(separator: ",", omittingEmptySubsequences: false).map {
          $0.trimmingSpaces
        } : [text]
    case .sequence(let items) where setting.option.isList:
      var texts: [String] = []
      for item in items {
        guard case .scalar(let text, _) = item.content, !item.isNull else {
          throw wrongKind(setting, "a list holds more than texts")
        }
        texts.append(text)
      }
      guard !texts.isEmpty else { throw wrongKind(setting, "the list is empty") }
      return texts
    case .sequence: throw wrongKind(setting, "is a list, and takes one value")
    case .mapping: throw wrongKind(setting, "is a mapping, and takes a text")
    }
  }

  private static func wrongKind(_ setting: Setting, _ detail: String) -> UsageError {
    UsageError(
      .wrongKind, subject: setting.subject, detail: detail,
      remedy: setting.option.isList
        ? "write texts such as [pgd:steps=20, fgsm]" : "write it as after --\(setting.option.name)")
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
