// SPDX-License-Identifier: GPL-3.0-or-later
//
// Convolutions and matrices that multiply integers of 8 bits, where libtorch has kernels for them.

#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "bridge.h"

struct CTorchIntegerLayer {
  c10::IValue packed;
  bool isConvolution;
};

namespace bridge {

namespace {

/// The fastest engine there is on most processors of this kind; none where libtorch has none.
c10::QEngine bestEngine() {
  const auto &known = at::globalContext().supportedQEngines();
  for (auto engine : {c10::QEngine::ONEDNN, c10::QEngine::FBGEMM, c10::QEngine::QNNPACK})
    for (auto other : known)
      if (engine == other) return engine;
  return c10::QEngine::NoQEngine;
}

const char *engineName() {
  static const c10::QEngine engine = bestEngine();
  if (engine == c10::QEngine::NoQEngine) return nullptr;
  static const std::string name = c10::toString(engine);
  return name.c_str();
}

c10::OperatorHandle find(const char *name, const char *overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
}

int32_t create(CTorchTensorRef codes, CTorchTensorRef scales, CTorchTensorRef bias, int64_t stride,
               int64_t padding, CTorchIntegerLayerRef *created) {
  return guarded([&] {
    c10::InferenceMode inference;
    at::globalContext().setQEngine(bestEngine());
    const auto weight = borrow(codes);
    const auto distances = borrow(scales).to(at::kDouble);
    const auto channels = at::_make_per_channel_quantized_tensor(
        weight, distances, at::zeros({weight.size(0)}, at::kLong), 0);
    const bool isConvolution = weight.dim() == 4;
    torch::jit::Stack stack{channels, bias ? c10::IValue(borrow(bias)) : c10::IValue()};
    if (isConvolution) {
      for (auto pair : {stride, padding, int64_t(1)})
        stack.push_back(c10::List<int64_t>({pair, pair}));
      stack.push_back(int64_t(1));
      static const auto pack = find("quantized::conv2d_prepack");
      pack.callBoxed(&stack);
    } else {
      static const auto pack = find("quantized::linear_prepack");
      pack.callBoxed(&stack);
    }
    *created = new CTorchIntegerLayer{stack.back(), isConvolution};
  });
}

int32_t run(CTorchIntegerLayerRef layer, CTorchTensorRef input, bool rectifies, double scale,
            int64_t zeroPoint, CTorchTensorRef *output) {
  return guarded([&] {
    torch::jit::Stack stack{borrow(input), layer->packed, scale, zeroPoint};
    static const auto convolution = find("quantized::conv2d", "new");
    static const auto rectified = find("quantized::conv2d_relu", "new");
    static const auto matrix = find("quantized::linear");
    static const auto rectifiedMatrix = find("quantized::linear_relu");
    const auto &handle = layer->isConvolution ? (rectifies ? rectified : convolution)
                                              : (rectifies ? rectifiedMatrix : matrix);
    handle.callBoxed(&stack);
    *output = give(stack.back().toTensor());
  });
}

}  // namespace

void fillIntegers(CTorchAPI &api) {
  api.integer_engine = engineName;
  api.integer_layer_create = create;
  api.integer_layer_run = run;
  api.integer_layer_release = [](CTorchIntegerLayerRef layer) { delete layer; };
}

}  // namespace bridge
