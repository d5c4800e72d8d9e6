// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
import Torch

extension Rung.View {
  /// Whether the view shows some layers of a model and hides others, so that they must be known.
  public var dividesLayers: Bool {
    switch self {
    case .front, .back, .middle, .largest, .member: true
    case .everything, .parent, .scores, .label: false
    }
  }

  /// Says, before anything is trained, whether a model has the parts that the view names.
  ///
  /// - Throws: ``ViewError``.
  public func check(_ architecture: GraphArchitecture) throws(ViewError) {
    let count = architecture.graph.weightedCount
    let last: Int
    switch self {
    case .front(let layers), .back(let layers): last = layers
    case .middle(let range): last = range.upperBound
    case .everything, .parent, .largest, .member, .scores, .label: return
    }
    guard last <= count else {
      throw ViewError(
        .tooFewLayers, subject: "isolation '\(name)'",
        detail: "model '\(architecture.name)' has \(count) layers with weights",
        remedy: "count from 1 to \(count)")
    }
  }

  /// Whether the model is one that the view says something of.
  ///
  /// One member can be shown of a model that is sharded into so many; a dense model has no parent.
  public func applies(to architecture: any Architecture, isCompressed: Bool) -> Bool {
    switch self {
    case .parent: isCompressed
    case .member(_, let count):
      (architecture as? GraphArchitecture)?.graph.members.count == count
    case .everything, .front, .back, .middle, .largest, .scores, .label: true
    }
  }

  /// What the view hides of a model.
  ///
  /// - Precondition: ``check(_:)`` passes, and the view ``applies(to:isCompressed:)``.
  public func exposure(
    of architecture: GraphArchitecture, _ parameters: ParameterSet
  ) -> Exposure {
    let graph = architecture.graph
    let ordinals = graph.weightedOrdinals
    let count = graph.weightedCount
    switch self {
    case .everything, .parent:
      return Exposure(of: graph, parameters) { _ in false }
    case .front(let layers):
      return Exposure(of: graph, parameters) { ordinals[$0] > layers }
    case .back(let layers):
      return Exposure(of: graph, parameters) { ordinals[$0] <= count - layers }
    case .middle(let range):
      return Exposure(of: graph, parameters) { !range.contains(ordinals[$0]) }
    case .largest(let share):
      return Exposure(
        of: graph, parameters, hiding: largest(share, architecture.prunable, parameters))
    case .member(let member, _):
      let own = graph.members[member - 1]
      return Exposure(of: graph, parameters) { !own.contains($0) }
    case .scores, .label:
      return Exposure(of: graph, parameters) { _ in true }
    }
  }

  /// The weights of largest magnitude over all layers; of equal ones as the sorting leaves them.
  private func largest(
    _ share: Double, _ names: [String], _ parameters: ParameterSet
  ) -> [String: Tensor] {
    let weights = names.compactMap { name in parameters[name].map { (name, $0.applied) } }
    let sizes = weights.map(\.1.count)
    let total = sizes.reduce(0, +)
    let count = Int((share * Double(total)).rounded())
    guard count > 0 else { return [:] }
    let magnitudes = Tensor.concatenated(weights.map { $0.1.contiguous.reshaped([-1]).absolute })
    let chosen = magnitudes.largest(count, along: 0).indices
    let marks = Tensor(repeating: 0, shape: [total]).scattering(1, at: chosen, along: 0)
    var hidden: [String: Tensor] = [:]
    var start = 0
    for (index, (name, weight)) in weights.enumerated() {
      let mask = marks.slice(start..<start + sizes[index]).reshaped(weight.shape) .> 0.5
      if mask.nonZeroCount > 0 { hidden[name] = mask }
      start += sizes[index]
    }
    return hidden
  }

  /// The name without the budget, as in `front:2`.
  public var name: String {
    switch self {
    case .everything: "none"
    case .parent: "parent"
    case .front(let layers): "front:\(layers)"
    case .back(let layers): "back:\(layers)"
    case .middle(let range): "middle:\(range.lowerBound)-\(range.upperBound)"
    case .largest(let share): "largest:\(share)"
    case .member(let member, let count): "member:\(member)-of-\(count)"
    case .scores: "scores"
    case .label: "label"
    }
  }
}

extension Graph {
  /// The layers of each member of a sharded model; none for a model of another kind.
  public var members: [Range<Int>] {
    switch layers.last?.operation {
    case .mean, .vote: parts
    default: []
    }
  }
}
