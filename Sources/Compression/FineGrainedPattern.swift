// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// At most N weights of every M neighbours along the input.
///
/// A row is what one output reads, input channels innermost: `[height, width, channels]`, as sparse
/// tensor cores read a convolution. Where a row's length is no multiple of M, its last group is shorter.
///
/// > Source: Mishra et al. "Accelerating Sparse Deep Neural Networks." 2021,
/// > [arXiv:2104.08378](https://arxiv.org/abs/2104.08378), section 3.
struct FineGrainedPattern {
  /// N.
  let kept: Int
  /// M.
  let group: Int

  /// The share that goes.
  var sparsity: Double { 1 - Double(kept) / Double(group) }

  /// Masks the weights of least size in each group.
  ///
  /// Of equal weights the earlier goes first. Exactly ⌊count · N / M⌋ weights stay: what is too much
  /// because of short groups goes from these, least first.
  ///
  /// - Parameter weight: `[outputs, inputs, …]`.
  /// - Returns: The weight with its mask.
  func masking(_ weight: Weight) -> Weight {
    let values = weight.applied
    let sizes = weight.mask.map { $0.select(values.absolute, else: values * 0 - 1) }
    let rows = (sizes ?? values.absolute).inputsLast
    let (outputs, length) = (values.size(0), values.count / max(values.size(0), 1))
    let flat = rows.contiguous.reshaped([outputs, length])
    let missing = (group - length % group) % group
    // Less than any size, so that what is missing goes first.
    let filled = Tensor.concatenated(
      [flat, Tensor(repeating: -2, shape: [outputs, missing])], along: 1)
    let order = filled.reshaped([-1, group]).sorted(along: 1).indices
    let mask = Tensor(repeating: 1, shape: [filled.count / group, group], type: .bool)
      .scattering(0, at: order.slice(0..<group - kept, along: 1), along: 1)
      .reshaped([outputs, length + missing]).slice(0..<length, along: 1)
    let trimmed = trimming(mask.contiguous, sizes: flat, complete: length - length % group)
    return .masking(values, with: trimmed.reshaped(rows.shape).inputsSecond.contiguous)
  }

  /// Takes what is too much from the groups behind the complete ones.
  private func trimming(_ mask: Tensor, sizes: Tensor, complete: Int) -> Tensor {
    let excess = mask.nonZeroCount - mask.count * kept / group
    guard excess > 0 else { return mask }
    let short = sizes.slice(complete..<sizes.size(1), along: 1)
    let shortMask = mask.slice(complete..<mask.size(1), along: 1)
    let order = shortMask.select(short, else: short * 0 + .infinity).reshaped([-1])
      .sorted(along: 0).indices
    let left = shortMask.reshaped([-1]).scattering(0, at: order.slice(0..<excess), along: 0)
      .reshaped(shortMask.shape)
    return Tensor.concatenated([mask.slice(0..<complete, along: 1), left], along: 1)
  }
}

extension Tensor {
  /// The second dimension moved to the end.
  fileprivate var inputsLast: Tensor {
    (1..<max(rank - 1, 1)).reduce(self) { $0.transposed($1, $1 + 1) }
  }

  /// The last dimension moved to the second place.
  fileprivate var inputsSecond: Tensor {
    (1..<max(rank - 1, 1)).reversed().reduce(self) { $0.transposed($1, $1 + 1) }
  }
}
