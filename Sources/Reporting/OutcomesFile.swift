// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes `outcomes.csv` row by row: one for each example, evaluation and attack.
///
/// Nothing but one buffer is held in memory, however many rows there are.
public struct OutcomesFile: ~Copyable {
  private static let header = [
    "evaluation", "attack", "example", "label", "clean_prediction", "adversarial_prediction",
    "attacked", "broken", "distance", "queries", "gradients", "failures",
  ]

  private var file: AtomicFile

  /// Starts the file and writes its header.
  ///
  /// - Throws: `OutputError` if the folder is missing or cannot be written.
  public init(path: String) throws(OutputError) {
    var file = try AtomicFile(path: path)
    try file.append(CSV.line(OutcomesFile.header))
    self.file = file
  }

  /// Appends what one attack did in one evaluation; a value that is not known is an empty field.
  ///
  /// - Throws: `OutputError` if the disk is full or fails.
  public mutating func append(
    _ outcomes: some Sequence<Outcome>, evaluation: String, attack: String
  ) throws(OutputError) {
    let prefix = CSV.field(evaluation) + "," + CSV.field(attack) + ","
    for outcome in outcomes { try file.append(prefix + OutcomesFile.row(outcome)) }
  }

  /// Puts the file in its place.
  ///
  /// - Throws: `OutputError`; what was there before is then untouched.
  public consuming func commit() throws(OutputError) { try file.commit() }

  private static func row(_ outcome: Outcome) -> String {
    let adversarial = outcome.adversarialPrediction.map(String.init) ?? ""
    let distance = outcome.distance.map { $0.fixed(6) } ?? ""
    let failures = outcome.failures.names.joined(separator: " ")
    return "\(outcome.example),\(outcome.label),\(outcome.cleanPrediction),\(adversarial),"
      + "\(outcome.attacked ? 1 : 0),\(outcome.broken ? 1 : 0),\(distance),"
      + "\(outcome.queries),\(outcome.gradients),\(failures)\r\n"
  }
}
