// SPDX-License-Identifier: GPL-3.0-or-later

extension ParameterSet {
  /// The parameters and buffers that the layers of a graph use.
  public func belonging(to graph: Graph) -> ParameterSet {
    let layers = Set(graph.layers.map(\.name))
    func belongs(_ name: String) -> Bool {
      name.lastIndex(of: ".").map { layers.contains(String(name[..<$0])) } ?? false
    }
    var used = ParameterSet()
    for (name, weight) in parameters where belongs(name) { used[name] = weight }
    for (name, value) in buffers where belongs(name) { used[buffer: name] = value }
    return used
  }
}
