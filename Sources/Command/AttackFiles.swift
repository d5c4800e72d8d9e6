// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import YAML

/// Suites of the user's own: YAML files that are named among the attacks.
enum AttackFiles {
  /// Puts the attacks of every suite file in the place of its name.
  ///
  /// - Parameters:
  ///   - settings: What was stated; the norm chooses a suite's list.
  ///   - read: The bytes of a file.
  /// - Returns: Settings that name no file among the attacks.
  /// - Throws: What `read` throws; `YAMLError`; `SpecificationError`.
  static func expanded(
    _ settings: Settings, read: (String) throws -> [UInt8]
  ) throws -> Settings {
    guard let setting = settings[.attack] else { return settings }
    let norm = settings[.norm]?.texts.first.flatMap(Norm.init(rawValue:)) ?? Experiment().norm
    let texts = try setting.texts.flatMap { text in
      guard text.hasSuffix(".yaml") || text.hasSuffix(".yml") else { return [text] }
      return try AttackSuite(yaml: try read(text), file: text).attacks(for: norm)
        .map(\.description)
    }
    var result = settings
    result[.attack] = Setting(.attack, texts: texts, origin: setting.origin)
    return result
  }
}
