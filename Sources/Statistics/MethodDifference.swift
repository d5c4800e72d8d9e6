// SPDX-License-Identifier: GPL-3.0-or-later

/// The difference between two methods, each tried with several seeds, with both sources of noise.
///
/// A verdict is taken as a mean, plus an effect of the example, plus an effect of the seed, plus what
/// is left. The variance of a mean over k seeds and n examples is then (S + I − R) / (k n) with the
/// mean squares of seeds, examples and rest; the rest is part of both others and must not count twice.
/// Seeds and examples are joined by Satterthwaite's degrees of freedom, so that few seeds give a wide
/// interval, however many examples there are.
///
/// > Source: Searle, Casella and McCulloch. "Variance Components", 1992, section 4.7 (the crossed
/// > random model without interaction); Satterthwaite, Biometrics Bulletin 2 (1946) 110-114.
public struct MethodDifference: Sendable, Hashable {
  /// The head's mean rate minus the base's.
  public let difference: Double
  /// The standard error of the difference.
  public let standardError: Double
  /// Satterthwaite's degrees of freedom.
  public let degreesOfFreedom: Double
  /// The part of the variance that more examples would take away, of the sum of both parts.
  public let exampleVariance: Double
  /// The part of the variance that more seeds would take away.
  public let seedVariance: Double

  /// Compares methods that were tried with seeds of their own; nil with a single seed on one side.
  ///
  /// - Parameters:
  ///   - base: One list of verdicts for each of at least two seeds, all over the same examples.
  ///   - head: The same for the head.
  ///   - onSameExamples: Whether base and head were judged on the same examples in one order.
  public init?(base: [[Bool]], head: [[Bool]], onSameExamples: Bool) {
    guard base.count > 1, head.count > 1 else { return nil }
    let left = TwoWay(base.map { $0.map { $0 ? 1 : 0 } })
    let right = TwoWay(head.map { $0.map { $0 ? 1 : 0 } })
    var parts = [left.seeds, right.seeds]
    if onSameExamples {
      precondition(left.exampleMeans.count == right.exampleMeans.count, "the examples are the same")
      let differences = zip(left.exampleMeans, right.exampleMeans).map { $1 - $0 }
      parts.append(Part(meanOf: differences))
    } else {
      parts += [left.examples, right.examples]
    }
    self.init(
      difference: right.mean - left.mean, seeds: Array(parts.prefix(2)),
      examples: Array(parts.dropFirst(2)), rest: left.rest + right.rest,
      count: left.exampleMeans.count)
  }

  /// Compares methods that were tried with the same seeds on the same examples; nil with one seed.
  ///
  /// - Parameters:
  ///   - base: One list of verdicts for each of at least two seeds.
  ///   - head: The same for the head, seeds and examples in the same order.
  public init?(pairedBase base: [[Bool]], head: [[Bool]]) {
    precondition(base.count == head.count, "the seeds are the same")
    guard base.count > 1 else { return nil }
    let table = TwoWay(
      zip(base, head).map { pair in
        zip(pair.0, pair.1).map { ($1 ? 1 : 0) - ($0 ? 1 : 0) }
      })
    self.init(
      difference: table.mean, seeds: [table.seeds], examples: [table.examples], rest: table.rest,
      count: table.exampleMeans.count)
  }

  private init(difference: Double, seeds: [Part], examples: [Part], rest: Double, count: Int) {
    self.difference = difference
    seedVariance = seeds.reduce(0) { $0 + $1.variance }
    // Where no example differs at all, one that did would have gone unseen.
    exampleVariance = max(
      examples.reduce(0) { $0 + $1.variance }, 1 / (Double(count) * Double(count)))
    let variance = max(seedVariance, exampleVariance, seedVariance + exampleVariance - rest)
    standardError = variance.squareRoot()
    let spread = (seeds + examples).reduce(0) { $0 + $1.variance * $1.variance / $1.freedom }
    degreesOfFreedom = spread > 0 ? variance * variance / spread : Double(max(1, count - 1))
  }

  /// Computes the two-sided interval of the difference, inside -1...1.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    checkLevel(level)
    let reach = reach(tail: (1 - level) / 2)
    return ConfidenceInterval(
      low: max(-1, difference - reach), high: min(1, difference + reach), level: level)
  }

  /// Returns the difference that the true one exceeds with the given confidence.
  public func lowerBound(level: Double = 0.95) -> Double {
    checkLevel(level)
    return max(-1, difference - reach(tail: 1 - level))
  }

  /// Returns the difference that the true one stays below with the given confidence.
  public func upperBound(level: Double = 0.95) -> Double {
    checkLevel(level)
    return min(1, difference + reach(tail: 1 - level))
  }

  /// The two-sided p-value that both methods have the same rate.
  public var pValue: Double {
    min(1, 2 * GSL.studentUpper(difference.magnitude / standardError, freedom: degreesOfFreedom))
  }

  /// Returns how many times as many seeds would decide with the same examples.
  ///
  /// - Parameters:
  ///   - seeds: How many there are on the side that has fewer.
  ///   - margin: The difference that does not matter.
  ///   - alpha: The two-sided level of the test.
  ///   - power: The chance that so many seeds decide.
  /// - Returns: The number of seeds on each side; nil where a thousand are too few, as where the
  ///   examples are.
  public func seedsNeeded(
    from seeds: Int, margin: Double, alpha: Double = 0.05, power: Double = 0.8
  ) -> Int? {
    let z = GSL.normalUpperQuantile(alpha / 2) + GSL.normalUpperQuantile(1 - power)
    return leastInteger(from: seeds + 1, to: 1000) { count in
      let error = (exampleVariance + seedVariance * Double(seeds) / Double(count)).squareRoot()
      return difference.magnitude > z * error || difference.magnitude + z * error < margin
    }
  }

  private func reach(tail: Double) -> Double {
    standardError * GSL.studentUpperQuantile(tail, freedom: degreesOfFreedom)
  }
}

/// One estimated part of a variance.
private struct Part {
  let variance: Double
  let freedom: Double

  init(variance: Double, freedom: Int) {
    self.variance = variance
    self.freedom = Double(max(1, freedom))
  }

  /// The variance of the mean of independent values.
  init(meanOf values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(
      variance: values.count > 1 ? squares / (count - 1) / count : 0, freedom: values.count - 1)
  }
}

/// A table of values with a row for each seed and a column for each example, taken apart.
private struct TwoWay {
  let mean: Double
  let exampleMeans: [Double]
  /// The variances of the mean that seeds, examples and the rest show.
  let seeds: Part
  let examples: Part
  let rest: Double

  init(_ rows: [[Double]]) {
    let columns = rows[0].count
    precondition(columns > 0 && rows.allSatisfy { $0.count == columns }, "seeds share examples")
    let seedMeans = rows.map { $0.reduce(0, +) / Double(columns) }
    var sums = [Double](repeating: 0, count: columns)
    var squares = 0.0
    for row in rows {
      for (index, value) in row.enumerated() {
        sums[index] += value
        squares += value * value
      }
    }
    let seedCount = Double(rows.count)
    let cells = seedCount * Double(columns)
    mean = sums.reduce(0, +) / cells
    exampleMeans = sums.map { $0 / seedCount }
    seeds = Part(meanOf: seedMeans)
    examples = Part(meanOf: exampleMeans)
    let bySeed = seeds.variance * seedCount * (seedCount - 1) * Double(columns)
    let byExample = examples.variance * cells * Double(columns - 1)
    let left = max(0, squares - cells * mean * mean - bySeed - byExample)
    let freedom = (seedCount - 1) * Double(columns - 1)
    rest = freedom > 0 ? left / freedom / cells : 0
  }
}
