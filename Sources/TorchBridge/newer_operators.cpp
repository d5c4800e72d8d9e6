// SPDX-License-Identifier: GPL-3.0-or-later
//
// Operators that files of a newer PyTorch call and an older libtorch lacks, composed from older
// ones. They carry autograd because their parts do. Where libtorch has them, ours are left out.

#include <torch/csrc/api/include/torch/version.h>
#include <torch/library.h>

#include <cmath>
#include <limits>

#include "bridge.h"

#define LIBTORCH_LACKS(major, minor)   \
  (TORCH_VERSION_MAJOR < (major) ||    \
   (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR < (minor)))

namespace bridge {

namespace {

using at::Tensor;

#if LIBTORCH_LACKS(2, 0)
/// softmax(query · keyᵀ · scale + mask) · value over the last two dimensions.
///
/// Dropout is refused: no random number comes from libtorch's own generator.
Tensor scaledDotProductAttention(const Tensor &query, const Tensor &key, const Tensor &value,
                                 const c10::optional<Tensor> &mask, double dropout, bool causal,
                                 c10::optional<double> scale, bool groupedQueries) {
  TORCH_CHECK(dropout == 0, "scaled_dot_product_attention with dropout is for training only");
  TORCH_CHECK(!(causal && mask), "scaled_dot_product_attention takes a mask or is_causal, not both");
  auto keys = key, values = value;
  if (groupedQueries) {
    keys = keys.repeat_interleave(query.size(-3) / key.size(-3), -3);
    values = values.repeat_interleave(query.size(-3) / value.size(-3), -3);
  }
  const double factor = scale ? *scale : 1 / std::sqrt(static_cast<double>(query.size(-1)));
  auto scores = at::matmul(query * factor, keys.transpose(-2, -1));
  auto hidden = mask;
  if (causal)
    hidden = at::ones({query.size(-2), key.size(-2)}, query.options().dtype(at::kBool)).tril();
  if (hidden) {
    scores = hidden->scalar_type() == at::kBool
                 ? scores.masked_fill(hidden->logical_not(), -std::numeric_limits<double>::infinity())
                 : scores + *hidden;
  }
  return at::matmul(at::softmax(scores, -1), values);
}
#endif

#if LIBTORCH_LACKS(2, 4)
/// input / sqrt(mean(input²) + eps) · weight, over the dimensions of `shape`.
Tensor rootMeanSquareNorm(const Tensor &input, at::IntArrayRef shape,
                          const c10::optional<Tensor> &weight, c10::optional<double> eps) {
  std::vector<int64_t> dimensions;
  for (size_t index = 0; index < shape.size(); ++index)
    dimensions.push_back(-1 - static_cast<int64_t>(index));
  // The default is the machine epsilon of the type, as in newer versions.
  const double smallest = input.scalar_type() == at::kDouble
                              ? std::numeric_limits<double>::epsilon()
                              : std::numeric_limits<float>::epsilon();
  const auto squares = input.pow(2).mean(dimensions, true);
  const auto normed = input * at::rsqrt(squares + eps.value_or(smallest));
  return weight ? normed * *weight : normed;
}
#endif

}  // namespace

}  // namespace bridge

#if LIBTORCH_LACKS(2, 4)
TORCH_LIBRARY_FRAGMENT(aten, library) {
#if LIBTORCH_LACKS(2, 0)
  library.def(
      "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, "
      "Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, "
      "bool enable_gqa=False) -> Tensor",
      bridge::scaledDotProductAttention);
#endif
  library.def(
      "rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) "
      "-> Tensor",
      bridge::rootMeanSquareNorm);
}
#endif
