// SPDX-License-Identifier: GPL-3.0-or-later

/// The fifteen common corruptions, by the names of their published tables.
public enum CorruptionKind: String, Sendable, CaseIterable {
  /// Normal noise of one deviation for all pixels.
  case gaussianNoise = "gaussian-noise"
  /// Poisson noise of few photons.
  case shotNoise = "shot-noise"
  /// Values at the ends of the range.
  case impulseNoise = "impulse-noise"
  /// A disc as point spread.
  case defocusBlur = "defocus-blur"
  /// Pixels taken from their neighbours, between two soft blurs.
  case glassBlur = "glass-blur"
  /// A half normal trail in a random direction.
  case motionBlur = "motion-blur"
  /// The mean of several enlargements.
  case zoomBlur = "zoom-blur"
  /// Bright trails over a whitened image.
  case snow
  /// A texture of ice laid over the image.
  case frost
  /// A plasma fractal laid over the image.
  case fog
  /// More light, hue and saturation kept.
  case brightness
  /// Values drawn towards the mean of their channel.
  case contrast
  /// A random affine map and a random smooth displacement.
  case elastic
  /// Fewer pixels, enlarged again.
  case pixelate
  /// Stored as JPEG and read again.
  case jpeg
}
