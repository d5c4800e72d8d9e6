// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

extension RandomStream {
  /// Draws a whole number uniform in 0..<bound, without bias.
  ///
  /// - Parameter bound: From 1 to 2³² − 1.
  /// - Returns: The number.
  public func integer(below bound: Int) -> Int {
    precondition(bound >= 1 && bound <= Int(UInt32.max), "a bound lies in 1 ... 2^32 - 1")
    return withGenerator { Int(gsl_rng_uniform_int($0, UInt(bound))) }
  }

  /// Draws an order of 0..<count, every one equally likely.
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    withGenerator { generator in
      order.withUnsafeMutableBytes { bytes in
        gsl_ran_shuffle(generator, bytes.baseAddress, count, MemoryLayout<Int>.stride)
      }
    }
    return order
  }

  /// Draws distinct numbers from 0..<total in rising order, every set equally likely.
  ///
  /// - Complexity: Proportional to `total`.
  public func choose(_ count: Int, of total: Int) -> [Int] {
    precondition(count >= 0 && count <= total, "cannot choose \(count) of \(total)")
    guard count > 0 else { return [] }
    let pool = Array(0..<total)
    var chosen = [Int](repeating: 0, count: count)
    let status = withGenerator { generator in
      pool.withUnsafeBytes { source in
        chosen.withUnsafeMutableBytes { target in
          // GSL only reads the source, though its declaration does not say so.
          gsl_ran_choose(
            generator, target.baseAddress, count,
            UnsafeMutableRawPointer(mutating: source.baseAddress), total, MemoryLayout<Int>.stride)
        }
      }
    }
    precondition(status == GSL_SUCCESS, "GSL refused to choose \(count) of \(total)")
    return chosen
  }
}
