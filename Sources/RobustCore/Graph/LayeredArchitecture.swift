// SPDX-License-Identifier: GPL-3.0-or-later

/// A model whose layers are known, or can be found out, so that their shapes can be changed.
public protocol LayeredArchitecture: Architecture {
  /// The same function as a graph.
  ///
  /// - Parameter parameters: Parameters of this architecture.
  /// - Returns: The graph, and the parameters under the names of its layers.
  /// - Throws: An `InputError` that names what no layer of a graph computes.
  func layered(
    _ parameters: ParameterSet
  ) throws -> (architecture: GraphArchitecture, parameters: ParameterSet)
}

extension GraphArchitecture: LayeredArchitecture {
  /// Itself.
  public func layered(
    _ parameters: ParameterSet
  ) -> (architecture: GraphArchitecture, parameters: ParameterSet) {
    (self, parameters)
  }
}
