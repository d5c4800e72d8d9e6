// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

extension RandomStream {
  /// Fills with independent numbers uniform in low...high, both ends included.
  public func fillUniform(_ values: UnsafeMutableBufferPointer<Float>, low: Float, high: Float) {
    precondition(low <= high, "the low end lies above the high end")
    let start = Double(low)
    let width = Double(high) - start
    withGenerator { generator in
      for index in values.indices {
        // Rounding to Float steps over neither end, because the ends are themselves Floats.
        values[index] = Float(start + width * gsl_rng_uniform(generator))
      }
    }
  }

  /// Fills with independent normal numbers by the ziggurat method.
  public func fillNormal(
    _ values: UnsafeMutableBufferPointer<Float>, mean: Float = 0, sigma: Float = 1
  ) {
    precondition(sigma >= 0, "a standard deviation is not negative")
    let center = Double(mean)
    let spread = Double(sigma)
    withGenerator { generator in
      for index in values.indices {
        values[index] = Float(center + gsl_ran_gaussian_ziggurat(generator, spread))
      }
    }
  }

  /// Fills with independent Laplace numbers around zero.
  public func fillLaplace(_ values: UnsafeMutableBufferPointer<Float>, scale: Float = 1) {
    precondition(scale > 0, "the scale of a Laplace variable is positive")
    let width = Double(scale)
    withGenerator { generator in
      for index in values.indices {
        values[index] = Float(gsl_ran_laplace(generator, width))
      }
    }
  }

  /// Fills with plus or minus one size, each sign equally likely: a corner of the cube.
  public func fillSigns(_ values: UnsafeMutableBufferPointer<Float>, size: Float = 1) {
    withGenerator { generator in
      for index in values.indices {
        values[index] = gsl_rng_get(generator) >> 31 == 0 ? size : -size
      }
    }
  }
}
