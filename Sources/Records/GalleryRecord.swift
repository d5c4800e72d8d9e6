// SPDX-License-Identifier: GPL-3.0-or-later

/// One adversarial image that a run kept to be looked at, beside what it was made from.
public struct GalleryRecord: Codable, Sendable, Hashable {
  /// Where the pictures lie, below the run's folder; each is a PNG file.
  public struct Pictures: Codable, Sendable, Hashable {
    /// The unchanged input.
    public var clean: String
    /// The adversarial input.
    public var adversarial: String
    /// Their difference, magnified; middle grey is no difference.
    public var perturbation: String

    /// Joins three paths.
    public init(clean: String, adversarial: String, perturbation: String) {
      self.clean = clean
      self.adversarial = adversarial
      self.perturbation = perturbation
    }
  }

  /// The evaluation's id.
  public var evaluation: String
  /// Index of the example in the data set.
  public var example: Int
  /// The true class.
  public var label: Int
  /// The class of the unchanged input; the true one.
  public var cleanPrediction: Int
  /// The class of the adversarial input; another one.
  public var adversarialPrediction: Int
  /// The attack that found it.
  public var attack: String
  /// Its distance from the unchanged input in the threat's norm, in input units.
  public var distance: Double
  /// How many times the perturbation is magnified in its picture.
  public var magnification: Int
  /// Where the pictures lie.
  public var pictures: Pictures

  /// Creates a record.
  public init(
    evaluation: String, example: Int, label: Int, cleanPrediction: Int, adversarialPrediction: Int,
    attack: String, distance: Double, magnification: Int, pictures: Pictures
  ) {
    self.evaluation = evaluation
    self.example = example
    self.label = label
    self.cleanPrediction = cleanPrediction
    self.adversarialPrediction = adversarialPrediction
    self.attack = attack
    self.distance = distance
    self.magnification = magnification
    self.pictures = pictures
  }

  private enum CodingKeys: String, CodingKey {
    case evaluation, example, label, attack, distance, magnification, pictures
    case cleanPrediction = "clean_prediction"
    case adversarialPrediction = "adversarial_prediction"
  }
}
