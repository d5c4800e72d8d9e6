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
    let widest =
      switch experiment.norm {
      case .linf: width
      case .l2: width * values.squareRoot()
      case .l1: width * values
      case .l0: values
      }
    for epsilon in experiment.epsilons where epsilon.value > widest {
      throw ExperimentError(
        .epsilonBeyondRange, subject: "--epsilon \(epsilon.text)",
        detail: "inputs lie between \(range.lowerBound) and \(range.upperBound)",
        remedy: "give it in input units, as in 8/255")
    }
  }
}
