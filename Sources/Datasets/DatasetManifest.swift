// SPDX-License-Identifier: GPL-3.0-or-later

public import Language

/// What is known of a data set before it is read: the content of its `manifest.json`.
public struct DatasetManifest: Codable, Sendable, Equatable {
  /// A file of the data set.
  public struct File: Codable, Sendable, Equatable {
    /// What is in it, such as `test-images`.
    public var role: String
    /// Its path, relative to the data set's folder.
    public var path: String
    /// Its digest, 64 hexadecimal digits; nil where any content will do.
    public var sha256: String?
  }

  /// How generated data is drawn.
  public struct Generator: Codable, Sendable, Equatable {
    /// The seed of all draws.
    public var seed: UInt64
    /// How many images to train on.
    public var train: Int
    /// How many images to judge by.
    public var test: Int
  }

  /// Which columns of a table are read.
  public struct Columns: Codable, Sendable, Equatable {
    /// The column of the texts; `text` where it is nil.
    public var text: String?
    /// The column of the labels; `label` where it is nil.
    public var label: String?

    /// Names columns.
    public init(text: String? = nil, label: String? = nil) {
      self.text = text
      self.label = label
    }
  }

  /// The version of this form.
  public var schema: Int
  /// The name on the command line and in reports.
  public var name: String
  /// The name for people.
  public var title: String
  /// The Debian package that installs the files, if one does.
  public var package: String?
  /// Where the data comes from.
  public var source: String
  /// The licence of the data.
  public var licence: String
  /// How the files are laid out.
  public var format: DatasetFormat
  /// Where the files lie; relative to the manifest, whose own folder it is when nil.
  public var folder: String?
  /// The files; empty where the format finds them itself.
  public var files: [File]
  /// Channels, height and width, where they are fixed.
  public var shape: [Int]?
  /// The names of the classes, where they are fixed.
  public var classes: [String]?
  /// The least and the largest value of a pixel as the model sees it; nil for texts.
  public var range: [Float]?
  /// How texts are taken apart; nil where their script shall tell.
  public var tokenizer: Tokenizer?
  /// Names of the columns of a table.
  public var columns: Columns?
  /// How the data is drawn, for generated data.
  public var generator: Generator?
}
