// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import TestSupport
import Testing

@Suite(
  "Fashion-MNIST", .timeLimit(.minutes(15)),
  .enabled(if: DatasetCatalog().isInstalled("fashion-mnist")))
struct FashionMNISTTests {
  @Test("The real images are all there, in order, and balanced")
  func real() throws {
    let data = try DatasetCatalog().load("fashion-mnist")
    let train = try #require(data.train)
    #expect(data.inputShape == [1, 28, 28])
    #expect(data.inputRange == 0...1)
    #expect((train.count, data.test.count) == (60_000, 10_000))
    #expect(data.test.labels.prefix(10) == [9, 2, 1, 1, 6, 1, 4, 6, 5, 7])
    for label in 0..<10 {
      #expect(data.test.labels.count { $0 == label } == 1_000)
      #expect(train.labels.count { $0 == label } == 6_000)
    }
    #expect(data.classes[9] == "Ankle boot")
    // `LC_ALL=C sha256sum *.gz | sha256sum` in the folder of the package.
    #expect(data.sha256 == "f37bf62265b0989968a94c78e420344f1ede1007dabf032a0dc5e88371fef370")
  }

  @Test("The mean and deviation of the training pixels are the published ones", .tags(.paper))
  func moments() throws {
    let train = try #require(try DatasetCatalog().load("fashion-mnist").train)
    guard case .bytes(let levels) = train.pixels else {
      Issue.record("expected levels")
      return
    }
    var counts = [Int](repeating: 0, count: 256)
    levels.withUnsafeBufferPointer { source in
      counts.withUnsafeMutableBufferPointer { target in
        for level in source { target[Int(level)] += 1 }
      }
    }
    let shares = counts.map { Double($0) / Double(levels.count) }
    let mean = shares.enumerated().reduce(0) { $0 + Double($1.offset) / 255 * $1.element }
    let deviation = shares.enumerated().reduce(0) { sum, bin in
      let distance = Double(bin.offset) / 255 - mean
      return sum + distance * distance * bin.element
    }.squareRoot()
    // 0.2860 and 0.3530, as every training script for this data normalises.
    #expect(abs(mean - 0.2860) <= 0.5e-4, "four published digits")
    #expect(abs(deviation - 0.3530) <= 0.5e-4, "four published digits")
  }
}
