// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// The parameters of a catalog member, all given.
///
/// A missing name or another kind is a mismatch between a member and its own schema: our bug.
public struct ParameterValues: Sendable {
  private let values: [String: ParameterValue]

  /// Wraps what ``CatalogEntry/resolve(_:)`` gave.
  public init(_ values: [String: ParameterValue]) { self.values = values }

  /// A whole number.
  public func integer(_ name: String) -> Int { require(values[name]?.integer, name) }
  /// Yes or no.
  public func boolean(_ name: String) -> Bool { require(values[name]?.boolean, name) }
  /// A number.
  public func real(_ name: String) -> Double {
    require(values[name]?.real ?? values[name]?.integer.map(Double.init), name)
  }
  /// A number, or nil where none was stated and there is no default.
  public func optionalReal(_ name: String) -> Double? { values[name]?.real }
  /// A radius, or nil where none was stated and there is no default.
  public func optionalEpsilon(_ name: String) -> Epsilon? { values[name]?.epsilon }
  /// One of several words.
  public func choice<Word: RawRepresentable>(
    _ name: String, of type: Word.Type = Word.self
  ) -> Word where Word.RawValue == String {
    require(values[name]?.choice.flatMap(Word.init(rawValue:)), name)
  }

  private func require<Value>(_ value: Value?, _ name: String) -> Value {
    guard let value else { preconditionFailure("the schema does not give '\(name)'") }
    return value
  }
}
