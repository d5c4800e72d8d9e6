// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// Runs `body` without recording gradients on this thread.
public func withoutGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = api.set_gradients_enabled(false)
  defer { _ = api.set_gradients_enabled(before) }
  return try body()
}

/// Runs `body` with gradients recorded, also inside ``withoutGradients(_:)``.
public func withGradients<Result, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = api.set_gradients_enabled(true)
  defer { _ = api.set_gradients_enabled(before) }
  return try body()
}

extension Tensor {
  /// A tensor that shares this one's memory and from which gradients can be taken.
  public var leaf: Tensor {
    var leaf: CTorchTensorRef?
    expectSuccess(withHandle { api.leaf($0, &leaf) }, "leaf")
    return Tensor.owned(leaf)
  }

  /// The same memory, cut off from what it was computed from.
  public var detached: Tensor { Operators.detach.one(.tensor(self)) }

  /// Whether a gradient could flow through this tensor.
  public var requiresGradient: Bool { withHandle { api.requires_gradient($0) } }

  /// The gradients of this single number.
  ///
  /// - Parameters:
  ///   - variables: Leaves, or results computed from leaves.
  ///   - differentiable: Whether the gradients can be differentiated again.
  /// - Returns: One tensor for each variable; nil for one that this number does not depend on.
  public func gradients(
    withRespectTo variables: [Tensor], differentiable: Bool = false
  ) -> [Tensor?] {
    precondition(count == 1, "only a single number has gradients here")
    guard requiresGradient else { return variables.map { _ in nil } }
    var results = [CTorchTensorRef?](repeating: nil, count: variables.count)
    let status = withExtendedLifetime(variables) {
      withHandle { output in
        api.gradient(
          output, variables.map { $0.storage.handle }, Int32(variables.count), differentiable,
          true, &results)
      }
    }
    expectSuccess(status, "gradient")
    return results.map { handle in handle.map { Tensor(owning: $0) } }
  }

  /// The gradient of this single number, zero where it does not depend on `variable`.
  public func gradient(withRespectTo variable: Tensor) -> Tensor {
    gradients(withRespectTo: [variable])[0] ?? variable.detached * 0
  }
}
