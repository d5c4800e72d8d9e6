// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore

extension GraphArchitecture {
  /// The mean of the words' vectors and a matrix.
  ///
  /// > Source: Joulin et al. "Bag of Tricks for Efficient Text Classification." EACL 2017,
  /// > [arXiv:1607.01759](https://arxiv.org/abs/1607.01759), section 2.
  ///
  /// - Parameters:
  ///   - words: Ids, their number and the classes.
  ///   - length: The most words of a text.
  ///   - classes: The number of classes.
  ///   - width: The numbers of a word's vector.
  ///   - buckets: How many vectors the pairs of neighbouring words share; zero for words alone.
  /// - Returns: A model named `text-average`.
  public static func textAverage(
    words: Int, length: Int, classes: Int, width: Int = 100, buckets: Int = 0
  ) -> GraphArchitecture {
    var graph = Graph()
    if buckets > 0 {
      graph.append("pairs", .pairs(words: words, buckets: buckets), reading: [-1])
    }
    let ids = buckets > 0 ? 0 : -1
    graph.append("embedding", .embedding(words: words + buckets, width: width), reading: [ids])
    graph.append("mean", .wordMean, reading: [graph.layers.count - 1, ids])
    graph.append("fc", .linear(input: width, output: classes))
    return GraphArchitecture(
      name: "text-average", inputShape: [length], classes: classes, graph: graph)
  }

  /// Convolutions over three, four and five words, the largest value of each, and a matrix.
  ///
  /// > Source: Kim. "Convolutional Neural Networks for Sentence Classification." EMNLP 2014,
  /// > [arXiv:1408.5882](https://arxiv.org/abs/1408.5882), section 2 and 3.1.
  ///
  /// - Note: Vectors are trained from scratch, where the paper starts from word2vec, and there is no
  ///   dropout but that of words.
  ///
  /// - Parameters:
  ///   - words: The number of ids.
  ///   - length: The most words of a text.
  ///   - classes: The number of classes.
  ///   - width: The numbers of a word's vector.
  ///   - filters: The convolutions of each width.
  /// - Returns: A model named `text-cnn`.
  public static func textCNN(
    words: Int, length: Int, classes: Int, width: Int = 128, filters: Int = 100
  ) -> GraphArchitecture {
    var graph = Graph()
    let vectors = graph.append("embedding", .embedding(words: words, width: width), reading: [-1])
    let maxima = [3, 4, 5].map { reach in
      graph.append(
        "conv\(reach)", .wordConvolution(input: width, output: filters, width: reach),
        reading: [vectors])
      return graph.append("maximum\(reach)", .wordMaximum, reading: [graph.layers.count - 1, -1])
    }
    graph.append("features", .concatenate, reading: maxima)
    graph.append("relu", .relu)
    graph.append("fc", .linear(input: 3 * filters, output: classes))
    return GraphArchitecture(
      name: "text-cnn", inputShape: [length], classes: classes, graph: graph)
  }

  /// Long short-term memory, the largest value of each hidden unit if above zero, and a matrix.
  ///
  /// > Source: Hochreiter and Schmidhuber. "Long Short-Term Memory." Neural Computation 1997; the
  /// > maximum over words as in Conneau et al. "Supervised Learning of Universal Sentence
  /// > Representations." EMNLP 2017, [arXiv:1705.02364](https://arxiv.org/abs/1705.02364), section 3.2.
  ///
  /// - Note: It reads in one direction, so that padding behind a text changes nothing.
  ///
  /// - Parameters:
  ///   - words: The number of ids.
  ///   - length: The most words of a text.
  ///   - classes: The number of classes.
  ///   - width: The numbers of a word's vector.
  ///   - hidden: The hidden units.
  /// - Returns: A model named `text-lstm`.
  public static func textLSTM(
    words: Int, length: Int, classes: Int, width: Int = 128, hidden: Int = 128
  ) -> GraphArchitecture {
    var graph = Graph()
    graph.append("embedding", .embedding(words: words, width: width), reading: [-1])
    graph.append("lstm", .lstm(input: width, hidden: hidden))
    graph.append("maximum", .wordMaximum, reading: [graph.layers.count - 1, -1])
    // Padding counts as zero among the maxima, so that without it a short text would depend on others.
    graph.append("relu", .relu)
    graph.append("fc", .linear(input: hidden, output: classes))
    return GraphArchitecture(
      name: "text-lstm", inputShape: [length], classes: classes, graph: graph)
  }

  /// A small encoder of a transformer, the mean over words, and a matrix.
  ///
  /// > Source: Vaswani et al. "Attention Is All You Need." NeurIPS 2017,
  /// > [arXiv:1706.03762](https://arxiv.org/abs/1706.03762), section 3; norms before each part as in
  /// > Xiong et al. "On Layer Normalization in the Transformer Architecture." ICML 2020,
  /// > [arXiv:2002.04745](https://arxiv.org/abs/2002.04745), which needs no warm-up.
  ///
  /// - Parameters:
  ///   - words: The number of ids.
  ///   - length: The most words of a text.
  ///   - classes: The number of classes.
  ///   - width: The numbers of a word's vector.
  ///   - heads: The heads of attention.
  ///   - blocks: The blocks of attention and two matrices.
  /// - Returns: A model named `text-transformer`.
  public static func textTransformer(
    words: Int, length: Int, classes: Int, width: Int = 64, heads: Int = 4, blocks: Int = 2
  ) -> GraphArchitecture {
    var graph = Graph()
    graph.append("embedding", .embedding(words: words, width: width), reading: [-1])
    graph.append("position", .position(length: length, width: width))
    for block in 1...blocks {
      graph.appendEncoderBlock("block\(block)", width: width, heads: heads)
    }
    graph.append("norm", .layerNorm(channels: width))
    graph.append("mean", .wordMean, reading: [graph.layers.count - 1, -1])
    graph.append("fc", .linear(input: width, output: classes))
    return GraphArchitecture(
      name: "text-transformer", inputShape: [length], classes: classes, graph: graph)
  }
}

extension Graph {
  fileprivate mutating func appendEncoderBlock(_ name: String, width: Int, heads: Int) {
    let start = layers.count - 1
    let norm = append("\(name).norm1", .layerNorm(channels: width))
    let sides = ["query", "key", "value"].map {
      append("\(name).\($0)", .linear(input: width, output: width), reading: [norm])
    }
    append("\(name).attention", .attention(heads: heads), reading: sides + [-1])
    let mixed = append("\(name).output", .linear(input: width, output: width))
    let middle = append("\(name).add1", .add, reading: [start, mixed])
    append("\(name).norm2", .layerNorm(channels: width))
    append("\(name).fc1", .linear(input: width, output: 4 * width))
    append("\(name).gelu", .gelu)
    let end = append("\(name).fc2", .linear(input: 4 * width, output: width))
    append("\(name).add2", .add, reading: [middle, end])
  }
}
