// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Datasets

@Suite("Written pictures", .timeLimit(.minutes(15)))
struct PNGFileTests {
  @Test("A picture comes back, grey and in colour", arguments: [(1, 3, 5), (3, 4, 2), (1, 1, 1)])
  func roundTrip(channels: Int, height: Int, width: Int) throws {
    let area = height * width
    let planes = (0..<channels * area).map { UInt8($0 * 37 % 256) }
    let bytes = try #require(PNGFile.encoded(planes: planes, height: height, width: width))
    let image = try PNGImage(bytes, subject: "test")
    #expect(image.channels == channels && image.height == height && image.width == width)
    for pixel in 0..<area {
      for channel in 0..<channels {
        #expect(image.values[pixel * channels + channel] == planes[channel * area + pixel])
      }
    }
    #expect(PNGFile.encoded(planes: planes, height: height, width: width) == bytes)
  }

  @Test("What is no picture is not written")
  func refused() {
    #expect(PNGFile.encoded(planes: [1, 2], height: 1, width: 1) == nil)
    #expect(PNGFile.encoded(planes: [], height: 0, width: 1) == nil)
  }
}
