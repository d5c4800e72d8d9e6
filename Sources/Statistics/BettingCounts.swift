// SPDX-License-Identifier: GPL-3.0-or-later

/// How often values of none, one half and one were seen, and what that says of their mean at any
/// time.
///
/// Somebody bets, value by value, that the mean exceeds a stated one. Staking the share u of the
/// capital multiplies it by
///
///     1 − u + u · value / mean
///
/// which is fair or worse than fair if the true mean is no larger: the chance that the capital ever
/// reaches 1/alpha times its start is then at most alpha, however often one looks. The capital here is
/// shared out in equal parts over a fixed list of stakes. It depends on the counts alone, and falls
/// as the stated mean rises, so that the means which it excludes are all those below a bound.
///
/// A difference d in −1, 0, 1 is the value (1 + d)/2. Held against a loss of m its mean is (1 − m)/2
/// and the factor 1 + λ(d + m) with λ = u/(1 − m).
///
/// > Source: Ville. "Étude critique de la notion de collectif." 1939, for the inequality;
/// > Waudby-Smith and Ramdas. "Estimating means of bounded random variables by betting." Journal of
/// > the Royal Statistical Society B 86 (2024) 1-27, section 4, for the capital.
/// - Note: The stakes are not theirs, which follow the values seen: with fixed ones counts suffice, at
///   the price of the logarithm of their number.
struct BettingCounts: Hashable {
  /// The shares of the capital that are staked: each is half of the next one, or near it.
  static let stakes = [1.0 / 64, 1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 7.0 / 8]

  /// Values of none, one half and one; not whole where an expected number is meant.
  let none: Double
  let half: Double
  let one: Double

  /// Differences of paired verdicts.
  init(_ counts: PairedCounts) {
    none = Double(counts.baseOnly)
    half = Double(counts.both + counts.neither)
    one = Double(counts.headOnly)
  }

  /// Successes and failures.
  init(_ counts: RateCounts) {
    none = Double(counts.trials - counts.successes)
    half = 0
    one = Double(counts.successes)
  }

  private init(none: Double, half: Double, one: Double) {
    self.none = none
    self.half = half
    self.one = one
  }

  var total: Double { none + half + one }

  /// The observed mean; there is a value.
  var mean: Double { (one + half / 2) / total }

  /// The same with none and one exchanged, as a bet on a small mean sees it.
  var mirrored: BettingCounts { BettingCounts(none: one, half: half, one: none) }

  /// As many times as many of each.
  func scaled(by factor: Double) -> BettingCounts {
    BettingCounts(none: none * factor, half: half * factor, one: one * factor)
  }

  /// The largest mean that the values exceed with a confidence, looked at once or at any time.
  func lowerBound(level: Double) -> Double {
    guard one + half > 0 else { return 0 }
    return boundary(from: 0, to: mean) { BettingOdds(against: $0).reaches(level, self) }
  }

  /// The smallest mean that the values fall below.
  func upperBound(level: Double) -> Double { 1 - mirrored.lowerBound(level: level) }
}

/// What each stake gains or loses on each value, in logarithms, against one stated mean.
struct BettingOdds {
  private let factors: [(none: Double, half: Double, one: Double)]

  /// A mean in 0...1.
  init(against mean: Double) {
    precondition((0...1).contains(mean), "a mean of such values lies in 0...1")
    factors = BettingCounts.stakes.map { stake in
      // Against a mean of zero any other value wins everything.
      func gain(_ value: Double) -> Double {
        mean == 0 ? .infinity : GSL.log(1 - stake + stake * value / mean)
      }
      return (GSL.log(1 - stake), gain(0.5), gain(1))
    }
  }

  /// The natural logarithm of the capital, which starts at one.
  func logCapital(_ counts: BettingCounts) -> Double {
    // A count of zero contributes nothing, also where its factor is infinite.
    func part(_ count: Double, _ logFactor: Double) -> Double { count == 0 ? 0 : count * logFactor }
    let parts = factors.map {
      part(counts.none, $0.none) + part(counts.half, $0.half) + part(counts.one, $0.one)
    }
    let largest = parts.reduce(-.infinity, max)
    guard largest.isFinite else { return largest }
    // Relative to the largest, so that neither end of the range is left.
    let sum = parts.reduce(0) { $0 + GSL.exp($1 - largest) }
    return largest + GSL.log(sum / Double(parts.count))
  }

  /// Whether the capital excludes the mean with a confidence.
  func reaches(_ level: Double, _ counts: BettingCounts) -> Bool {
    logCapital(counts) >= -GSL.log(1 - level)
  }
}
