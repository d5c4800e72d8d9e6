// SPDX-License-Identifier: GPL-3.0-or-later

extension Tensor {
  /// The sum of all elements, a tensor of rank zero.
  public var sum: Tensor { Operators.sum.one(.tensor(self)) }
  /// The mean of all elements, a tensor of rank zero.
  public var mean: Tensor { Operators.mean.one(.tensor(self)) }

  /// Sums along dimensions.
  public func sum(along dimensions: [Int], keeping: Bool = false) -> Tensor {
    Operators.sumAlong.one(.tensor(self), .integers(dimensions), .boolean(keeping))
  }
  /// Means along dimensions.
  public func mean(along dimensions: [Int], keeping: Bool = false) -> Tensor {
    Operators.meanAlong.one(.tensor(self), .integers(dimensions), .boolean(keeping))
  }
  /// The largest elements along dimensions.
  public func largest(along dimensions: [Int], keeping: Bool = false) -> Tensor {
    Operators.largestAlong.one(.tensor(self), .integers(dimensions), .boolean(keeping))
  }
  /// The smallest elements along dimensions.
  public func smallest(along dimensions: [Int], keeping: Bool = false) -> Tensor {
    Operators.smallestAlong.one(.tensor(self), .integers(dimensions), .boolean(keeping))
  }
  /// The index of the largest element along a dimension, the first of equals.
  public func indexOfLargest(along dimension: Int) -> Tensor {
    Operators.indexOfLargest.one(.tensor(self), .integer(dimension))
  }
  /// The p-norm along dimensions; `Double.infinity` gives the largest absolute value.
  public func norm(_ order: Double, along dimensions: [Int], keeping: Bool = false) -> Tensor {
    Operators.norm.one(
      .tensor(self), .real(order), .integers(dimensions), .boolean(keeping))
  }
  /// Sorts along a dimension, equal elements in their old order.
  public func sorted(
    along dimension: Int, descending: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    let results = Operators.sort.many(
      .tensor(self), .boolean(true), .integer(dimension), .boolean(descending))
    return (results[0], results[1])
  }
  /// The `count` largest elements along a dimension, largest first.
  public func largest(_ count: Int, along dimension: Int) -> (values: Tensor, indices: Tensor) {
    let results = Operators.topK.many(.tensor(self), .integer(count), .integer(dimension))
    return (results[0], results[1])
  }
  /// Running sums along a dimension.
  public func cumulativeSum(along dimension: Int) -> Tensor {
    Operators.cumulativeSum.one(.tensor(self), .integer(dimension))
  }
  /// How many elements are not zero.
  public var nonZeroCount: Int {
    Int(Operators.countNonZero.one(.tensor(self), .none).scalar)
  }
}
