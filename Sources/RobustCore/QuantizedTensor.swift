// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// A tensor stored as integers of a few bits.
public struct QuantizedTensor: Sendable {
  /// What the codes stand for.
  public let grid: QuantizationGrid
  /// 8-bit integers of the tensor's shape, inside the grid's codes; the zero point outside the mask.
  public let codes: Tensor
  /// True for the elements that are stored, or nil where all are.
  public let mask: Tensor?
  /// The numbers that the codes stand for; exactly zero outside the mask.
  public let values: Tensor

  /// Joins codes and grid.
  ///
  /// - Precondition: `codes` are 8-bit integers inside the grid's codes.
  public init(codes: Tensor, grid: QuantizationGrid, mask: Tensor? = nil) {
    self.grid = grid
    self.mask = mask
    self.codes = mask.map { $0.select(codes, else: grid.zeroCodes(rank: codes.rank)) } ?? codes
    values = grid.values(of: self.codes)
  }

  /// Rounds a tensor to the nearest numbers of a grid.
  ///
  /// - Precondition: Every element inside the mask is finite.
  public init(_ values: Tensor, on grid: QuantizationGrid, mask: Tensor? = nil) {
    self.init(codes: grid.codes(of: values), grid: grid, mask: mask)
  }
}
