// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
import YAML

extension AttackSuite {
  /// The suites that come with the program, read from the files of the folder `Suites`.
  public static let builtIn: [AttackSuite] = [
    PackageResources.quick_yaml, PackageResources.standard_yaml, PackageResources.rand_yaml,
    PackageResources.min_norm_yaml, PackageResources.black_box_yaml,
    PackageResources.corruptions_yaml,
  ].map { bytes in
    do {
      return try AttackSuite(yaml: bytes, file: "suite")
    } catch {
      preconditionFailure("a suite of the program is malformed: \(error)")
    }
  }

  /// The suite that a specification names; nil where it names none.
  static func named(_ specification: Specification) -> AttackSuite? {
    guard specification.parameters.isEmpty else { return nil }
    return builtIn.first { $0.name == specification.name }
  }
}
