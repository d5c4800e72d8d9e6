// SPDX-License-Identifier: GPL-3.0-or-later

/// Returns the last point, seen from `inside`, at which a condition holds.
///
/// The condition holds on one side of a single boundary between the two points. The answer is on
/// the side where it holds, and next to the boundary in double precision.
///
/// - Note: GSL's own quantile functions are not used for the beta distribution: version 2.7 answers
///   not-a-number for one pair of counts in seven (2.5 % with 16 of 500, for one).
func boundary(from inside: Double, to outside: Double, where holds: (Double) -> Bool) -> Double {
  var inside = inside
  var outside = outside
  // Two hundred halvings also place a boundary as small as 1e-45 to full precision.
  for _ in 0..<200 {
    let middle = inside + (outside - inside) / 2
    if middle == inside || middle == outside { break }
    if holds(middle) { inside = middle } else { outside = middle }
  }
  return inside
}

/// Returns the least whole number from `first` to `limit` at which a condition holds.
///
/// Once the condition holds it holds for all larger numbers.
///
/// - Returns: Nil if it does not hold at any number tried up to `limit`.
func leastInteger(from first: Int, to limit: Int, where holds: (Int) -> Bool) -> Int? {
  if holds(first) { return first }
  var fails = first
  var step = 1
  while true {
    let next = min(fails + step, limit)
    guard next > fails else { return nil }
    if holds(next) {
      var works = next
      while works - fails > 1 {
        let middle = fails + (works - fails) / 2
        if holds(middle) { works = middle } else { fails = middle }
      }
      return works
    }
    fails = next
    step *= 2
  }
}
