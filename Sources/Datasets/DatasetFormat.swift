// SPDX-License-Identifier: GPL-3.0-or-later

/// How a data set lies on disk.
public enum DatasetFormat: String, Codable, Sendable, CaseIterable {
  /// Four IDX files, plain or gzipped, under the names of MNIST.
  case idx
  /// One NumPy archive with arrays of images and labels.
  case npz
  /// The arrays of an archive as single NumPy files in one folder.
  case npy
  /// Records of one label byte and 3,072 pixel bytes, in the files of CIFAR-10.
  case cifar10Binary = "cifar10-binary"
  /// A folder of PNG images for each class, under `train/` and `test/` or alone.
  case pngFolder = "png-folder"
  /// The nouns of WordNet: definitions to be classified.
  case wordNetGlosses = "wordnet-glosses"
  /// Texts and their labels in columns: files `.csv`, `.tsv` or `.jsonl`.
  case table
  /// Drawn by the program.
  case generated

  /// Whether the examples are texts.
  public var holdsTexts: Bool { self == .wordNetGlosses || self == .table }
}
