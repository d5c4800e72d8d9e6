// SPDX-License-Identifier: GPL-3.0-or-later
//
// Two operators of our own, where libtorch's cost most of a gradient on a CPU without AVX-512:
// its pooling keeps 64-bit indices (or a oneDNN workspace), and oneDNN pads the channels of the
// first layer to eight before it takes that layer's gradients.
// Both work on channels-last memory and are held against libtorch's operators by the tests.

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "bridge.h"

namespace bridge {

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr auto channelsLast = at::MemoryFormat::ChannelsLast;
/// In place of the index of a window's largest value where none is above zero.
constexpr uint8_t nothing = 4;

/// Geometry of a 2×2 pooling with stride 2; an odd last row or column is left out.
struct Windows {
  int64_t images, channels, height, width, inputHeight, inputWidth;

  explicit Windows(const Tensor &input)
      : images(input.size(0)), channels(input.size(1)), height(input.size(2) / 2),
        width(input.size(3) / 2), inputHeight(input.size(2)), inputWidth(input.size(3)) {}

  int64_t corner(int64_t image, int64_t row, int64_t column) const {
    return ((image * inputHeight + 2 * row) * inputWidth + 2 * column) * channels;
  }
};

__attribute__((target_clones("avx2", "default"))) void largestOfWindow(
    const float *first, const float *second, int64_t channels, float *largest, uint8_t *choice) {
  for (int64_t channel = 0; channel < channels; ++channel) {
    const float values[4] = {first[channel], first[channel + channels], second[channel],
                             second[channel + channels]};
    float best = 0;
    uint8_t chosen = nothing;
    for (uint8_t index = 0; index < 4; ++index) {
      // A NaN wins and stays, as in libtorch.
      const bool wins = values[index] > best || values[index] != values[index];
      best = wins ? values[index] : best;
      chosen = wins ? index : chosen;
    }
    largest[channel] = best;
    choice[channel] = chosen;
  }
}

__attribute__((target_clones("avx2", "default"))) void spreadOverWindow(
    const float *gradient, const uint8_t *choice, int64_t channels, float *first, float *second) {
  for (int64_t channel = 0; channel < channels; ++channel) {
    const float value = gradient[channel];
    const uint8_t chosen = choice[channel];
    first[channel] = chosen == 0 ? value : 0;
    first[channel + channels] = chosen == 1 ? value : 0;
    second[channel] = chosen == 2 ? value : 0;
    second[channel + channels] = chosen == 3 ? value : 0;
  }
}

/// max_pool2d(2) and relu in one pass.
struct MaxPoolRelu : torch::autograd::Function<MaxPoolRelu> {
  static Variable forward(AutogradContext *context, const Variable &given) {
    TORCH_CHECK(given.dim() == 4 && given.scalar_type() == at::kFloat,
                "max_pool_relu takes float32 images, found ", given.sizes());
    const Tensor input = given.contiguous(channelsLast);
    const Windows windows(input);
    auto output = at::empty({windows.images, windows.channels, windows.height, windows.width},
                            input.options(), channelsLast);
    auto choices = at::empty({output.numel()}, input.options().dtype(at::kByte));
    const float *source = input.data_ptr<float>();
    float *largest = output.data_ptr<float>();
    uint8_t *choice = choices.data_ptr<uint8_t>();
    const int64_t rowStride = windows.inputWidth * windows.channels;
    for (int64_t image = 0; image < windows.images; ++image)
      for (int64_t row = 0; row < windows.height; ++row)
        for (int64_t column = 0; column < windows.width; ++column) {
          const float *corner = source + windows.corner(image, row, column);
          largestOfWindow(corner, corner + rowStride, windows.channels, largest, choice);
          largest += windows.channels;
          choice += windows.channels;
        }
    context->saved_data["shape"] = input.sizes().vec();
    context->save_for_backward({choices});
    return output;
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    const auto choices = context->get_saved_variables()[0];
    const auto gradient = gradients[0].contiguous(channelsLast);
    auto result = at::empty(context->saved_data["shape"].toIntVector(), gradient.options(),
                            channelsLast);
    const Windows windows(result);
    if (windows.inputHeight % 2 != 0 || windows.inputWidth % 2 != 0) result.zero_();
    const float *source = gradient.data_ptr<float>();
    const uint8_t *choice = choices.data_ptr<uint8_t>();
    float *target = result.data_ptr<float>();
    const int64_t rowStride = windows.inputWidth * windows.channels;
    for (int64_t image = 0; image < windows.images; ++image)
      for (int64_t row = 0; row < windows.height; ++row)
        for (int64_t column = 0; column < windows.width; ++column) {
          float *corner = target + windows.corner(image, row, column);
          spreadOverWindow(source, choice, windows.channels, corner, corner + rowStride);
          source += windows.channels;
          choice += windows.channels;
        }
    return {result};
  }
};

/// conv2d for images of few channels as products with its unfolded windows, `[N · positions, k]`.
struct ThinConvolution : torch::autograd::Function<ThinConvolution> {
  static Variable forward(AutogradContext *context, const Variable &input, const Variable &weight,
                          const c10::optional<Variable> &bias, int64_t stride, int64_t padding) {
    at::AutoDispatchBelowADInplaceOrView below;
    const int64_t kernel = weight.size(2);
    const auto size = [&](int64_t side) { return (side + 2 * padding - kernel) / stride + 1; };
    const int64_t height = size(input.size(2)), width = size(input.size(3));
    const auto windows =
        at::im2col(input.contiguous(), {kernel, kernel}, {1, 1}, {padding, padding},
                   {stride, stride})
            .transpose(1, 2)
            .reshape({input.size(0) * height * width, -1});
    const auto matrix = weight.reshape({weight.size(0), -1}).t();
    const auto rows = bias ? at::addmm(*bias, windows, matrix) : at::mm(windows, matrix);
    context->save_for_backward({input, weight, windows});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["bias"] = bias.has_value();
    // The rows are the images channels-last already.
    return rows.reshape({input.size(0), height, width, weight.size(0)}).permute({0, 3, 1, 2});
  }

  static variable_list backward(AutogradContext *context, const variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto &input = saved[0], &weight = saved[1], &windows = saved[2];
    const int64_t stride = context->saved_data["stride"].toInt();
    const int64_t padding = context->saved_data["padding"].toInt();
    const auto rows = gradients[0].contiguous(channelsLast).permute({0, 2, 3, 1}).reshape(
        {-1, weight.size(0)});
    Tensor inputGradient, weightGradient, biasGradient;
    if (context->needs_input_grad(0)) {
      const auto columns = at::mm(rows, weight.reshape({weight.size(0), -1}))
                               .reshape({input.size(0), -1, weight[0].numel()})
                               .transpose(1, 2);
      inputGradient =
          at::col2im(columns.contiguous(), {input.size(2), input.size(3)},
                     {weight.size(2), weight.size(3)}, {1, 1}, {padding, padding}, {stride, stride});
    }
    if (context->needs_input_grad(1))
      weightGradient = at::mm(rows.t(), windows).reshape(weight.sizes());
    if (context->saved_data["bias"].toBool() && context->needs_input_grad(2))
      biasGradient = rows.sum(0);
    return {inputGradient, weightGradient, biasGradient, Variable(), Variable()};
  }
};

Tensor maxPoolRelu(const Tensor &input) { return MaxPoolRelu::apply(input); }

Tensor thinConvolution(const Tensor &input, const Tensor &weight,
                       const c10::optional<Tensor> &bias, int64_t stride, int64_t padding) {
  return ThinConvolution::apply(input, weight, bias, stride, padding);
}

}  // namespace

}  // namespace bridge

TORCH_LIBRARY(robust_eval, library) {
  library.def("max_pool_relu(Tensor input) -> Tensor", bridge::maxPoolRelu);
  library.def(
      "thin_conv2d(Tensor input, Tensor weight, Tensor? bias, int stride, int padding) -> Tensor",
      bridge::thinConvolution);
}
