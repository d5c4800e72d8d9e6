// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// Lays Swift arguments out for C, with all lists in two shared buffers.
enum ArgumentList {
  static func lend<Result>(
    _ arguments: [Argument], _ body: (UnsafePointer<CTorchValue>) -> Result
  ) -> Result {
    var integers: [Int64] = []
    var tensors: [CTorchTensorRef] = []
    for argument in arguments {
      switch argument {
      case .integers(let list): integers += list.map(Int64.init)
      case .tensors(let list): tensors += list.map { $0.storage.handle }
      default: break
      }
    }
    return integers.withUnsafeBufferPointer { integers in
      tensors.withUnsafeBufferPointer { tensors in
        withUnsafeTemporaryAllocation(of: CTorchValue.self, capacity: max(arguments.count, 1)) {
          values in
          var nextInteger = integers.baseAddress
          var nextTensor = tensors.baseAddress
          for (index, argument) in arguments.enumerated() {
            let value = layOut(argument, &nextInteger, &nextTensor)
            values.initializeElement(at: index, to: value)
          }
          guard let start = values.baseAddress else { preconditionFailure("no room on the stack") }
          return body(start)
        }
      }
    }
  }

  private static func layOut(
    _ argument: Argument, _ nextInteger: inout UnsafePointer<Int64>?,
    _ nextTensor: inout UnsafePointer<CTorchTensorRef>?
  ) -> CTorchValue {
    var value = CTorchValue()
    switch argument {
    case .none:
      value.tag = CTorchNone
    case .tensor(let tensor):
      value.tag = CTorchTensorValue
      value.tensor = tensor.storage.handle
    case .integer(let integer):
      value.tag = CTorchInteger
      value.integer = Int64(integer)
    case .real(let real):
      value.tag = CTorchReal
      value.real = real
    case .boolean(let boolean):
      value.tag = CTorchBoolean
      value.integer = boolean ? 1 : 0
    case .integers(let list):
      value.tag = CTorchIntegers
      value.count = Int32(list.count)
      value.integers = nextInteger
      nextInteger = nextInteger?.advanced(by: list.count)
    case .tensors(let list):
      value.tag = CTorchTensors
      value.count = Int32(list.count)
      value.tensors = nextTensor
      nextTensor = nextTensor?.advanced(by: list.count)
    case .elementType(let type):
      value.tag = CTorchElementType
      value.integer = Int64(type.code.rawValue)
    case .text(let text):
      value.tag = CTorchText
      value.text = text.cString
    }
    return value
  }
}
