// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Words what can be named, and what was found out about the machine.
enum Listing {
  /// The members of a section with parameters and sources.
  static func text(_ section: ListSection, _ entries: [CatalogEntry]) -> String {
    "\(section.rawValue)\n" + entries.map { text($0) }.joined()
  }

  private static func text(_ entry: CatalogEntry) -> String {
    let sees = entry.knowledge.map { " [\($0.rawValue)]" } ?? ""
    let value = entry.value.map { form in
      ":" + form.parameters.map { $0.uppercased() }.joined(separator: form.separator)
    }
    var lines = ["  \(entry.name)\(value ?? "")\(sees)  \(entry.summary)"]
    for parameter in entry.parameters {
      let value = parameter.defaultValue.map { "=\($0)" } ?? ""
      lines.append("      \(parameter.name)\(value)  \(parameter.summary) (\(parameter.kind))")
    }
    if let citation = entry.citation { lines.append("      from \(citation)") }
    return lines.map { "\($0)\n" }.joined()
  }

  /// A line for each check, verdicts under one another.
  static func text(_ diagnoses: [Diagnosis]) -> String {
    let width = diagnoses.map(\.check.count).max() ?? 0
    return diagnoses.map { diagnosis in
      let gap = String(repeating: " ", count: width - diagnosis.check.count)
      let verdict = diagnosis.verdict.rawValue
      let room = String(repeating: " ", count: "missing".count - verdict.count)
      return "\(verdict)\(room)  \(diagnosis.check)\(gap)  \(diagnosis.detail)\n"
    }.joined()
  }
}
