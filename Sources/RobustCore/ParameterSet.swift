// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// The parameters and buffers of a model by name, in a fixed order.
///
/// Names are PyTorch's, such as `conv1.weight`, so that checkpoints can be read elsewhere.
public struct ParameterSet: Sendable {
  /// Names of the parameters, in order.
  public private(set) var names: [String] = []
  /// Names of the buffers (running statistics), in order.
  public private(set) var bufferNames: [String] = []
  private var weights: [String: Weight] = [:]
  private var bufferValues: [String: Tensor] = [:]

  /// An empty set.
  public init() {}

  /// The parameter of a name; setting a new name appends it.
  public subscript(name: String) -> Weight? {
    get { weights[name] }
    set {
      if weights[name] == nil, newValue != nil { names.append(name) }
      if newValue == nil { names.removeAll { $0 == name } }
      weights[name] = newValue
    }
  }

  /// The buffer of a name; setting a new name appends it.
  public subscript(buffer name: String) -> Tensor? {
    get { bufferValues[name] }
    set {
      if bufferValues[name] == nil, newValue != nil { bufferNames.append(name) }
      if newValue == nil { bufferNames.removeAll { $0 == name } }
      bufferValues[name] = newValue
    }
  }

  /// Parameters in order.
  public var parameters: [(name: String, weight: Weight)] {
    names.compactMap { name in weights[name].map { (name, $0) } }
  }

  /// Buffers in order.
  public var buffers: [(name: String, value: Tensor)] {
    bufferNames.compactMap { name in bufferValues[name].map { (name, $0) } }
  }

  /// What the model computes with: parameters and buffers by name.
  public var applied: [String: Tensor] {
    weights.mapValues(\.applied).merging(bufferValues) { parameter, _ in parameter }
  }

  /// The elements of all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.weight.parameterCount } }

  /// The elements of all parameters that are not zero.
  public var nonZeroCount: Int { parameters.reduce(0) { $0 + $1.weight.applied.nonZeroCount } }

  /// The elements of the named parameters, all of them and those that are stored.
  public func prunableCounts(_ names: [String]) -> (all: Int, stored: Int) {
    names.compactMap { weights[$0] }.reduce(into: (0, 0)) { counts, weight in
      counts.0 += weight.parameterCount
      counts.1 += weight.storedCount
    }
  }
}
