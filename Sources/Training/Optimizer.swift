// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// The moving state of training: parameters, their momenta and their average.
///
/// Tensors are changed in place, by the one thread that trains.
struct OptimizerState {
  let recipe: TrainingRecipe
  let names: [String]
  private(set) var values: [String: Tensor]
  private(set) var masks: [String: Tensor]
  private(set) var buffers: [String: Tensor]
  private var first: [String: Tensor]
  private var second: [String: Tensor]
  private var average: [String: Tensor]
  private(set) var step: Int
  /// The step at which the momenta were zero.
  private let origin: Int

  private static let momentum = 0.9
  private static let adamSecond = 0.999
  private static let adamEpsilon = 1e-8

  init(_ parameters: ParameterSet, recipe: TrainingRecipe, step: Int = 0) {
    self.step = step
    origin = step
    self.recipe = recipe
    names = parameters.names
    var values: [String: Tensor] = [:]
    var masks: [String: Tensor] = [:]
    for (name, weight) in parameters.parameters {
      values[name] = weight.applied.copy
      masks[name] = weight.mask?.cast(to: .float32)
    }
    self.values = values
    self.masks = masks
    buffers = Dictionary(uniqueKeysWithValues: parameters.buffers.map { ($0.name, $0.value.copy) })
    first = values.mapValues { $0 * 0 }
    second = recipe.optimizer == .adam ? values.mapValues { $0 * 0 } : [:]
    average = recipe.averaging > 0 ? values.mapValues(\.copy) : [:]
  }

  /// Moves every parameter by one step.
  ///
  /// Of a table of words the rows alone move of which the gradient tells: words that do not occur in a
  /// batch stay where they are, with their momenta and without decay.
  mutating func apply(_ gradients: [String: ParameterGradient], rate: Double) {
    step += 1
    withoutGradients {
      for name in names {
        guard let value = values[name], let velocity = first[name], let gradient = gradients[name]
        else { continue }
        switch gradient {
        case .whole(let gradient):
          move(value, gradient, velocity, second[name], rate)
          if let mask = masks[name] { value.multiplyInPlace(mask) }
        case .rows(let rows, let gradient):
          let (part, slow) = (value.rows(rows), velocity.rows(rows))
          let square = second[name]?.rows(rows)
          move(part, gradient, slow, square, rate)
          if let mask = masks[name] { part.multiplyInPlace(mask.rows(rows)) }
          value.setRowsInPlace(rows, to: part)
          velocity.setRowsInPlace(rows, to: slow)
          if let square { second[name]?.setRowsInPlace(rows, to: square) }
        }
      }
      updateAverage()
    }
  }

  /// Moves a parameter, or rows of one, together with its momenta.
  private func move(
    _ value: Tensor, _ gradient: Tensor, _ velocity: Tensor, _ square: Tensor?, _ rate: Double
  ) {
    if recipe.weightDecay > 0 { gradient.addInPlace(value, scale: recipe.weightDecay) }
    switch recipe.optimizer {
    case .sgd:
      velocity.multiplyInPlace(Self.momentum)
      velocity.addInPlace(gradient)
      gradient.addInPlace(velocity, scale: Self.momentum)
      value.addInPlace(gradient, scale: -rate)
    case .adam:
      guard let square else { return }
      velocity.multiplyInPlace(Self.momentum)
      velocity.addInPlace(gradient, scale: 1 - Self.momentum)
      square.multiplyInPlace(Self.adamSecond)
      square.addProductInPlace(gradient, gradient, scale: 1 - Self.adamSecond)
      let firstBias = 1 - power(Self.momentum, step - origin)
      let secondBias = 1 - power(Self.adamSecond, step - origin)
      let denominator = (square / secondBias).squareRoot + Self.adamEpsilon
      value.addQuotientInPlace(velocity, denominator, scale: -rate / firstBias)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(into: 1) { product, _ in product *= base }
  }

  /// Early averages forget faster, so that the first weights do not weigh on a short training.
  private func updateAverage() {
    let age = Double(step - origin)
    let decay = min(recipe.averaging, (age + 1) / (age + 10))
    for (name, mean) in average {
      guard let value = values[name] else { continue }
      mean.multiplyInPlace(decay)
      mean.addInPlace(value, scale: 1 - decay)
    }
  }

  /// Puts the mean of the tiles' running statistics in place, in the order of the tiles.
  mutating func setBuffers(_ tiles: [[String: Tensor]]) {
    for (name, value) in buffers where value.elementType == .float32 {
      let sum = value * 0
      for tile in tiles {
        if let moved = tile[name] { sum.addInPlace(moved, scale: 1 / Double(tiles.count)) }
      }
      value.copyInPlace(sum)
    }
  }

  /// The parameters as they stand, in the storage of `template`.
  func current(like template: ParameterSet) -> ParameterSet { rebuilt(values, template) }

  /// What training gives: the average if there is one, copied.
  func result(like template: ParameterSet) -> ParameterSet {
    rebuilt(average.isEmpty ? values : average, template)
  }

  private func rebuilt(_ source: [String: Tensor], _ template: ParameterSet) -> ParameterSet {
    var set = template
    for name in names {
      guard let value = source[name]?.copy else { continue }
      set[name] = masks[name].map { .masking(value, with: $0 .!= 0) } ?? .dense(value)
    }
    for (name, value) in buffers { set[buffer: name] = value.copy }
    return set
  }

  /// Copies of everything by name, for a checkpoint.
  var snapshot: [String: Tensor] {
    var all: [String: Tensor] = [:]
    let parts = [
      ("value", values), ("mask", masks), ("buffer", buffers), ("first", first),
      ("second", second), ("average", average),
    ]
    for (part, tensors) in parts {
      for (name, tensor) in tensors { all["\(part)/\(name)"] = tensor.copy }
    }
    return all
  }

  /// Goes back to a snapshot taken after `step` steps.
  mutating func restore(_ snapshot: [String: Tensor], step: Int) {
    self.step = step
    for (key, tensor) in snapshot {
      guard let slash = key.firstIndex(of: "/") else { continue }
      let name = String(key[key.index(after: slash)...])
      switch key[..<slash] {
      case "value": values[name]?.copyInPlace(tensor)
      case "mask": masks[name] = tensor.copy
      case "buffer": buffers[name]?.copyInPlace(tensor)
      case "first": first[name]?.copyInPlace(tensor)
      case "second": second[name]?.copyInPlace(tensor)
      case "average": average[name]?.copyInPlace(tensor)
      default: break
      }
    }
  }
}
