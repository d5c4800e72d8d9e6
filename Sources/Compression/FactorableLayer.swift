// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// A convolution or linear layer, seen from both sides, that can become a chain of smaller ones.
struct FactorableLayer: Sendable {
  /// The layer's name.
  let name: String
  /// `[outputs, inputs, area]`, double precision.
  let weight: Tensor
  /// Directions of the outputs.
  let outputs: Spectrum
  /// Directions of the inputs; nil where one side is enough: of a matrix, or by choice.
  let inputs: Spectrum?
  /// What it loses and saves.
  let curve: RankCurve

  /// Looks at a layer.
  ///
  /// - Parameters:
  ///   - name: The layer's name.
  ///   - weight: `[outputs, inputs, …]`.
  ///   - cutsInputs: Whether a kernel's inputs are factorised too, as Tucker's form does.
  ///   - moments: Second moments of what the layer reads and gives; nil weighs all alike.
  init(name: String, weight: Tensor, cutsInputs: Bool, moments: LayerMoments? = nil) {
    self.name = name
    let (rows, columns) = (weight.size(0), weight.size(1))
    let cube = weight.cast(to: .float64).reshaped([rows, columns, -1])
    self.weight = cube
    let area = cube.size(2)
    let flat = cube.reshaped([rows, -1])
    outputs = Spectrum(moments?.outputs ?? flat.matrixProduct(flat.transposed(0, 1)))
    if cutsInputs, area > 1 {
      let side = cube.transposed(0, 1).reshaped([columns, -1])
      let gram = side.matrixProduct(side.transposed(0, 1))
      inputs = moments?.inputs.map { Spectrum(gram, inputMoment: $0) } ?? Spectrum(gram)
    } else {
      inputs = nil
    }
    curve = RankCurve(
      outputs: outputs.energies, inputs: inputs?.energies, width: columns, area: area)
  }
}

/// Sums of products of a layer's inputs, and of its outputs without the bias.
struct LayerMoments: Sendable {
  /// `Σ x xᵀ`, `[inputs, inputs]`, double precision; nil for a matrix, of which one side is cut.
  let inputs: Tensor?
  /// `Σ y yᵀ`, `[outputs, outputs]`, double precision.
  let outputs: Tensor

  /// Whether every sum is a number.
  var isFinite: Bool {
    [inputs, outputs].compactMap(\.self).allSatisfy { $0.isFinite.not.nonZeroCount == 0 }
  }
}

/// The matrices of a factorised layer; nil where a side stays whole.
struct LayerFactors {
  /// From inputs to their kept directions: `[rank, inputs]`.
  var down: Tensor?
  /// Between the kept directions: `[rank or outputs, rank or inputs, area]`.
  var core: Tensor
  /// From kept directions to outputs: `[outputs, rank]`.
  var up: Tensor?
}

extension FactorableLayer {
  /// The factors at given ranks, each single precision.
  ///
  /// Of a matrix, both factors share its scale evenly, so that training moves both alike; of a kernel
  /// the core has the scale, and the others have rows or columns of length one.
  ///
  /// > Source: Tucker. "Some Mathematical Notes on Three-Mode Factor Analysis." Psychometrika 1966;
  /// > Kim et al. "Compression of Deep Convolutional Neural Networks for Fast and Low Power Mobile
  /// > Applications." ICLR 2016, [arXiv:1511.06530](https://arxiv.org/abs/1511.06530), section 3.
  ///
  /// - Note: The directions are those of the higher-order singular value decomposition; no
  ///   alternating refinement follows, since fine-tuning does.
  func factors(_ ranks: Ranks) -> LayerFactors {
    var factors = LayerFactors(core: weight)
    if let rank = ranks.input, let inputs {
      // Rows of length one: weighed by activations, rare directions would be long and diverge.
      let dual = inputs.dual.slice(0..<rank)
      let lengths = dual.norm(2, along: [1])
      let basis = inputs.basis.slice(0..<rank, along: 1) * lengths
      factors.core = factors.core.transposed(1, 2).matrixProduct(basis).transposed(1, 2)
      factors.down = dual / lengths.reshaped([-1, 1])
    }
    if let rank = ranks.output {
      var up = outputs.basis.slice(0..<rank, along: 1)
      let shape = [rank] + factors.core.shape.dropFirst()
      var core = up.transposed(0, 1).matrixProduct(
        factors.core.contiguous.reshaped([weight.size(0), -1]))
      if ranks.input == nil {
        let lengths = core.norm(2, along: [1])
        let largest = lengths.largest(along: [0]).scalar
        let scale = lengths.clamped(atLeast: max(largest * 1e-6, .leastNormalMagnitude)).squareRoot
        up = up * scale
        core = core / scale.reshaped([-1, 1])
      }
      factors.up = up
      factors.core = core.reshaped(shape)
    }
    return factors
  }
}
