// SPDX-License-Identifier: GPL-3.0-or-later

infix operator .== : ComparisonPrecedence
infix operator .!= : ComparisonPrecedence
infix operator .> : ComparisonPrecedence
infix operator .>= : ComparisonPrecedence
infix operator .< : ComparisonPrecedence

extension Tensor {
  /// Where two tensors are equal.
  public static func .== (left: Tensor, right: Tensor) -> Tensor {
    Operators.isEqual.one(.tensor(left), .tensor(right))
  }
  /// Where a tensor equals a number.
  public static func .== (left: Tensor, right: Double) -> Tensor {
    Operators.isEqualScalar.one(.tensor(left), .real(right))
  }
  /// Where a tensor differs from a number.
  public static func .!= (left: Tensor, right: Double) -> Tensor {
    Operators.isNotEqualScalar.one(.tensor(left), .real(right))
  }
  /// Where the left tensor is larger.
  public static func .> (left: Tensor, right: Tensor) -> Tensor {
    Operators.isGreater.one(.tensor(left), .tensor(right))
  }
  /// Where a tensor is larger than a number.
  public static func .> (left: Tensor, right: Double) -> Tensor {
    Operators.isGreaterScalar.one(.tensor(left), .real(right))
  }
  /// Where the left tensor is at least the right one.
  public static func .>= (left: Tensor, right: Tensor) -> Tensor {
    Operators.isGreaterOrEqual.one(.tensor(left), .tensor(right))
  }
  /// Where the left tensor is smaller.
  public static func .< (left: Tensor, right: Tensor) -> Tensor {
    Operators.isLess.one(.tensor(left), .tensor(right))
  }
  /// Where a tensor is smaller than a number.
  public static func .< (left: Tensor, right: Double) -> Tensor {
    Operators.isLessScalar.one(.tensor(left), .real(right))
  }
  /// True where the element is zero or false.
  public var not: Tensor { Operators.not.one(.tensor(self)) }
  /// Where both are true.
  public func and(_ other: Tensor) -> Tensor {
    Operators.and.one(.tensor(self), .tensor(other))
  }
  /// Where one of them is true.
  public func or(_ other: Tensor) -> Tensor {
    Operators.or.one(.tensor(self), .tensor(other))
  }
  /// Where an element is neither infinite nor NaN.
  public var isFinite: Tensor { Operators.isFinite.one(.tensor(self)) }

  /// Elements of `left` where this tensor is true, of `right` elsewhere, with broadcasting.
  public func select(_ left: Tensor, else right: Tensor) -> Tensor {
    Operators.select.one(.tensor(self), .tensor(left), .tensor(right))
  }
}
