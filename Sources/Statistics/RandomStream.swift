// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// A stream of random numbers from GSL's combined Tausworthe generator.
///
/// A stream belongs to one thread. It is made from a ``RandomKey`` where it is needed; making one
/// takes two small allocations and no warm-up.
///
/// The generator, `gsl_rng_taus2`, has 88 bits of state and one cycle of about 2⁸⁸ numbers. GSL would
/// seed it with 32 bits, of which a million streams would share some; the state is written from the
/// key's 96 bits instead, through `gsl_rng_state`. A hundred million streams then hold two equal ones
/// with a chance below 1 in 10¹⁰. A draw has 32 random bits.
///
/// Integers and uniform numbers are the same on every machine. The other distributions pass through
/// the C library's logarithms and powers, which may differ in the last bit between its versions.
///
/// > Source: L'Ecuyer. "Maximally Equidistributed Combined Tausworthe Generators." Mathematics of
/// > Computation 65 (1996) 203-213, taus88, with the seeding conditions of L'Ecuyer 1999.
public final class RandomStream {
  private let generator: UnsafeMutablePointer<gsl_rng>

  /// Opens the stream of a key, at its start.
  public init(_ key: RandomKey) {
    GSL.silence()
    guard let generator = cgsl_taus2_alloc(), let state = gsl_rng_state(generator) else {
      preconditionFailure("no memory for a random stream")
    }
    precondition(
      gsl_rng_size(generator) == 3 * MemoryLayout<UInt>.stride,
      "this GSL keeps another state for taus2 than the three words that are written here")
    let words = state.assumingMemoryBound(to: UInt.self)
    // Below these least values a component's register would be empty and stay so.
    words[0] = RandomStream.register(key.first >> 32, least: 2)
    words[1] = RandomStream.register(key.first & 0xffff_ffff, least: 8)
    words[2] = RandomStream.register(key.second >> 32, least: 16)
    self.generator = generator
  }

  deinit {
    gsl_rng_free(generator)
  }

  private static func register(_ bits: UInt64, least: UInt64) -> UInt {
    UInt(bits < least ? bits + least : bits)
  }

  /// Lends the C handle, and keeps the stream alive meanwhile.
  ///
  /// Swift may release an object after its last mention, which would free the handle in use.
  func withGenerator<Result>(
    _ body: (UnsafeMutablePointer<gsl_rng>) -> Result
  ) -> Result {
    withExtendedLifetime(self) { body(generator) }
  }

  /// Draws 32 random bits.
  public func bits() -> UInt32 {
    withGenerator { UInt32(gsl_rng_get($0)) }
  }

  /// Draws a number uniform in [0, 1), a multiple of 2⁻³².
  public func uniform() -> Double {
    withGenerator { gsl_rng_uniform($0) }
  }

  /// Draws a number uniform in a half-open range.
  public func uniform(in range: Range<Double>) -> Double {
    precondition(!range.isEmpty, "a uniform draw needs a range that is not empty")
    let value = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    // The sum may round up to the excluded end.
    return value < range.upperBound ? value : range.upperBound.nextDown
  }

  /// Draws a normal number by the ziggurat method.
  public func normal(mean: Double = 0, sigma: Double = 1) -> Double {
    precondition(sigma >= 0, "a standard deviation is not negative")
    return withGenerator { mean + gsl_ran_gaussian_ziggurat($0, sigma) }
  }

  /// Draws an exponential number.
  public func exponential(mean: Double = 1) -> Double {
    precondition(mean > 0, "the mean of an exponential variable is positive")
    return withGenerator { gsl_ran_exponential($0, mean) }
  }

  /// Draws a Laplace number around zero, with density exp(−|x| / scale) / (2 · scale).
  public func laplace(scale: Double = 1) -> Double {
    precondition(scale > 0, "the scale of a Laplace variable is positive")
    return withGenerator { gsl_ran_laplace($0, scale) }
  }

  /// Draws true with the given probability.
  public func bernoulli(_ probability: Double) -> Bool {
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    return withGenerator { gsl_ran_bernoulli($0, probability) == 1 }
  }

  /// Draws the number of successes in independent trials.
  public func binomial(trials: Int, probability: Double) -> Int {
    precondition(trials >= 0, "the number of trials is not negative")
    precondition((0...1).contains(probability), "a probability lies in 0...1")
    return withGenerator { Int(gsl_ran_binomial($0, probability, UInt32(trials))) }
  }
}

/// A stream belongs to one thread; hand the key to another one instead.
@available(*, unavailable)
extension RandomStream: Sendable {}
