// SPDX-License-Identifier: GPL-3.0-or-later

/// The step from pixels with their channels side by side to one plane for each channel.
enum Interleaving {
  /// Turns `[images, area, channels]` into `[images, channels, area]`.
  static func planes<Value>(
    _ values: [Value], images: Int, area: Int, channels: Int
  ) -> [Value] {
    precondition(values.count == images * area * channels, "the dimensions do not fit the values")
    var planes: [Value] = []
    planes.reserveCapacity(values.count)
    for image in 0..<images {
      let start = image * area * channels
      for channel in 0..<channels {
        for place in 0..<area { planes.append(values[start + place * channels + channel]) }
      }
    }
    return planes
  }
}
