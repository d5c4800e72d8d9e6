// SPDX-License-Identifier: GPL-3.0-or-later

/// The value of one parameter of an attack, a compression, a training or a model.
public enum ParameterValue: Sendable, Hashable {
  /// A whole number.
  case integer(Int)
  /// A finite number.
  case real(Double)
  /// One of a set of words.
  case choice(String)
  /// A truth value.
  case boolean(Bool)
  /// A radius, kept as it was written.
  case epsilon(Epsilon)
}

extension ParameterValue {
  /// The whole number, or nil for any other kind.
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The number, or nil for any other kind.
  public var real: Double? { if case .real(let value) = self { value } else { nil } }
  /// The word, or nil for any other kind.
  public var choice: String? { if case .choice(let value) = self { value } else { nil } }
  /// The truth value, or nil for any other kind.
  public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  /// The radius, or nil for any other kind.
  public var epsilon: Epsilon? { if case .epsilon(let value) = self { value } else { nil } }
}

extension ParameterValue: CustomStringConvertible {
  /// The form in which the value is written behind `name=`; reading it gives the value back.
  public var description: String {
    switch self {
    case .integer(let value): String(value)
    // A plus sign would separate steps of a recipe: 1e+16 is written 1e16.
    case .real(let value): value.description.filter { $0 != "+" }
    case .choice(let value): value
    case .boolean(let value): value ? "true" : "false"
    case .epsilon(let value): value.text
    }
  }
}
