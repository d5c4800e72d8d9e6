// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why an experiment cannot be run.
public struct ExperimentError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// More examples than the data set has.
    case tooManyExamples
    /// An attack has no form for the norm.
    case unsupportedNorm
    /// The ball holds every input.
    case epsilonBeyondRange
    /// A native model must be trained, and the data set has no training part.
    case noTrainingData
    /// An attack returned an input outside its ball or the input range.
    case outsideBall
    /// A device that this build or machine lacks.
    case noDevice
    /// Two model files of one name.
    case sameName
    /// A recipe whose steps do not add up.
    case senselessRecipe
    /// Attacks that no ball binds beside others that one does.
    case mixedReach
    /// An attack whose loss needs more classes than there are.
    case tooFewClasses
    /// An attack on images and data of texts, or the reverse.
    case wrongData
    /// Attacks that may write different things.
    case mixedConstraints
    /// An attack follows gradients into vectors of words that the model does not tell.
    case noWordVectors
    /// A list of words that no model of the run reads by.
    case senselessVocabulary
    /// A model file of texts without a list of its words.
    case missingVocabulary
    /// Models that number words differently.
    case mixedVocabularies
    /// An attack needs a model that this run does not have.
    case noSurrogate
    /// An isolation that the other settings leave no sense.
    case senselessIsolation
    /// The folders to merge do not make up one run.
    case incompleteShards
    /// The output folder holds something else.
    case occupiedFolder
  }

  /// The kind.
  public let code: Code
  /// The flag, file or name.
  public let subject: String
  /// What was found and what was expected.
  public let detail: String
  /// What to do.
  public let remedy: String

  /// Something must be trained, and the data set holds nothing to train on.
  static func noTrainingData(_ dataset: String) -> ExperimentError {
    ExperimentError(
      .noTrainingData, subject: "data set '\(dataset)'", detail: "it has no training part",
      remedy: "give a trained model file, or other data")
  }

  /// Creates an error.
  public init(_ code: Code, subject: String, detail: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.remedy = remedy
  }
}
