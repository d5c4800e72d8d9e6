// SPDX-License-Identifier: GPL-3.0-or-later

/// The product of dimensions, or nil if it overflows or one is negative.
func product(_ dimensions: [Int]) -> Int? {
  if dimensions.contains(where: { $0 < 0 }) { return nil }
  if dimensions.contains(0) { return 0 }
  var result = 1
  for dimension in dimensions {
    let (next, overflow) = result.multipliedReportingOverflow(by: dimension)
    if overflow { return nil }
    result = next
  }
  return result
}

/// Dimensions as people write them: `60000×28×28`.
func dimensions(_ shape: [Int]) -> String {
  shape.isEmpty ? "a single value" : shape.map(String.init).joined(separator: "×")
}

/// A byte as two hexadecimal digits.
func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
