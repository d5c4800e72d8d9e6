// SPDX-License-Identifier: GPL-3.0-or-later

/// One part of a data set as its reader found it, before it is checked.
struct RawPart {
  /// Channels, height, width.
  let shape: [Int]
  let pixels: ImageExamples.Pixels
  let labels: [Int]
  /// The files, for errors.
  let imageSubject: String
  let labelSubject: String
}

/// What the reader of a format returns.
struct RawDataset {
  /// The names of the classes, if the format tells them.
  var classes: [String]?
  var train: RawPart?
  var test: RawPart
}
