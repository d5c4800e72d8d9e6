// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore

/// Every native model.
public enum ModelCatalog {
  private typealias Member = (
    entry: CatalogEntry, make: @Sendable (InputDescription) -> GraphArchitecture
  )

  private static let members: [Member] = [
    (CatalogEntry(name: "mlp", summary: "two hidden layers of 256 units"), { .mlp($0) }),
    (
      CatalogEntry(
        name: "cnn", summary: "two 3x3 convolutions of 32 and 64 channels, 128 hidden units"),
      { .cnn($0) }
    ),
    (
      CatalogEntry(
        name: "lenet5", summary: "two 5x5 convolutions of 6 and 16 channels, 120 and 84 units",
        citation: "LeCun et al., Proceedings of the IEEE 1998"),
      { .lenet5($0) }
    ),
    (
      CatalogEntry(
        name: "resnet8", summary: "three residual blocks of 16, 32 and 64 channels",
        citation: "He et al., CVPR 2016, arXiv:1512.03385"),
      { .resnet8($0) }
    ),
  ]

  /// Names and citations.
  public static let catalog = Catalog(kind: "model", entries: members.map(\.entry))

  /// The smallest image that every native model can take.
  private static let smallestSide = 12

  /// Lays a model out for given inputs.
  ///
  /// - Throws: `SpecificationError` where the name is unknown; ``ModelError`` with code
  ///   `inputTooSmall`.
  public static func architecture(
    _ specification: Specification, for input: InputDescription
  ) throws -> GraphArchitecture {
    let entry = try catalog.entry(for: specification)
    _ = try entry.resolve(specification)
    guard let member = members.first(where: { $0.entry.name == entry.name }) else {
      preconditionFailure("the catalog is made of the members")
    }
    guard input.shape.count == 3, input.shape.dropFirst().allSatisfy({ $0 >= smallestSide })
    else {
      throw ModelError(
        .inputTooSmall, subject: "model '\(specification)'",
        detail: "inputs have the shape \(input.shape), expected at least"
          + " \(smallestSide) rows and columns", remedy: "choose other data or a model file")
    }
    return member.make(input)
  }
}
