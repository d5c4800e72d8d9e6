// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Sentences that every form of a report for people shares.
enum ReportProse {
  static let comparisons =
    "Each compressed model against its dense parent, on the same examples. Lost: the base alone is "
    + "right; won: the head alone. Exact McNemar test, score interval of the difference;"

  static let attacks =
    "In the order in which they ran; an example that one broke is not attacked again."

  /// What the attacks spent, and how well the workers were used; nil where it was not counted.
  static func effort(of report: Report) -> String? {
    guard let effort = report.effort else { return nil }
    let pace = effort.pace.map {
      ", at \(($0 * 100).fixed(1)) % of the pace of bare forward and backward passes on one core each"
    }
    return "The attacks spent \(effort.queries) queries and \(effort.gradients) gradients,"
      + " \((effort.shareOfAll * 100).fixed(1)) % of what they would have spent had every one met every"
      + " example and none had fallen, in \(effort.seconds.fixed(1)) worker-seconds\(pace ?? "")."
  }

  static let scope =
    "A compressed model is fine-tuned unless its recipe says otherwise, its dense parent is not:"
    + " what is found here is found of both together."

  /// What was judged, on which data.
  static func opening(of report: Report) -> String {
    let data = report.dataset
    let counts = Set(report.evaluations.map(\.examples)).sorted().map(String.init)
    let compressed = report.variants.count { $0.parent != nil }
    let variants = report.variants.count
    return "\(variants) \(variants == 1 ? "variant" : "variants") (\(compressed) compressed)"
      + " \(variants == 1 ? "was" : "were") judged on "
      + "\(counts.joined(separator: " or ")) of \(data.examples) test examples: "
      + "\(data.classes) classes, \(inputs(of: data)), seed \(report.seed)."
      + balance(of: data)
  }

  private static func inputs(of data: DatasetRecord) -> String {
    if data.holdsTexts, let length = data.inputShape.first, let last = data.inputRange.last {
      // The first two ids fill up and stand for any unknown word.
      return "texts of at most \(length) words, \(max(0, Int(last) - 1)) different ones known"
    }
    let shape = data.inputShape.map(String.init).joined(separator: "×")
    let range = data.inputRange.map(\.description).joined(separator: ", ")
    return "inputs \(shape) in [\(range)]"
  }

  /// How evenly the classes occur, where that was counted.
  private static func balance(of data: DatasetRecord) -> String {
    guard let counts = data.classCounts, let least = counts.min(), let most = counts.max() else {
      return ""
    }
    func name(_ count: Int) -> String {
      let label = counts.firstIndex(of: count) ?? 0
      return data.classNames.flatMap { $0.indices.contains(label) ? $0[label] : nil } ?? "\(label)"
    }
    let total = max(1, counts.reduce(0, +))
    return " The largest class, \(name(most)), holds \(most) of the \(total) test examples"
      + " (\((Double(most) / Double(total)).fixed(3))), the smallest, \(name(least)), \(least)."
  }

  /// What every rate is, and what it is not.
  static func rates(in report: Report) -> String {
    // Who looks at the examples as they come needs wider intervals.
    let exact = report.stopping == nil ? "exact " : ""
    return
      "Every rate is a share of all examples, with its \(exact)95 % interval. Robust accuracy counts "
      + "an example as right only if no attack broke it, so it is an upper bound: a stronger attack "
      + "can only lower it."
  }

  /// What the checks say where none of them raised a flag.
  static func noFlags(in report: Report) -> String {
    let made = report.evaluations.flatMap { $0.checks ?? [] }.count { $0.sample > 0 }
    return made == 0
      ? "No soundness checks were run: the numbers stand on the attacks above alone."
      : "All \(made) checks that could be made were passed."
  }

  /// The machine, the program and the data, row by row.
  static func environment(of report: Report) -> [(what: String, value: String)] {
    let (machine, tool) = (report.environment, report.tool)
    let commit = tool.commit.map { " (\($0))" } ?? ""
    var rows = [
      ("program", "\(tool.name) \(tool.version)\(commit)"), ("created", report.created),
      ("operating system", machine.os), ("processor", "\(machine.cpu), \(machine.cores) cores"),
      ("device", machine.device),
    ]
    rows += machine.libraries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if let hash = report.dataset.sha256 { rows.append(("data, SHA-256", hash)) }
    return rows.map { (what: $0.0, value: $0.1) }
  }
}
