// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Records
public import Torch

/// Named tensors in one file, as the `safetensors` library of Python reads and writes them.
///
/// > Source: the format's description at github.com/huggingface/safetensors: eight bytes of header
/// > length, a JSON header, then the data without gaps.
public struct Safetensors: Sendable {
  /// Tensors by name.
  public var tensors: [String: Tensor]
  /// Texts by name, the header's `__metadata__`.
  public var metadata: [String: String]

  /// Joins tensors and texts.
  public init(_ tensors: [String: Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The file's bytes; the same tensors give the same bytes.
  public func encoded() -> [UInt8] {
    var header: [String: JSONValue] = [:]
    if !metadata.isEmpty { header["__metadata__"] = .object(metadata.mapValues { .string($0) }) }
    var data: [UInt8] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let bytes = tensor.bytes
      header[name] = [
        "dtype": .string(Self.code(of: tensor.elementType)),
        "shape": .array(tensor.shape.map { .int($0) }),
        "data_offsets": [.int(data.count), .int(data.count + bytes.count)],
      ]
      data += bytes
    }
    guard let line = try? CanonicalJSON.line(JSONValue.object(header)) else {
      preconditionFailure("shapes, offsets and texts always have a JSON form")
    }
    var text = Array(line.utf8)
    // Padded with blanks, so that the data begins at a multiple of eight bytes.
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    var bytes = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
    bytes += text
    return bytes + data
  }

  /// The element types by the names of the format.
  static let types: [String: ElementType] = [
    "F32": .float32, "F64": .float64, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
    "I32": .int32, "I8": .int8, "U8": .uint8, "BOOL": .bool,
  ]

  private static func code(of type: ElementType) -> String {
    guard let code = types.first(where: { $0.value == type })?.key else {
      preconditionFailure("a tensor of type \(type) has no place in a checkpoint")
    }
    return code
  }
}
