// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records

extension Rule {
  /// What the rule demands, in words.
  var statement: String {
    switch demand {
    case .floor(let quantity, let floor, let classes):
      "\(quantity.rawValue) accuracy\(words(classes)) is at least \(floor.shortText)\(sure)"
    case .loss(let quantity, let margin, let reference, let classes):
      "\(quantity.rawValue) accuracy\(words(classes)) is lower than that of the "
        + "\(reference == .baseline ? "baseline" : "dense parent") by no more than "
        + "\(margin.shortText)\(sure)"
    case .methodLoss(let quantity, let margin):
      "mean \(quantity.rawValue) accuracy over the seeds is lower than that of the baseline by no "
        + "more than \(margin.shortText)\(sure)"
    case .flags(let severity): "no soundness flag of severity \(severity.rawValue) or worse is up"
    case .footprint(let figure, let bound):
      switch bound {
      case .atMost(let limit): "\(figure.text): at most \(limit.shortText)"
      case .atLeast(let limit): "\(figure.text): at least \(limit.shortText)"
      case .increase(let share):
        "\(figure.text): at most \((share * 100).fixed(1)) % more than in the baseline"
      }
    case .isolation(let isolation, let other, let margin):
      "robust accuracy under isolation \(isolation) is lower than under \(other) by no more than "
        + "\(margin.shortText)\(sure)"
    }
  }

  private var sure: String { ", with \((confidence * 100).fixed(1)) % confidence" }

  private func words(_ classes: Demand.Classes?) -> String {
    switch classes {
    case nil: ""
    case .each: " of each class"
    case .named(let names): " of class " + names.joined(separator: ", ")
    }
  }
}
