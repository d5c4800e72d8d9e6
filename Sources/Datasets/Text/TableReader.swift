// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Hashing
import Records

/// How a table is written, as the ending of its file says.
enum TableFormat: String, CaseIterable {
  case csv, tsv, jsonl

  init?(file: String) {
    guard let ending = file.split(separator: ".").last else { return nil }
    self.init(rawValue: ending.lowercased())
  }
}

/// Reads texts and labels from the columns of tables.
///
/// Of a file alone a tenth is put aside to judge by, chosen by a digest of the text, so that equal texts lie
/// on one side; both parts then come in the order of the digests. Files of their own for both parts keep
/// their order.
struct TableReader {
  /// Roles `train`, `test` or `all`, with paths; empty where the names in the folder tell.
  let files: [(role: String, path: String)]
  let text: String
  let label: String

  /// Whether the names are those of a folder of tables.
  static func recognises(_ names: [String]) -> Bool { !tables(names).isEmpty }

  private static func tables(_ names: [String]) -> [(role: String, path: String)] {
    ["train", "test"].flatMap { role in
      TableFormat.allCases.map { (role, "\(role).\($0.rawValue)") }.filter { names.contains($0.1) }
    }
  }

  func read(_ source: inout FileSource) throws(DatasetError) -> RawTexts {
    let files = try files.isEmpty ? Self.tables(source.names()) : files
    if let all = files.first(where: { $0.role == "all" }) {
      return try split(try rows(of: all.path, &source), subject: source.path(of: all.path))
    }
    guard let train = files.first(where: { $0.role == "train" }),
      let test = files.first(where: { $0.role == "test" })
    else {
      throw DatasetError(
        .missing, source.folder, "expected a table to train on and one to judge by",
        remedy: "name them train.csv and test.csv, or give the path of a single file")
    }
    return RawTexts(
      train: try rows(of: train.path, &source), test: try rows(of: test.path, &source),
      subject: source.path(of: train.path))
  }

  private func split(
    _ rows: [RawTexts.Row], subject: String
  ) throws(DatasetError) -> RawTexts {
    let keyed = rows.map { (digest: SHA256.hex(of: $0.text), row: $0) }
      .enumerated().sorted { ($0.element.digest, $0.offset) < ($1.element.digest, $1.offset) }
      .map(\.element)
    return RawTexts(
      train: keyed.filter { !HashSplit.isJudged($0.digest) }.map(\.row),
      test: keyed.filter { HashSplit.isJudged($0.digest) }.map(\.row), subject: subject)
  }

  private func rows(
    of file: String, _ source: inout FileSource
  ) throws(DatasetError) -> [RawTexts.Row] {
    let path = source.path(of: file)
    guard let format = TableFormat(file: file) else {
      throw DatasetError(
        .unsupported, path, "no table of a known kind", remedy: "end it in .csv, .tsv or .jsonl")
    }
    let bytes = try UTF8Text.checked(try source.read(file), path)
    switch format {
    case .csv: return try delimited(bytes, UInt8(ascii: ","), quotes: true, path)
    case .tsv: return try delimited(bytes, UInt8(ascii: "\t"), quotes: false, path)
    case .jsonl: return try objects(bytes, path)
    }
  }

  private func delimited(
    _ bytes: ArraySlice<UInt8>, _ separator: UInt8, quotes: Bool, _ path: String
  ) throws(DatasetError) -> [RawTexts.Row] {
    var records = DelimitedRecords(bytes, separator: separator, quotes: quotes, path: path)
    guard let header = try records.next() else {
      throw DatasetError(.empty, path, "the table has no rows")
    }
    let columns = try [text, label].map { (name) throws(DatasetError) in
      guard let column = header.fields.firstIndex(of: name) else {
        throw missingColumn(name, header.fields, path)
      }
      return column
    }
    var rows: [RawTexts.Row] = []
    while let record = try records.next() {
      guard record.fields.count == header.fields.count else {
        throw DatasetError(
          .corrupt, "\(path):\(record.line)",
          "\(record.fields.count) fields, the header has \(header.fields.count)",
          remedy: "put fields that hold separators or line ends in quotes")
      }
      rows.append(
        RawTexts.Row(
          text: record.fields[columns[0]], label: record.fields[columns[1]],
          place: "\(path):\(record.line)"))
    }
    return rows
  }

  private func objects(
    _ bytes: ArraySlice<UInt8>, _ path: String
  ) throws(DatasetError) -> [RawTexts.Row] {
    var rows: [RawTexts.Row] = []
    let decoder = JSONDecoder()
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let place = "\(path):\(number)"
      if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
      try DelimitedRecords.checkLength(line.count, place)
      guard case .object(let members)? = try? decoder.decode(JSONValue.self, from: Data(line))
      else { throw DatasetError(.corrupt, place, "no JSON object") }
      guard let text = members[text] else {
        throw missingColumn(text, members.keys.sorted(), place)
      }
      guard let label = members[label] else {
        throw missingColumn(label, members.keys.sorted(), place)
      }
      guard case .string(let string) = text, let name = Self.name(of: label) else {
        throw DatasetError(
          .corrupt, place, "the text is no string, or the label neither a string nor a whole number"
        )
      }
      rows.append(RawTexts.Row(text: string, label: name, place: place))
    }
    return rows
  }

  private static func name(of label: JSONValue) -> String? {
    switch label {
    case .string(let name): name
    case .int(let number): String(number)
    case .bool(let value): String(value)
    case .null, .double, .array, .object: nil
    }
  }

  private func missingColumn(_ name: String, _ found: [String], _ path: String) -> DatasetError {
    let names = found.prefix(12).map { "'\($0.prefix(40))'" }.joined(separator: ", ")
    return DatasetError(
      .missingColumn, path, "no column '\(name)'; found \(names)",
      remedy: "rename the column, or name it under 'columns' in a \(DatasetManifest.fileName)")
  }
}
