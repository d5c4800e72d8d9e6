// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// Multiply-adds of convolutions and matrix products.
public struct MultiplyAdds: Sendable, Hashable {
  /// As if every weight counted.
  public let dense: Int
  /// Those whose weight is not zero.
  public let effective: Int

  /// Joins two counts.
  public init(dense: Int, effective: Int) {
    self.dense = dense
    self.effective = effective
  }

  /// Counts what `body` really runs on the current thread.
  public static func counted(in body: () throws -> Void) throws -> MultiplyAdds {
    expectSuccess(api.count_begin(), "count_begin")
    var dense: Int64 = 0
    var effective: Int64 = 0
    let result = Result { try body() }
    expectSuccess(api.count_end(&dense, &effective), "count_end")
    try result.get()
    return MultiplyAdds(dense: Int(dense), effective: Int(effective))
  }
}
