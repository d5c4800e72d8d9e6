// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

/// What a data set's classes are called; one without a name by its number.
struct ClassNames {
  let all: [String]

  init(_ dataset: DatasetRecord) {
    let known = dataset.classNames ?? []
    all = (0..<dataset.classes).map { $0 < known.count ? known[$0] : String($0) }
  }

  /// The label of a class that a rule names, by name or number.
  ///
  /// - Throws: ``GateError`` with code `unknownClass`.
  func label(of name: String, _ rule: Rule) throws(GateError) -> Int {
    guard let label = all.firstIndex(of: name) ?? Int(name), all.indices.contains(label) else {
      let nearest = Suggestions.nearest(to: name, among: all).first
      throw GateError(
        .unknownClass, subject: "rule '\(rule.id)'", detail: "no class is called '\(name)'",
        remedy: nearest.map { "did you mean '\($0)'?" } ?? "give a name or a number from 0")
    }
    return label
  }
}
