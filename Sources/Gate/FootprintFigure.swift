// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// A figure of a model that is read off or measured, with a bound for it.
public enum FootprintFigure: String, Sendable, CaseIterable {
  /// Bytes of the packed artefact.
  case packedBytes = "packed_bytes"
  /// Milliseconds for one example.
  case latency = "latency_ms"
  /// Milliseconds for 64 examples.
  case latencyBatch64 = "latency_batch64_ms"
  /// The achieved share of prunable parameters that are gone.
  case sparsity
  /// Multiply-accumulates of one forward pass.
  case macs
  /// Parameters that are not zero.
  case nonzeroParameters = "nonzero_parameters"

  /// The figure with its interval; exact figures have none, and nil is what was not measured.
  func value(of variant: VariantRecord) -> MedianRecord? {
    func exact(_ value: Double) -> MedianRecord {
      MedianRecord(median: value, low: value, high: value)
    }
    return switch self {
    case .packedBytes: exact(Double(variant.packedBytes))
    case .latency: variant.latency
    case .latencyBatch64: variant.latencyBatch64
    case .sparsity: exact(variant.sparsity.achieved)
    case .macs: exact(Double(variant.macs))
    case .nonzeroParameters: exact(Double(variant.nonzeroParameters))
    }
  }

  /// Whether the figure depends on the machine.
  var isMeasured: Bool { self == .latency || self == .latencyBatch64 }

  /// The figure in words.
  var text: String {
    switch self {
    case .packedBytes: "packed bytes"
    case .latency: "latency (ms)"
    case .latencyBatch64: "latency of 64 examples (ms)"
    case .sparsity: "sparsity"
    case .macs: "multiply-accumulates"
    case .nonzeroParameters: "parameters that are not zero"
    }
  }
}

/// How large a figure may be.
public enum FootprintBound: Sendable, Hashable {
  /// No larger.
  case atMost(Double)
  /// No smaller.
  case atLeast(Double)
  /// Larger than in the baseline by no more than this share.
  case increase(Double)
}
