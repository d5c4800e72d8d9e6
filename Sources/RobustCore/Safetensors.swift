// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
public import Records
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

  /// Reads a file's bytes.
  ///
  /// - Throws: ``CheckpointError`` where the header or an offset is wrong.
  public init(decoding bytes: [UInt8], subject: String) throws(CheckpointError) {
    func broken(_ detail: String) -> CheckpointError {
      CheckpointError(
        .malformed, subject: subject, detail: detail, remedy: "write the file again")
    }
    guard bytes.count >= 8 else {
      throw broken("\(bytes.count) bytes, expected a header of at least 8")
    }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw broken("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let start = 8 + Int(length)
    guard
      let header = try? JSONDecoder().decode(
        [String: JSONValue].self, from: Data(bytes[8..<start]))
    else { throw broken("the header is no JSON object") }
    var tensors: [String: Tensor] = [:]
    var metadata: [String: String] = [:]
    for (name, value) in header {
      if name == "__metadata__" {
        guard case .object(let members) = value else { throw broken("the metadata is no object") }
        metadata = members.mapValues(\.description)
        continue
      }
      guard let entry = Self.entry(value) else {
        throw broken("'\(name)' lacks dtype, shape or data_offsets")
      }
      guard let type = Self.types[entry.dtype] else {
        throw broken("'\(name)' has the type \(entry.dtype), expected one of \(Self.typeNames)")
      }
      let size = entry.shape.reduce(type.bytes) { $0.multipliedReportingOverflow(by: $1).0 }
      guard entry.begin >= 0, entry.end <= bytes.count - start, entry.end - entry.begin == size,
        entry.shape.allSatisfy({ $0 >= 0 })
      else {
        throw broken(
          "'\(name)' claims bytes \(entry.begin) to \(entry.end) for shape \(entry.shape)")
      }
      tensors[name] = Tensor(
        bytes: bytes[start + entry.begin..<start + entry.end], shape: entry.shape, type: type)
    }
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func entry(
    _ value: JSONValue
  ) -> (dtype: String, shape: [Int], begin: Int, end: Int)? {
    guard case .object(let members) = value, case .string(let dtype) = members["dtype"],
      case .array(let shape) = members["shape"], case .array(let offsets) = members["data_offsets"]
    else { return nil }
    func integers(_ values: [JSONValue]) -> [Int] {
      values.compactMap { if case .int(let value) = $0 { value } else { nil } }
    }
    let (sizes, ends) = (integers(shape), integers(offsets))
    guard sizes.count == shape.count, ends.count == 2 else { return nil }
    return (dtype, sizes, ends[0], ends[1])
  }

  private static let types: [String: ElementType] = [
    "F32": .float32, "F64": .float64, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
    "I32": .int32, "I8": .int8, "U8": .uint8, "BOOL": .bool,
  ]
  private static let typeNames = types.keys.sorted().joined(separator: ", ")

  private static func code(of type: ElementType) -> String {
    guard let code = types.first(where: { $0.value == type })?.key else {
      preconditionFailure("a tensor of type \(type) has no place in a checkpoint")
    }
    return code
  }
}

/// Why a checkpoint cannot be read.
public struct CheckpointError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// The bytes are no safetensors file.
    case malformed
    /// A tensor is missing, or has another shape than the model's.
    case mismatched
  }

  /// The kind.
  public let code: Code
  /// The file.
  public let subject: String
  /// What was found and what was expected.
  public let detail: String
  /// What to do.
  public let remedy: String

  /// Creates an error.
  public init(_ code: Code, subject: String, detail: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.remedy = remedy
  }
}
