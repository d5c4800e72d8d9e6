// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
public import Records

/// Reads `report.json`, also one that somebody else wrote.
public enum ReportFile {
  /// The most bytes that are read.
  static let limit = 1 << 29

  /// Reads a report.
  ///
  /// - Parameter path: The file, or the folder of a run.
  /// - Returns: A report of the current schema that does not contradict itself.
  /// - Throws: ``ReportError`` with code `unreadable`, `malformed`, `otherSchema` or `inconsistent`.
  public static func read(_ path: String) throws(ReportError) -> Report {
    let file = place(path)
    return try report(from: try bytes(of: file), subject: file)
  }

  /// The file that a path means: itself, or `report.json` in it where it is a folder.
  public static func place(_ path: String) -> String {
    var status = stat()
    let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    return isFolder ? place(atFolder: path) : path
  }

  /// Where the report of a run lies in its folder, which need not be there yet.
  public static func place(atFolder folder: String) -> String {
    folder.hasSuffix("/") ? folder + "report.json" : folder + "/report.json"
  }

  /// Reads a report from its bytes.
  static func report(from bytes: [UInt8], subject: String) throws(ReportError) -> Report {
    struct Layout: Decodable { let schema: Int }
    let data = Data(bytes)
    let schema = try decoded(Layout.self, data, subject).schema
    guard schema == Report.currentSchema else {
      throw ReportError(
        .otherSchema, subject: subject,
        detail: "has schema \(schema), this program reads \(Report.currentSchema)",
        remedy: "read it with the version that wrote it, or run the experiment again")
    }
    let report = try decoded(Report.self, data, subject)
    if let problem = ReportConsistency.problem(of: report) {
      throw ReportError(
        .inconsistent, subject: subject, detail: problem,
        remedy: "take the report as it was written, or run the experiment again")
    }
    return report
  }

  private static func decoded<Value: Decodable>(
    _ type: Value.Type, _ data: Data, _ subject: String
  ) throws(ReportError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw ReportError(
        .malformed, subject: subject, detail: "is no report: \(problem(error))",
        remedy: "give a report.json, or the folder of a finished run")
    }
  }

  private static func problem(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "it cannot be decoded" }
    return switch error {
    case .keyNotFound(let key, let context):
      "\(place(context.codingPath))'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(place(context.codingPath))a value of another kind is expected"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "it is not JSON" : "\(place(context.codingPath))\(context.debugDescription)"
    @unknown default: "it cannot be decoded"
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    let text = path.map { key in
      key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
    }.joined()
    return text.isEmpty ? "" : "at \(text.hasPrefix(".") ? String(text.dropFirst()) : text) "
  }

  private static func bytes(of path: String) throws(ReportError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
      guard count > 0 else { return content }
      content += buffer[..<count]
      guard content.count <= limit else {
        throw unreadable(path, "more than \(limit >> 20) MiB")
      }
    }
  }

  private static func unreadable(_ path: String, _ reason: String) -> ReportError {
    ReportError(
      .unreadable, subject: path.isEmpty ? "''" : path, detail: "cannot be read: \(reason)",
      remedy: "give a report.json, or the folder of a finished run")
  }
}
