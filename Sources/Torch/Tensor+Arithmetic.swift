// SPDX-License-Identifier: GPL-3.0-or-later

extension Tensor {
  /// The sum, element by element, with broadcasting.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    Operators.add.one(.tensor(left), .tensor(right))
  }
  /// Adds a number to every element.
  public static func + (left: Tensor, right: Double) -> Tensor {
    Operators.addScalar.one(.tensor(left), .real(right))
  }
  /// The difference, element by element, with broadcasting.
  public static func - (left: Tensor, right: Tensor) -> Tensor {
    Operators.subtract.one(.tensor(left), .tensor(right))
  }
  /// Subtracts a number from every element.
  public static func - (left: Tensor, right: Double) -> Tensor { left + -right }
  /// The product, element by element, with broadcasting.
  public static func * (left: Tensor, right: Tensor) -> Tensor {
    Operators.multiply.one(.tensor(left), .tensor(right))
  }
  /// Multiplies every element by a number.
  public static func * (left: Tensor, right: Double) -> Tensor {
    Operators.multiplyScalar.one(.tensor(left), .real(right))
  }
  /// The quotient, element by element, with broadcasting.
  public static func / (left: Tensor, right: Tensor) -> Tensor {
    Operators.divide.one(.tensor(left), .tensor(right))
  }
  /// Divides every element by a number.
  public static func / (left: Tensor, right: Double) -> Tensor {
    Operators.divideScalar.one(.tensor(left), .real(right))
  }
  /// The negative of every element.
  public static prefix func - (tensor: Tensor) -> Tensor {
    Operators.negate.one(.tensor(tensor))
  }

  /// Every element raised to a power.
  public func power(_ exponent: Double) -> Tensor {
    Operators.power.one(.tensor(self), .real(exponent))
  }
  /// The absolute value of every element.
  public var absolute: Tensor { Operators.absolute.one(.tensor(self)) }
  /// −1, 0 or 1 for every element.
  public var sign: Tensor { Operators.sign.one(.tensor(self)) }
  /// The square root of every element.
  public var squareRoot: Tensor { Operators.squareRoot.one(.tensor(self)) }
  /// e to the power of every element.
  public var exponential: Tensor { Operators.exponential.one(.tensor(self)) }
  /// Every element rounded down.
  public var floor: Tensor { Operators.floor.one(.tensor(self)) }
  /// The nearest whole number for every element, of two the even one.
  public var rounded: Tensor { Operators.round.one(.tensor(self)) }
  /// The hyperbolic tangent of every element.
  public var tanh: Tensor { Operators.tanh.one(.tensor(self)) }
  /// The natural logarithm of every element.
  public var logarithm: Tensor { Operators.logarithm.one(.tensor(self)) }
  /// Negative elements replaced by zero.
  public var relu: Tensor { Operators.relu.one(.tensor(self)) }

  /// Every element moved into a range.
  public func clamped(to range: ClosedRange<Double>) -> Tensor {
    Operators.clamp.one(.tensor(self), .real(range.lowerBound), .real(range.upperBound))
  }
  /// Every element raised to at least a number.
  public func clamped(atLeast bound: Double) -> Tensor {
    Operators.clamp.one(.tensor(self), .real(bound), .none)
  }
  /// Every element lowered to at most a number.
  public func clamped(atMost bound: Double) -> Tensor {
    Operators.clamp.one(.tensor(self), .none, .real(bound))
  }
  /// The smaller of two tensors, element by element.
  public func minimum(_ other: Tensor) -> Tensor {
    Operators.minimum.one(.tensor(self), .tensor(other))
  }
  /// The larger of two tensors, element by element.
  public func maximum(_ other: Tensor) -> Tensor {
    Operators.maximum.one(.tensor(self), .tensor(other))
  }
  /// The neighbouring floating-point number on the way to another, element by element.
  public func next(towards other: Tensor) -> Tensor {
    Operators.next.one(.tensor(self), .tensor(other))
  }

  /// Adds `scale · other` into this tensor's memory.
  public func addInPlace(_ other: Tensor, scale: Double = 1) {
    _ = Operators.addInPlace.one(.tensor(self), .tensor(other), .real(scale))
  }
  /// Multiplies this tensor's memory by a number.
  public func multiplyInPlace(_ factor: Double) {
    _ = Operators.multiplyInPlace.one(.tensor(self), .real(factor))
  }
  /// Multiplies this tensor's memory element by element.
  public func multiplyInPlace(_ factor: Tensor) {
    _ = Operators.multiplyInPlaceByTensor.one(.tensor(self), .tensor(factor))
  }
  /// Adds `scale · left · right` into this tensor's memory.
  public func addProductInPlace(_ left: Tensor, _ right: Tensor, scale: Double) {
    _ = Operators.addProductInPlace.one(
      .tensor(self), .tensor(left), .tensor(right), .real(scale))
  }
  /// Adds `scale · numerator / denominator` into this tensor's memory.
  public func addQuotientInPlace(_ numerator: Tensor, _ denominator: Tensor, scale: Double) {
    _ = Operators.addQuotientInPlace.one(
      .tensor(self), .tensor(numerator), .tensor(denominator), .real(scale))
  }
  /// Overwrites this tensor's memory with the elements of another of the same shape.
  public func copyInPlace(_ other: Tensor) {
    _ = Operators.copyInPlace.one(.tensor(self), .tensor(other))
  }
}
