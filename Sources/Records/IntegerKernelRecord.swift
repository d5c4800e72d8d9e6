// SPDX-License-Identifier: GPL-3.0-or-later

/// A quantised model run by kernels that multiply integers, beside its simulation in single precision.
public struct IntegerKernelRecord: Codable, Sendable, Hashable {
  /// What multiplied, such as `ONEDNN`.
  public var engine: String
  /// Convolutions and matrices that multiplied integers.
  public var layers: Int
  /// All convolutions and matrices.
  public var multiplyingLayers: Int
  /// Test examples that both were asked about.
  public var examples: Int
  /// Those for which both answered the same class.
  public var agreeing: Int
  /// Inputs of an attack on the simulation that both were asked about; nil where none fits the norm.
  public var attacked: Int?
  /// Those for which both answered the same class.
  public var attackedAgreeing: Int?

  /// Creates a record.
  public init(
    engine: String, layers: Int, multiplyingLayers: Int, examples: Int, agreeing: Int
  ) {
    self.engine = engine
    self.layers = layers
    self.multiplyingLayers = multiplyingLayers
    self.examples = examples
    self.agreeing = agreeing
  }

  /// Whether the kernels compute what the simulation does, but for roundings at a border of classes.
  ///
  /// Some processors saturate in between, and then nearly every answer differs.
  public var isFaithful: Bool { agreeing * 50 >= examples * 49 }

  private enum CodingKeys: String, CodingKey {
    case engine, layers, examples, agreeing
    case multiplyingLayers = "multiplying_layers"
    case attacked = "attacked_examples"
    case attackedAgreeing = "attacked_agreeing"
  }
}
