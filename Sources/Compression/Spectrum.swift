// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Directions of one side of a layer, by the energy that it has along them.
struct Spectrum: Sendable {
  /// Energies, most first, none negative.
  let energies: [Double]
  /// Takes coordinates along the first directions to the side: `[size, directions]`, double precision.
  let basis: Tensor
  /// Takes the side to coordinates: `[directions, size]`.
  let dual: Tensor

  /// The principal directions of a symmetric matrix.
  init(_ gram: Tensor) {
    let (values, vectors) = gram.symmetricEigen
    energies = values.clamped(atLeast: 0).elements(of: Double.self).reversed()
    let descending = Tensor(Array((0..<gram.size(0)).reversed()))
    basis = vectors.rows(descending, along: 1)
    dual = basis.transposed(0, 1)
  }

  /// The directions of the inputs that matter for the outputs, where inputs have a second moment.
  ///
  /// With the root R of the moment, `W x = (W R)(R⁻¹ x)`, and R⁻¹ x has no preferred direction: what is
  /// cut from W R is lost from the outputs.
  ///
  /// - Parameters:
  ///   - gram: `Σ wᵀ w` over the rows of the weights.
  ///   - moment: `Σ x xᵀ` over inputs.
  init(_ gram: Tensor, inputMoment moment: Tensor) {
    let (values, vectors) = moment.symmetricEigen
    // Directions that no input has are kept a hair above zero, so that the root can be inverted.
    let floor = (values.elements(of: Double.self).last ?? 0) * 1e-6
    let lengths = values.clamped(atLeast: max(floor, .leastNormalMagnitude)).squareRoot
    let transposed = vectors.transposed(0, 1)
    let root = (vectors * lengths).matrixProduct(transposed)
    let inverse = (vectors / lengths).matrixProduct(transposed)
    let plain = Spectrum(root.matrixProduct(gram).matrixProduct(root))
    energies = plain.energies
    basis = root.matrixProduct(plain.basis)
    dual = plain.dual.matrixProduct(inverse)
  }
}
