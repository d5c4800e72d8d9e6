// SPDX-License-Identifier: GPL-3.0-or-later

/// A NumPy array as it lies in the file; its elements are decoded when they are asked for.
struct NPYArray {
  let shape: [Int]
  let type: NPYType
  let isFortranOrder: Bool
  /// Exactly as many bytes as shape and type ask for.
  let bytes: ArraySlice<UInt8>
  /// The file, for errors.
  let subject: String

  var count: Int { bytes.count / type.size }

  /// The elements as single precision numbers, last dimension fastest; false is 0 and true 1.
  func floats() -> [Float] {
    inOrder(decoded())
  }

  /// The elements as whole numbers, last dimension fastest; nil if the type is a floating one.
  ///
  /// What is beyond the largest `Int` becomes it.
  func integers() -> [Int]? {
    switch (type.kind, type.size) {
    case (.floating, _): return nil
    case (.signed, 1): return inOrder(raw(Int8.self).map { Int($0) })
    case (.signed, 2): return inOrder(raw(Int16.self).map { Int($0) })
    case (.signed, 4): return inOrder(raw(Int32.self).map { Int($0) })
    case (.signed, _): return inOrder(raw(Int64.self).map { Int($0) })
    case (_, 1): return inOrder(bytes.map { Int($0) })
    case (_, 2): return inOrder(raw(UInt16.self).map { Int($0) })
    case (_, 4): return inOrder(raw(UInt32.self).map { Int($0) })
    default: return inOrder(raw(UInt64.self).map { Int(clamping: $0) })
    }
  }

  /// The elements as bytes, last dimension fastest; nil unless the type is an unsigned byte.
  func unsignedBytes() -> [UInt8]? {
    type.kind == .unsigned && type.size == 1 ? inOrder(Array(bytes)) : nil
  }

  private func decoded() -> [Float] {
    switch (type.kind, type.size) {
    case (.floating, 2): raw(UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case (.floating, 4): raw(UInt32.self).map { Float(bitPattern: $0) }
    case (.floating, _): raw(UInt64.self).map { Float(Double(bitPattern: $0)) }
    case (.bool, _): bytes.map { $0 == 0 ? 0 : 1 }
    case (.signed, 1): raw(Int8.self).map { Float($0) }
    case (.signed, 2): raw(Int16.self).map { Float($0) }
    case (.signed, 4): raw(Int32.self).map { Float($0) }
    case (.signed, _): raw(Int64.self).map { Float($0) }
    case (.unsigned, 1): bytes.map { Float($0) }
    case (.unsigned, 2): raw(UInt16.self).map { Float($0) }
    case (.unsigned, 4): raw(UInt32.self).map { Float($0) }
    case (.unsigned, _): raw(UInt64.self).map { Float($0) }
    }
  }

  // The elements as numbers of the machine's byte order, in the order of the file.
  private func raw<Value: FixedWidthInteger>(_: Value.Type) -> [Value] {
    bytes.withUnsafeBytes { source in
      (0..<count).map { index in
        let value = source.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Value>.size, as: Value.self)
        return type.isBigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
      }
    }
  }

  // Brings elements whose first dimension varies fastest into the usual order.
  private func inOrder<Value>(_ values: [Value]) -> [Value] {
    guard isFortranOrder, shape.count > 1, !values.isEmpty else { return values }
    var strides: [Int] = []
    var stride = 1
    for dimension in shape {
      strides.append(stride)
      stride *= dimension
    }
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    return values.indices.map { _ in
      defer {
        var axis = shape.count - 1
        index[axis] += 1
        offset += strides[axis]
        while index[axis] == shape[axis], axis > 0 {
          offset -= strides[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
          index[axis] += 1
          offset += strides[axis]
        }
      }
      return values[offset]
    }
  }
}
