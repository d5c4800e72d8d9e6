// SPDX-License-Identifier: GPL-3.0-or-later

extension Experiment: CustomStringConvertible {
  /// The experiment file with every setting stated, a line each, in a fixed order; what has no value has
  /// no line.
  ///
  /// Equal experiments have equal descriptions and unequal ones unequal, so that it can stand in
  /// keys and hashes. Given with `--config`, it is the same experiment again.
  public var description: String {
    settings.filter { !$0.texts.isEmpty }.map { setting in
      let texts = setting.texts.map(\.yamlScalar).joined(separator: ", ")
      return "\(setting.key.rawValue): \(setting.isList ? "[\(texts)]" : texts)\n"
    }.joined()
  }

  /// One line of the description.
  private struct Setting {
    let key: CodingKeys
    let texts: [String]
    let isList: Bool
  }

  private var settings: [Setting] {
    CodingKeys.allCases.map { key in
      let (texts, isList) = texts(for: key)
      return Setting(key: key, texts: texts, isList: isList)
    }
  }

  private func texts(for key: CodingKeys) -> (texts: [String], isList: Bool) {
    switch key {
    case .dataset: ([dataset], false)
    case .models: (models.map(\.description), true)
    case .vocabulary: (vocabulary.map { [$0] } ?? [], false)
    case .sparsities: (sparsities.map(\.description), true)
    case .compressions: (compressions.map(\.description), true)
    case .trainings: (trainings.map(\.description), true)
    case .attacks: (attacks.map(\.description), true)
    case .norm: ([norm.rawValue], false)
    case .epsilons: (epsilons.map(\.text), true)
    case .queryBudget: ([queryBudget.map(String.init) ?? "none"], false)
    case .embeddingRadii: (embeddingRadii?.map(\.text) ?? [], true)
    case .isolations: (isolations.map(\.description), true)
    case .examples: ([String(examples)], false)
    case .seed: ([String(seed)], false)
    case .seeds: ([String(seeds)], false)
    case .device: ([device.rawValue], false)
    }
  }
}

extension Experiment {
  /// A name for the run's folder: data set, models, and what differs from the defaults.
  ///
  /// Letters, digits, `-`, `_`, `.` and `=` alone, at most 100 bytes. Equal experiments have equal
  /// names; unequal ones nearly always unequal, so a folder still has to check what it holds.
  public var name: String {
    // The name of a folder does not tell whether it holds texts, so the defaults that fit better count.
    let (asNamed, asTexts) = (changes(holdsTexts: false), changes(holdsTexts: true))
    let parts =
      [dataset.lastPathComponent] + models.map(\.description.lastPathComponent)
      + (asTexts.count < asNamed.count ? asTexts : asNamed)
    let name = parts.map(\.asFileName).joined(separator: "-")
    guard name.utf8.count > Experiment.longestName else { return name }
    let digest = String(description.fnv1a, radix: 16)
    return "\(name.prefix(Experiment.longestName - digest.count - 1))-\(digest)"
  }

  /// What differs from the defaults, besides data set and models.
  private func changes(holdsTexts: Bool) -> [String] {
    zip(settings, Experiment(dataset: dataset, holdsTexts: holdsTexts).settings).filter {
      $0.key != .dataset && $0.key != .models && $0.texts != $1.texts
    }.map { setting, _ in "\(setting.key.rawValue)=\(setting.texts.joined(separator: "_"))" }
  }

  private static let longestName = 100
}

extension String {
  /// The text as a YAML scalar: plain where that is unmistakable, else in double quotes.
  fileprivate var yamlScalar: String {
    let isPlain =
      unicodeScalars.allSatisfy { $0.isPlainInYAML } && last != ":"
      && unicodeScalars.first.map { $0.isWordStart } ?? false && self != "null"
    guard !isPlain else { return self }
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value):
        let hex = String(scalar.value, radix: 16)
        quoted += "\\x\(hex.count < 2 ? "0" : "")\(hex)"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  fileprivate var lastPathComponent: String {
    split(separator: "/").last.map(String.init) ?? self
  }

  fileprivate var asFileName: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { $0.isWordStart || "-_.=".unicodeScalars.contains($0) ? $0 : "_" }))
  }

  /// The 64-bit hash by Fowler, Noll and Vo, which is the same on every machine.
  ///
  /// > Source: Fowler, Noll, Vo. [FNV hash](http://www.isthe.com/chongo/tech/comp/fnv/), FNV-1a.
  fileprivate var fnv1a: UInt64 {
    utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension Unicode.Scalar {
  fileprivate var isWordStart: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: false
    }
  }

  fileprivate var isPlainInYAML: Bool {
    isWordStart || "-_./:=+".unicodeScalars.contains(self)
  }
}
