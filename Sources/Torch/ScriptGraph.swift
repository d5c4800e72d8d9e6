// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch
import Records

/// The straight line of operators that a script module runs in evaluation mode.
///
/// Calls are inlined, flags and constants known, and checks of the input that end in an exception gone.
public struct ScriptGraph: Decodable, Sendable {
  /// What is known of a value before anything runs.
  public struct Value: Decodable, Sendable, Hashable {
    /// The dotted name of a parameter or buffer.
    public let attribute: String?
    /// Whether it is `None`.
    public let none: Bool?
    /// A whole number.
    public let integer: Int?
    /// A number.
    public let real: Double?
    /// True or false.
    public let boolean: Bool?
    /// A list of whole numbers.
    public let integers: [Int]?
    /// A list of numbers, or the elements of a constant tensor in row-major order.
    public let reals: [Double]?
    /// The shape of a constant tensor.
    public let shape: [Int]?
    /// A word.
    public let text: String?
  }

  /// One operator.
  public struct Node: Decodable, Sendable, Hashable {
    /// Its name, such as `aten::conv2d`.
    public let kind: String
    /// What it reads, by name.
    public let inputs: [String]
    /// What it gives, by name.
    public let outputs: [String]
  }

  /// The arguments of `forward`.
  public let inputs: [String]
  /// What `forward` returns.
  public let outputs: [String]
  /// Values that are known, by name.
  public let values: [String: Value]
  /// The operators in the order in which they run.
  public let nodes: [Node]
}

extension ScriptModule {
  /// The operators that `forward` runs in evaluation mode.
  ///
  /// - Precondition: The module is in evaluation mode.
  public var graph: ScriptGraph {
    final class Text { var value = "" }
    let text = Text()
    let status = withHandle { module in
      api.module_visit_graph(module, Unmanaged.passUnretained(text).toOpaque()) { context, line in
        guard let context else { return }
        Unmanaged<Text>.fromOpaque(context).takeUnretainedValue().value = String(cString: line)
      }
    }
    expectSuccess(status, "module_visit_graph")
    guard let graph = try? CanonicalJSON.value(ScriptGraph.self, from: text.value) else {
      preconditionFailure("the bridge writes graphs as JSON: \(text.value.prefix(200))")
    }
    return graph
  }
}
