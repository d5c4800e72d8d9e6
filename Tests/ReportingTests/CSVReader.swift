// SPDX-License-Identifier: GPL-3.0-or-later

/// A reader of RFC 4180 for tests: records of fields, quotes removed.
func readCSV(_ text: String) -> [[String]] {
  var records: [[String]] = [[]]
  var field = String.UnicodeScalarView()
  var quoted = false
  var scalars = Array(text.unicodeScalars)[...]
  while let scalar = scalars.popFirst() {
    if quoted, scalar == "\"", scalars.first == "\"" {
      field.append("\"")
      scalars.removeFirst()
    } else if scalar == "\"" {
      quoted.toggle()
    } else if !quoted, scalar == "," {
      records[records.count - 1].append(String(field))
      field = .init()
    } else if !quoted, scalar == "\r", scalars.first == "\n" {
      scalars.removeFirst()
      records[records.count - 1].append(String(field))
      field = .init()
      records.append([])
    } else {
      field.append(scalar)
    }
  }
  return records.dropLast()
}
