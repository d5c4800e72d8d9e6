// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

extension ReportConsistency {
  /// More examples than any data set has, and few enough to put into an order.
  private static let mostOrdered = 1 << 24

  /// What is wrong with how a run stopped, or nil.
  ///
  /// The examples must be the first ones of the order that is named: of others it is not known when
  /// they were looked at, nor why they were chosen.
  static func stopping(of report: Report) -> String? {
    guard let stopping = report.stopping else { return nil }
    guard (1...mostOrdered).contains(stopping.examplesAvailable), stopping.examplesPerLook > 0,
      (1...stopping.examplesAvailable).contains(stopping.examplesSeen)
    else { return "stopped at no sensible number of examples" }
    let order = ExampleOrder.indices(
      seed: stopping.orderSeed, count: stopping.examplesAvailable)
    let seen = IndexRanges(rising: order.prefix(stopping.examplesSeen).sorted())
    for evaluation in report.evaluations where evaluation.verdicts?.examples != seen {
      return "evaluation '\(evaluation.id)' is not on the first examples of the run's order"
    }
    return nil
  }
}
