// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// A Swift type that has the memory layout of a tensor's elements.
public protocol TensorElement: Sendable {
  /// The element type of libtorch.
  static var elementType: ElementType { get }
}

extension Float: TensorElement {
  /// Single precision.
  public static var elementType: ElementType { .float32 }
}
extension Double: TensorElement {
  /// Double precision.
  public static var elementType: ElementType { .float64 }
}
extension Int: TensorElement {
  /// Signed 64 bits.
  public static var elementType: ElementType { .int64 }
}
extension Int32: TensorElement {
  /// Signed 32 bits.
  public static var elementType: ElementType { .int32 }
}
extension UInt8: TensorElement {
  /// Unsigned 8 bits.
  public static var elementType: ElementType { .uint8 }
}
extension Int8: TensorElement {
  /// Signed 8 bits.
  public static var elementType: ElementType { .int8 }
}
extension Bool: TensorElement {
  /// A byte for true or false.
  public static var elementType: ElementType { .bool }
}

extension Tensor {
  /// Copies `elements` in row-major order into a new tensor.
  ///
  /// - Precondition: `elements` has as many members as `shape` asks for.
  public init<Element: TensorElement>(_ elements: [Element], shape: [Int]) {
    self = elements.withUnsafeBufferPointer { Tensor(copying: $0, shape: shape) }
  }

  /// Copies a vector.
  public init<Element: TensorElement>(_ elements: [Element]) {
    self.init(elements, shape: [elements.count])
  }

  /// Copies memory in row-major order into a new tensor.
  public init<Element: TensorElement>(
    copying elements: UnsafeBufferPointer<Element>, shape: [Int]
  ) {
    precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements for \(shape)")
    self = Tensor.create(
      data: elements.baseAddress.map { UnsafeRawPointer($0) },
      bytes: elements.count * MemoryLayout<Element>.stride, shape: shape, type: Element.elementType)
  }

  /// A tensor whose memory `fill` sets, element by element in row-major order.
  ///
  /// - Parameters:
  ///   - shape: The size of every dimension.
  ///   - fill: Sets every element; what it leaves out is undefined.
  public init<Element: TensorElement>(
    shape: [Int], fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) rethrows {
    self = Tensor.create(data: nil, bytes: 0, shape: shape, type: Element.elementType)
    try withMutableElements(of: Element.self, fill)
  }

  /// A tensor in which every element is `value`.
  public init(repeating value: Double, shape: [Int], type: ElementType = .float32) {
    self = Operators.full.one(
      .integers(shape), .real(value), .elementType(type), .none, .none, .none)
  }

  /// Lends the elements in row-major order, without a copy, for writing.
  ///
  /// - Precondition: A dense, contiguous tensor on the CPU whose elements are `Element`, owned by
  ///   the caller alone.
  public func withMutableElements<Element: TensorElement, Result>(
    of type: Element.Type, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    precondition(elementType == Element.elementType, "\(elementType) read as \(type)")
    let count = self.count
    return try withHandle { handle in
      let memory = api.data(handle)
      precondition(memory != nil || count == 0, "only a contiguous CPU tensor can be lent")
      return try body(
        UnsafeMutableBufferPointer(
          start: memory?.assumingMemoryBound(to: Element.self), count: count))
    }
  }

  /// Copies the elements in row-major order, from any layout and device.
  ///
  /// - Precondition: The elements are `Element`.
  public func elements<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
    precondition(elementType == Element.elementType, "\(elementType) read as \(type)")
    let count = self.count
    return [Element](unsafeUninitializedCapacity: count) { buffer, written in
      let bytes = count * MemoryLayout<Element>.stride
      if let start = buffer.baseAddress {
        expectSuccess(withHandle { api.read($0, start, bytes) }, "read")
      }
      written = count
    }
  }

  /// Copies raw memory in row-major order into a new tensor.
  ///
  /// - Precondition: `bytes` has exactly the size that shape and type ask for.
  public init(bytes: ArraySlice<UInt8>, shape: [Int], type: ElementType) {
    self = bytes.withUnsafeBytes { memory in
      Tensor.create(data: memory.baseAddress, bytes: memory.count, shape: shape, type: type)
    }
  }

  /// Copies the raw memory in row-major order.
  public var bytes: [UInt8] {
    let size = count * elementType.bytes
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, written in
      if let start = buffer.baseAddress {
        expectSuccess(withHandle { api.read($0, start, size) }, "read")
      }
      written = size
    }
  }

  /// The only element of a tensor with one, as a double.
  public var scalar: Double {
    precondition(count == 1, "a tensor of shape \(shape) is no scalar")
    switch elementType {
    case .float64: return elements(of: Double.self)[0]
    case .int64: return Double(elements(of: Int.self)[0])
    case .bool: return elements(of: Bool.self)[0] ? 1 : 0
    default: return Double(cast(to: .float32).elements(of: Float.self)[0])
    }
  }

  /// Copies to a device such as `cpu` or `cuda:0`.
  public func moved(to device: String) -> Tensor {
    var moved: CTorchTensorRef?
    expectSuccess(withHandle { api.to_device($0, device, &moved) }, "to_device")
    return Tensor.owned(moved)
  }

  private static func create(
    data: UnsafeRawPointer?, bytes: Int, shape: [Int], type: ElementType
  ) -> Tensor {
    var created: CTorchTensorRef?
    let sizes = shape.map(Int64.init)
    expectSuccess(
      api.create(data, bytes, sizes, Int32(sizes.count), type.code, &created), "create")
    return owned(created)
  }

  /// Takes over a handle that a successful call has written.
  static func owned(_ handle: CTorchTensorRef?) -> Tensor {
    guard let handle else { preconditionFailure("libtorch gave no tensor where one is promised") }
    return Tensor(owning: handle)
  }
}
