// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

extension ResolvedExperiment {
  /// The largest radius in words; longer texts are not read.
  private static let mostWords = 10_000.0

  /// A ball that holds every input says nothing about robustness, and most often means grey levels.
  static func checkRadii(_ experiment: Experiment, _ examples: Examples) throws {
    if examples.texts != nil {
      for epsilon in experiment.epsilons
      where epsilon.value.rounded() != epsilon.value || epsilon.value > mostWords {
        throw ExperimentError(
          .epsilonBeyondRange, subject: "--epsilon \(epsilon.text)",
          detail: "in texts it is the number of words that may change, \(Int(mostWords)) at most",
          remedy: "give a whole number, such as 3")
      }
      return
    }
    let range = examples.inputRange
    let width = range.upperBound - range.lowerBound
    let values = Double(examples.inputShape.reduce(1, *))
    func refuse(_ epsilon: Epsilon, _ detail: String, _ remedy: String) -> ExperimentError {
      ExperimentError(
        .epsilonBeyondRange, subject: "--epsilon \(epsilon.text)", detail: detail, remedy: remedy)
    }
    for epsilon in experiment.epsilons {
      let radius = epsilon.value
      switch experiment.norm {
      case .l0:
        guard radius.rounded() == radius, radius <= values else {
          throw refuse(
            epsilon, "in l0 it is the number of values that may change, of \(Int(values))",
            "give a whole number, such as \(Int(max(1, values / 50)))")
        }
      case .linf, .l2, .l1:
        let isWider =
          switch experiment.norm {
          case .linf: radius > width
          case .l2: radius > width * values.squareRoot()
          case .l1, .l0: radius > width * values
          }
        if isWider {
          throw refuse(
            epsilon, "inputs lie between \(range.lowerBound) and \(range.upperBound)",
            "give it in input units, as in 8/255")
        }
      }
    }
  }
}
