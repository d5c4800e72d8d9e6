// SPDX-License-Identifier: GPL-3.0-or-later
//
// TorchScript files: load, read and replace parameters, run, build from source, save.

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "bridge.h"

namespace bridge {

namespace {

using torch::jit::Module;

Module &module(CTorchModuleRef handle) { return *reinterpret_cast<Module *>(handle); }
CTorchModuleRef give(Module value) {
  return reinterpret_cast<CTorchModuleRef>(new Module(std::move(value)));
}

/// The module that owns a dotted name, and the last part of the name.
std::pair<Module, std::string> owner(Module current, const std::string &name, bool create) {
  std::istringstream parts(name);
  std::string part, last;
  std::getline(parts, last, '.');
  while (std::getline(parts, part, '.')) {
    if (!current.hasattr(last)) {
      TORCH_CHECK(create, "the model has no submodule '", last, "' on the way to '", name, "'");
      current.register_module(last, Module(c10::QualifiedName("__torch__.Part_" + last)));
    }
    current = current.attr(last).toModule();
    last = part;
  }
  return {current, last};
}

/// The profiling executor specialises a graph after its first runs, which would make early answers
/// differ in their last digits from later ones.
void runPlainly() {
  static const bool once = [] {
    torch::jit::getExecutorMode() = false;
    torch::jit::getProfilingMode() = false;
    return true;
  }();
  (void)once;
  torch::jit::setGraphExecutorOptimize(false);
}

int32_t load(const char *path, CTorchModuleRef *loaded) {
  return guarded([&] { *loaded = give(torch::jit::load(path)); });
}

int32_t readBytes(const void *bytes, size_t count, CTorchModuleRef *loaded) {
  return guarded([&] {
    std::istringstream stream(std::string(static_cast<const char *>(bytes), count));
    *loaded = give(torch::jit::load(stream));
  });
}

int32_t archive(CTorchModuleRef handle, void *context, CTorchBytesVisitor visit) {
  return guarded([&] {
    std::ostringstream stream;
    module(handle).save(stream);
    const std::string bytes = stream.str();
    visit(context, bytes.data(), bytes.size());
  });
}

int32_t forward(CTorchModuleRef handle, CTorchTensorRef input, CTorchTensorRef *output) {
  return guarded([&] {
    runPlainly();
    const auto result = module(handle).forward({borrow(input)});
    TORCH_CHECK(result.isTensor(), "forward gives ", result.tagKind(), ", not one tensor");
    *output = bridge::give(result.toTensor());
  });
}

int32_t assign(CTorchModuleRef handle, const char *name, CTorchTensorRef tensor) {
  return guarded([&] {
    auto [target, last] = owner(module(handle), name, false);
    TORCH_CHECK(target.hasattr(last), "the model has no parameter or buffer '", name, "'");
    target.setattr(last, borrow(tensor));
  });
}

int32_t add(CTorchModuleRef handle, const char *name, CTorchTensorRef tensor, bool buffer) {
  return guarded([&] {
    auto [target, last] = owner(module(handle), name, true);
    if (buffer) {
      target.register_buffer(last, borrow(tensor));
    } else {
      target.register_parameter(last, borrow(tensor), false);
    }
  });
}

/// Writes an archive by way of memory: when the disk is full, libtorch's own writer of files throws out
/// of a destructor, which ends the program.
int32_t save(CTorchModuleRef handle, const char *path) {
  return guarded([&] {
    std::ostringstream stream;
    module(handle).save(stream);
    const std::string archive = stream.str();
    std::FILE *file = std::fopen(path, "wb");
    TORCH_CHECK(file, std::strerror(errno));
    const bool isWritten = std::fwrite(archive.data(), 1, archive.size(), file) == archive.size();
    const int error = errno;
    const bool isClosed = std::fclose(file) == 0;
    TORCH_CHECK(isWritten && isClosed, std::strerror(isWritten ? errno : error));
  });
}

int32_t visitOperators(CTorchModuleRef handle, void *context, CTorchTextVisitor visit) {
  return guarded([&] {
    auto graph = module(handle).get_method("forward").graph()->copy();
    inlineCalls(*graph);
    std::vector<torch::jit::Block *> blocks{graph->block()};
    while (!blocks.empty()) {
      auto *block = blocks.back();
      blocks.pop_back();
      for (auto *node : block->nodes()) {
        visit(context, node->kind().toQualString());
        for (auto *inner : node->blocks()) blocks.push_back(inner);
      }
    }
  });
}

}  // namespace

void fillModules(CTorchAPI &api) {
  api.module_load = load;
  api.module_read = readBytes;
  api.module_create = [](const char *name, CTorchModuleRef *created) {
    return guarded(
        [&] { *created = give(Module(c10::QualifiedName(std::string("__torch__.") + name))); });
  };
  api.module_clone = [](CTorchModuleRef handle, CTorchModuleRef *clone) {
    return guarded([&] { *clone = give(module(handle).deepcopy()); });
  };
  api.module_release = [](CTorchModuleRef handle) { delete reinterpret_cast<Module *>(handle); };
  api.module_set_training = [](CTorchModuleRef handle, bool training) {
    return guarded([&] { module(handle).train(training); });
  };
  api.module_forward = forward;
  api.module_visit_parameters = [](CTorchModuleRef handle, void *context, CTorchVisitor visit) {
    return guarded([&] {
      for (const auto &item : module(handle).named_parameters())
        visit(context, item.name.c_str(),
              reinterpret_cast<CTorchTensorRef>(item.value.unsafeGetTensorImpl()));
    });
  };
  api.module_visit_buffers = [](CTorchModuleRef handle, void *context, CTorchVisitor visit) {
    return guarded([&] {
      for (const auto &item : module(handle).named_buffers())
        visit(context, item.name.c_str(),
              reinterpret_cast<CTorchTensorRef>(item.value.unsafeGetTensorImpl()));
    });
  };
  api.module_assign = assign;
  api.module_add = add;
  api.module_define = [](CTorchModuleRef handle, const char *source) {
    return guarded([&] { module(handle).define(source); });
  };
  api.module_save = save;
  api.module_archive = archive;
  api.module_visit_operators = visitOperators;
}

}  // namespace bridge
