// SPDX-License-Identifier: GPL-3.0-or-later

import Torch

/// The gradient of one parameter.
enum ParameterGradient {
  /// In the parameter's shape.
  case whole(Tensor)
  /// Of some rows, rising and each once; that of all others is zero.
  case rows(Tensor, Tensor)

  /// The rows of a sparse gradient.
  init(rowsOf gradient: Tensor) {
    let (rows, values) = gradient.rowGradient
    self = .rows(rows, values)
  }

  /// The gradient in the parameter's shape; nil where rows alone are known.
  var whole: Tensor? {
    if case .whole(let gradient) = self { gradient } else { nil }
  }
}
