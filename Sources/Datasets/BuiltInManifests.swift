// SPDX-License-Identifier: GPL-3.0-or-later

/// The manifests without which the program has no default data.
///
/// `Manifests/` holds links to the files under `datasets/`, and the compiler puts their bytes into
/// the program, so that an installed program finds them without the folder, and each is written once.
enum BuiltInManifests {
  static let all: [(name: String, json: [UInt8])] = [
    ("fashion-mnist", PackageResources.fashion_mnist_json),
    ("shapes", PackageResources.shapes_json),
    ("wordnet-glosses", PackageResources.wordnet_glosses_json),
  ]

  static func manifest(_ name: String) throws(DatasetError) -> DatasetManifest? {
    guard let found = all.first(where: { $0.name == name }) else { return nil }
    return try DatasetManifest(json: found.json, subject: "built-in manifest of \(name)")
  }
}
