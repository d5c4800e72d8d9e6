// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Statistics

/// One evaluation's verdicts by the classes of the examples.
struct ClassTable {
  let bits: PackedBits
  private let names: ClassNames
  private let examples: [Int]
  /// Positions of each class's examples.
  private let places: [[Int]]

  init(
    _ index: ReportIndex, _ evaluation: EvaluationRecord, _ quantity: Quantity, _ rule: Rule
  ) throws(GateError) {
    guard let bits = quantity.bits(of: evaluation), let labels = index.report.labels,
      let examples = evaluation.verdicts?.examples
    else {
      throw GateError(
        .noClasses, subject: "rule '\(rule.id)'",
        detail: "\(index.name) does not say which \(quantity.rawValue) verdict is of which class",
        remedy: "run the experiment again with this version, or leave out 'classes'")
    }
    names = ClassNames(index.report.dataset)
    self.bits = bits
    self.examples = examples.indices
    places = ClassTable.places(self.examples, labels, index.report.dataset.classes)
  }

  private static func places(
    _ examples: [Int], _ labels: LabelRecord, _ classes: Int
  ) -> [[Int]] {
    var places = [[Int]](repeating: [], count: classes)
    let labelled = labels.examples.indices
    var next = 0
    for (place, example) in examples.enumerated() {
      while next < labelled.count, labelled[next] < example { next += 1 }
      guard next < labelled.count, labelled[next] == example else { continue }
      let label = labels.labels[next]
      if label < classes { places[label].append(place) }
    }
    return places
  }

  /// The classes that a rule is for, with the positions of their examples.
  func chosen(
    _ classes: Demand.Classes, _ rule: Rule
  ) throws(GateError) -> [(name: String, places: [Int])] {
    guard case .named(let wanted) = classes else { return Array(zip(names.all, places)) }
    var chosen: [(name: String, places: [Int])] = []
    for name in wanted {
      let label = try names.label(of: name, rule)
      chosen.append((names.all[label], places[label]))
    }
    return chosen
  }

  /// One class on both sides, paired by example where most are shared.
  func sampling(_ places: [Int], _ base: ClassTable, _ basePlaces: [Int]) -> Sampling {
    let pairs = pairs(places, base, basePlaces)
    guard 2 * pairs.examples.count >= min(basePlaces.count, places.count) else {
      return .unpaired(
        IndependentCounts(
          baseSuccesses: basePlaces.count { base.bits[$0] }, baseTrials: basePlaces.count,
          headSuccesses: places.count { bits[$0] }, headTrials: places.count),
        reason: "only \(pairs.examples.count) examples in common")
    }
    return .paired(PairedCounts(base: pairs.base, head: pairs.head))
  }

  /// The shared examples of one class with the verdicts of both sides.
  func pairs(
    _ places: [Int], _ base: ClassTable, _ basePlaces: [Int]
  ) -> (examples: [Int], base: [Bool], head: [Bool]) {
    let right = places.map { examples[$0] }
    let left = basePlaces.map { base.examples[$0] }
    let shared = Set(left).intersection(right)
    return (
      right.filter(shared.contains),
      zip(basePlaces, left).filter { shared.contains($0.1) }.map { base.bits[$0.0] },
      zip(places, right).filter { shared.contains($0.1) }.map { bits[$0.0] }
    )
  }

  /// The counts of one class at each look.
  func rates(_ places: [Int], at looks: Looks) -> [RateCounts] {
    looks.rates(places.map { examples[$0] }, places.map { bits[$0] })
  }
}
