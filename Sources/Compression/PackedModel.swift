// SPDX-License-Identifier: GPL-3.0-or-later

internal import CZlib
public import RobustCore
import Torch

/// The smallest file that gives a model back exactly: what "bytes on disk" means in a report.
///
/// A gzip file around safetensors. A masked weight takes two tensors: `NAME#mask`, one bit for each
/// element, first element in the lowest bit, and `NAME#values`, the kept elements in order.
public enum PackedModel {
  private static let maskSuffix = "#mask"
  private static let valuesSuffix = "#values"

  /// The file's bytes.
  public static func encoded(_ parameters: ParameterSet) -> [UInt8] {
    var tensors = Dictionary(
      uniqueKeysWithValues: parameters.buffers.map { ($0.name, $0.value) })
    for (name, weight) in parameters.parameters {
      guard let mask = weight.mask else {
        tensors[name] = weight.applied
        continue
      }
      let isKept = mask.elements(of: Bool.self)
      let values = weight.applied.elements(of: Float.self)
      tensors[name + maskSuffix] = Tensor(packed(isKept))
      tensors[name + valuesSuffix] = Tensor(zip(values, isKept).filter(\.1).map(\.0))
    }
    return gzipped(Safetensors(tensors).encoded())
  }

  /// Reads a file's bytes.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - template: A set with the names and shapes of the model.
  ///   - subject: The file's name, for errors.
  /// - Returns: The parameters, every bit as it was packed.
  /// - Throws: ``CheckpointError``.
  public static func decoded(
    _ bytes: [UInt8], like template: ParameterSet, subject: String
  ) throws(CheckpointError) -> ParameterSet {
    guard let inner = gunzipped(bytes) else {
      throw CheckpointError(
        .malformed, subject: subject, detail: "it is no whole gzip file",
        remedy: "write the file again")
    }
    let file = try Safetensors(decoding: inner, subject: subject)
    var whole: [String: Tensor] = file.tensors
    for (name, weight) in template.parameters {
      let (bits, values) = (file.tensors[name + maskSuffix], file.tensors[name + valuesSuffix])
      if bits == nil, values == nil { continue }
      let shape = weight.applied.shape
      guard let bits, let values,
        let spread = spread(bits, values, count: weight.parameterCount)
      else {
        throw CheckpointError(
          .mismatched, subject: subject,
          detail:
            "the mask of '\(name)' does not fit \(values?.count ?? 0) values of shape \(shape)",
          remedy: "use the file of this model")
      }
      whole[name] = Tensor(spread.values, shape: shape)
      whole[name + maskSuffix] = Tensor(spread.isKept, shape: shape)
      whole[name + valuesSuffix] = nil
    }
    return try ParameterSet(Safetensors(whole), like: template, subject: subject)
  }

  private static func packed(_ bits: [Bool]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
    for (index, bit) in bits.enumerated() where bit { bytes[index / 8] |= 1 << (index % 8) }
    return bytes
  }

  private static func spread(
    _ mask: Tensor, _ values: Tensor, count: Int
  ) -> (values: [Float], isKept: [Bool])? {
    guard mask.elementType == .uint8, values.elementType == .float32,
      mask.count == (count + 7) / 8
    else { return nil }
    let bytes = mask.elements(of: UInt8.self)
    let isKept = (0..<count).map { bytes[$0 / 8] >> ($0 % 8) & 1 == 1 }
    var kept = values.elements(of: Float.self)[...]
    guard isKept.count(where: \.self) == kept.count else { return nil }
    return (isKept.map { $0 ? kept.removeFirst() : 0 }, isKept)
  }

  private static let gzipWindow: Int32 = 15 + 16

  private static func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    var status = deflateInit2_(
      &stream, 9, Z_DEFLATED, gzipWindow, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    precondition(status == Z_OK, "zlib cannot begin to deflate")
    defer { deflateEnd(&stream) }
    var input = bytes
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    return [UInt8](unsafeUninitializedCapacity: bound) { output, written in
      input.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(bound)
        status = deflate(&stream, Z_FINISH)
      }
      precondition(status == Z_STREAM_END, "zlib's own bound was too small")
      written = Int(stream.total_out)
    }
  }

  private static func gunzipped(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, gzipWindow, ZLIB_VERSION, size) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var input = bytes
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var status = Z_OK
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      repeat {
        chunk.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(output.count)
          status = inflate(&stream, Z_NO_FLUSH)
        }
        result += chunk[..<(chunk.count - Int(stream.avail_out))]
      } while status == Z_OK
    }
    return status == Z_STREAM_END ? result : nil
  }
}
