// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// What each severity of each corruption means, read from the data file that names its source.
struct SeverityTable: Decodable, Sendable {
  /// The parameters of one corruption and their values, a row for each severity.
  struct Kind: Decodable, Sendable {
    var parameters: [String]
    var lengths: [String]?
    var shares: [String]?
    var severities: [[Double]]
  }

  var schema: Int
  var source: String
  /// The side of the images for which lengths are stated.
  var side: Double
  var scaling: String
  var kinds: [String: Kind]

  /// The table that comes with the program.
  static let builtIn: SeverityTable = {
    do {
      let bytes = Data(PackageResources.corruptions_json)
      return try JSONDecoder().decode(SeverityTable.self, from: bytes)
    } catch {
      preconditionFailure("the severities of the program are malformed: \(error)")
    }
  }()

  /// The values of one severity, from 1 to 5, for images whose shorter side is given.
  ///
  /// Lengths grow with the side above the source's and stay as they are below: the published blurs of
  /// small images span a pixel or two, and less of them would be none.
  func severity(_ level: Int, of corruption: CorruptionKind, side: Int) -> Severity {
    guard let kind = kinds[corruption.rawValue], kind.severities.indices.contains(level - 1) else {
      preconditionFailure("no severity \(level) of \(corruption.rawValue)")
    }
    let growth = max(1, Double(side) / self.side)
    let pairs = zip(kind.parameters, kind.severities[level - 1]).map { name, value in
      if kind.lengths?.contains(name) == true { return (name, value * growth) }
      if kind.shares?.contains(name) == true { return (name, value * Double(side)) }
      return (name, value)
    }
    return Severity(values: Dictionary(uniqueKeysWithValues: pairs))
  }
}

/// The parameters of one corruption at one severity, lengths in pixels.
struct Severity: Sendable {
  let values: [String: Double]

  subscript(_ name: String) -> Double {
    guard let value = values[name] else { preconditionFailure("no parameter '\(name)'") }
    return value
  }
}
