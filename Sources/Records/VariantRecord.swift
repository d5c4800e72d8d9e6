// SPDX-License-Identifier: GPL-3.0-or-later

/// One model that was judged: architecture, training, compression, sparsity and seed.
public struct VariantRecord: Codable, Sendable, Hashable {
  /// Unique within the report.
  public var id: String
  /// The dense model that this one was compressed from; nil for a dense model.
  public var parent: String?
  /// The architecture's name, or the model file's.
  public var architecture: String
  /// The training's name; `given` for a model file.
  public var training: String
  /// The compression's name; `none` for a dense model.
  public var compression: String
  /// The seed of training and compression.
  public var seed: UInt64
  /// Requested and achieved sparsity.
  public var sparsity: SparsityRecord
  /// Stored parameters, zeros included.
  public var parameters: Int
  /// Parameters that are not zero.
  public var nonzeroParameters: Int
  /// Multiply-accumulates of one forward pass after removal.
  public var macs: Int
  /// Multiply-accumulates of one forward pass of the dense parent.
  public var denseMacs: Int
  /// Bytes of the packed artefact on disk.
  public var packedBytes: Int
  /// Bytes of the dense parent's parameters in 32-bit numbers, uncompressed.
  public var denseBytes: Int
  /// Milliseconds of one forward pass of one example, where measured.
  public var latency: MedianRecord?
  /// Milliseconds of one forward pass of 64 examples, where measured.
  public var latencyBatch64: MedianRecord?
  /// How many times as fast as the dense parent one example is, both timed in turn.
  public var speedup: MedianRecord?
  /// The same for 64 examples.
  public var speedupBatch64: MedianRecord?
  /// How fast it runs in the tiles of attacks, where measured.
  public var passes: PassRecord?
  /// How a quantised model was run; nil for one whose weights are real numbers.
  public var kernels: Kernels?
  /// How far kernels for integers ran it, and agreed with the simulation; nil where none could.
  public var integerKernels: IntegerKernelRecord?
  /// What a search over structures tried, in order; nil where none was made.
  public var search: [TrialRecord]?
  /// Hash of the stored parameters.
  public var sha256: String
  /// Seconds that making it took, all stages together.
  public var seconds: Double
  /// Seconds by stage, such as `train`, `compress` and `finetune`.
  public var stageSeconds: [String: Double]

  /// What computes with integers.
  public enum Kernels: String, Codable, Sendable, CaseIterable {
    /// Single precision, in which the numbers that the integers stand for are exact.
    case simulated
    /// Kernels that multiply integers, for what is timed; attacks meet their simulation.
    case integer
  }

  /// Creates a record.
  public init(
    id: String, parent: String? = nil, architecture: String, training: String,
    compression: String, seed: UInt64, sparsity: SparsityRecord, parameters: Int,
    nonzeroParameters: Int, macs: Int, denseMacs: Int, packedBytes: Int, denseBytes: Int,
    latency: MedianRecord? = nil, latencyBatch64: MedianRecord? = nil,
    speedup: MedianRecord? = nil, speedupBatch64: MedianRecord? = nil, kernels: Kernels? = nil,
    search: [TrialRecord]? = nil, sha256: String,
    seconds: Double, stageSeconds: [String: Double] = [:]
  ) {
    self.id = id
    self.parent = parent
    self.architecture = architecture
    self.training = training
    self.compression = compression
    self.seed = seed
    self.sparsity = sparsity
    self.parameters = parameters
    self.nonzeroParameters = nonzeroParameters
    self.macs = macs
    self.denseMacs = denseMacs
    self.packedBytes = packedBytes
    self.denseBytes = denseBytes
    self.latency = latency
    self.latencyBatch64 = latencyBatch64
    self.speedup = speedup
    self.speedupBatch64 = speedupBatch64
    self.kernels = kernels
    self.search = search
    self.sha256 = sha256
    self.seconds = seconds
    self.stageSeconds = stageSeconds
  }

  private enum CodingKeys: String, CodingKey {
    case id, parent, architecture, training, compression, seed, sparsity, parameters, macs, sha256
    case seconds, speedup, kernels, search
    case passes = "passes_per_second"
    case integerKernels = "integer_kernels"
    case nonzeroParameters = "nonzero_parameters"
    case denseMacs = "dense_macs"
    case packedBytes = "packed_bytes"
    case denseBytes = "dense_bytes"
    case latency = "latency_ms"
    case latencyBatch64 = "latency_batch64_ms"
    case speedupBatch64 = "speedup_batch64"
    case stageSeconds = "stage_seconds"
  }
}
