// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// The types of a tensor's elements.
public enum ElementType: Sendable, Hashable {
  /// IEEE single precision.
  case float32
  /// IEEE double precision.
  case float64
  /// IEEE half precision.
  case float16
  /// The upper half of single precision.
  case bfloat16
  /// Signed 64 bits.
  case int64
  /// Signed 32 bits.
  case int32
  /// Unsigned 8 bits.
  case uint8
  /// Signed 8 bits.
  case int8
  /// True or false, a byte each.
  case bool
  /// Any other type of libtorch.
  case other

  init(_ code: CTorchType) {
    switch code {
    case CTorchFloat32: self = .float32
    case CTorchFloat64: self = .float64
    case CTorchInt64: self = .int64
    case CTorchInt32: self = .int32
    case CTorchUInt8: self = .uint8
    case CTorchInt8: self = .int8
    case CTorchBool: self = .bool
    case CTorchFloat16: self = .float16
    case CTorchBFloat16: self = .bfloat16
    default: self = .other
    }
  }

  /// Bytes of one element; zero for types without a name here.
  public var bytes: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .int8, .bool: 1
    case .other: 0
    }
  }

  var code: CTorchType {
    switch self {
    case .float32: CTorchFloat32
    case .float64: CTorchFloat64
    case .int64: CTorchInt64
    case .int32: CTorchInt32
    case .uint8: CTorchUInt8
    case .int8: CTorchInt8
    case .bool: CTorchBool
    case .float16: CTorchFloat16
    case .bfloat16: CTorchBFloat16
    case .other: CTorchOtherType
    }
  }
}

/// An n-dimensional array held by libtorch.
///
/// Operators return new tensors; the few that change one in place say so in their name.
public struct Tensor: Sendable {
  /// Owns one handle.
  ///
  /// Sendable: libtorch counts references atomically, the handle never changes, and memory is
  /// written only through the in-place operators, whose callers own the tensor alone.
  final class Storage: @unchecked Sendable {
    let handle: CTorchTensorRef

    /// Takes ownership of `handle` (+1).
    init(owning handle: CTorchTensorRef) { self.handle = handle }

    deinit { api.release(handle) }
  }

  let storage: Storage

  /// Takes ownership of `handle` (+1).
  init(owning handle: CTorchTensorRef) { storage = Storage(owning: handle) }

  /// Lends the handle to C; the tensor lives at least as long as `body` runs.
  func withHandle<Result>(_ body: (CTorchTensorRef) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(storage.handle) }
  }

  /// The size of every dimension.
  public var shape: [Int] {
    withHandle { handle in
      (0..<api.rank(handle)).map { Int(api.size(handle, $0)) }
    }
  }

  /// The number of dimensions.
  public var rank: Int { withHandle { Int(api.rank($0)) } }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The size of one dimension.
  public func size(_ dimension: Int) -> Int { withHandle { Int(api.size($0, Int32(dimension))) } }

  /// The type of the elements.
  public var elementType: ElementType { withHandle { ElementType(api.type($0)) } }
}
