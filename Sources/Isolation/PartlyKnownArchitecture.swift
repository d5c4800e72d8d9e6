// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Statistics
public import Torch

/// A model of which some parameters are known and held, and the rest is what is trained.
///
/// Its parameters are the hidden ones alone; a weight that is hidden in part is masked, so that training
/// leaves its known elements out.
public struct PartlyKnownArchitecture: Architecture {
  private let base: GraphArchitecture
  private let known: ParameterSet
  private let exposure: Exposure

  /// Joins a model's layers with what is known of its parameters.
  ///
  /// - Parameters:
  ///   - base: The layers.
  ///   - parameters: Of these the exposed ones are read, and no others.
  ///   - exposure: Which ones those are.
  public init(_ base: GraphArchitecture, _ parameters: ParameterSet, _ exposure: Exposure) {
    self.base = base
    self.exposure = exposure
    var known = ParameterSet()
    for (name, weight) in parameters.parameters {
      let value = weight.applied
      known[name] = .dense(
        exposure.hidden[name].map { $0.select(Tensor(repeating: 0, shape: []), else: value) }
          ?? value)
    }
    for (name, value) in parameters.buffers where !exposure.hiddenBuffers.contains(name) {
      known[buffer: name] = value
    }
    self.known = known
  }

  /// The whole model's.
  public var name: String { base.name }
  /// The whole model's.
  public var inputShape: [Int] { base.inputShape }
  /// The whole model's.
  public var classes: Int { base.classes }
  /// The whole model's.
  public var words: Int? { base.words }
  /// Nothing is to be pruned.
  public var prunable: [String] { [] }
  /// As the whole model's.
  public var isDifferentiable: Bool { base.isDifferentiable }

  /// The hidden parameters, drawn anew.
  public func initialParameters(random: RandomKey) -> ParameterSet {
    let drawn = base.initialParameters(random: random)
    var set = ParameterSet()
    for (name, weight) in drawn.parameters {
      guard let hidden = exposure.hidden[name] else { continue }
      set[name] = .masking(weight.applied, with: hidden)
    }
    for (name, value) in drawn.buffers where exposure.hiddenBuffers.contains(name) {
      set[buffer: name] = value
    }
    return set
  }

  /// Known and learned parameters together.
  public func completed(_ parameters: ParameterSet) -> ParameterSet {
    var whole = ParameterSet()
    for (name, weight) in known.parameters {
      whole[name] = parameters[name].map { .dense(weight.applied + $0.applied) } ?? weight
    }
    for (name, value) in known.buffers + parameters.buffers { whole[buffer: name] = value }
    return whole
  }

  /// The whole model.
  public func network(_ parameters: ParameterSet) -> any Network {
    base.network(completed(parameters))
  }

  /// The whole model, with straight-through gradients.
  public func straightThrough(_ parameters: ParameterSet) -> any Network {
    base.straightThrough(completed(parameters))
  }

  /// The whole model; exposed layers run as they do outside of training.
  public func trainableNetwork() -> any TrainableNetwork {
    PartlyKnownNetwork(
      inner: base.trainableNetwork(keeping: exposure.exposedLayers),
      known: known.applied, masks: exposure.hidden.mapValues { $0.cast(to: .float32) })
  }

  /// The whole model.
  public func exported(_ parameters: ParameterSet) -> ScriptModule {
    base.exported(completed(parameters))
  }
}

private struct PartlyKnownNetwork: TrainableNetwork {
  let inner: any TrainableNetwork
  let known: [String: Tensor]
  let masks: [String: Tensor]

  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) throws -> Tensor {
    var whole: [String: Tensor] = [:]
    var kept: [String: Tensor] = [:]
    for (name, value) in known {
      if let learned = parameters[name], let mask = masks[name] {
        // Momentum must not carry what is known away.
        whole[name] = value + learned * mask
      } else {
        kept[name] = value
      }
    }
    return try inner.logits(
      input, parameters: whole, buffers: kept.merging(buffers) { _, moved in moved })
  }
}
