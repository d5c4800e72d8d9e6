// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// One argument of an operator.
enum Argument {
  case none
  case tensor(Tensor)
  case integer(Int)
  case real(Double)
  case boolean(Bool)
  case integers([Int])
  case tensors([Tensor])
  case elementType(ElementType)
  case text(StaticString)

  static func optional(_ tensor: Tensor?) -> Argument { tensor.map { .tensor($0) } ?? .none }
}

/// An operator of libtorch, found by name once and called through the dispatcher.
///
/// A call costs about a microsecond and carries autograd. A wrong argument is a bug of ours and
/// stops the program with libtorch's message.
struct Operator: Sendable {
  nonisolated(unsafe) private let reference: CTorchOperatorRef

  init(_ name: StaticString, _ overload: StaticString = "") {
    var found: CTorchOperatorRef?
    // A static string ends with a zero byte.
    let status = api.find_operator(name.cString, overload.cString, &found)
    expectSuccess(status, name)
    guard let found else { preconditionFailure("no operator \(name)") }
    reference = found
  }

  /// Calls an operator that gives one tensor.
  func one(_ arguments: Argument...) -> Tensor {
    var result: CTorchTensorRef?
    let count = invoke(arguments, into: &result, capacity: 1)
    precondition(count == 1, "\(count) results where one is promised")
    return Tensor.owned(result)
  }

  /// Calls an operator that gives several tensors.
  func many(_ arguments: Argument...) -> [Tensor] {
    var results = [CTorchTensorRef?](repeating: nil, count: 16)
    let count = results.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { invoke(arguments, into: $0, capacity: 16) } ?? 0
    }
    return results.prefix(count).map { Tensor.owned($0) }
  }

  private func invoke(
    _ arguments: [Argument], into results: UnsafeMutablePointer<CTorchTensorRef?>, capacity: Int
  ) -> Int {
    var written: Int32 = 0
    let status = withExtendedLifetime(arguments) {
      ArgumentList.lend(arguments) { values in
        api.call(
          reference, values, Int32(arguments.count), results, Int32(capacity),
          &written)
      }
    }
    expectSuccess(status, "operator")
    return Int(written)
  }
}

extension StaticString {
  var cString: UnsafePointer<CChar> {
    UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
