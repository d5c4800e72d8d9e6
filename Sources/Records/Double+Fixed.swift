// SPDX-License-Identifier: GPL-3.0-or-later

extension Double {
  /// Writes the number with a fixed count of decimals, whatever the locale.
  ///
  /// Rounds the exact binary value half to even, as C's `printf` does, except that a result of
  /// zero has no sign.
  ///
  /// - Parameters:
  ///   - decimals: Digits after the point, `0...15`.
  ///   - signed: Whether a positive number is written with a plus, as differences are.
  /// - Returns: `nan`, `inf` and `-inf` for what is no number; the shortest form from 2^63 on.
  public func fixed(_ decimals: Int, signed: Bool = false) -> String {
    precondition((0...15).contains(decimals), "decimals must lie in 0...15")
    guard isFinite, magnitude < 0x1p63 else { return description }
    var scale: UInt128 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = magnitude.scaledExactly(by: scale)
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = padded.dropLast(decimals)
    let sign = scaled == 0 ? "" : self < 0 ? "-" : signed ? "+" : ""
    return decimals == 0 ? sign + padded : "\(sign)\(whole).\(padded.suffix(decimals))"
  }

  /// The product with a whole number below 2^50, rounded half to even; `self` lies in 0..<2^63.
  private func scaledExactly(by scale: UInt128) -> UInt128 {
    guard self > 0 else { return 0 }
    // self = mantissa * 2^shift with a mantissa below 2^53: the product stays below 2^113.
    let mantissa = UInt128(significandBitPattern) | (isNormal ? 1 << 52 : 0)
    let shift = (isNormal ? Int(exponentBitPattern) : 1) - 1075
    let product = mantissa * scale
    if shift >= 0 { return product << UInt128(shift) }
    let drop = -shift
    guard drop < 120 else { return 0 }
    let quotient = product >> UInt128(drop)
    let remainder = product & ((1 << UInt128(drop)) - 1)
    let half: UInt128 = 1 << UInt128(drop - 1)
    let roundsUp = remainder > half || (remainder == half && quotient & 1 == 1)
    return roundsUp ? quotient + 1 : quotient
  }
}
