// SPDX-License-Identifier: GPL-3.0-or-later
//
// The straight line of operators that a script module runs in evaluation mode, as text.

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/constant_propagation.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/peephole.h>

#include <cmath>
#include <iomanip>
#include <sstream>
#include <unordered_map>

#include "bridge.h"

namespace bridge {

namespace {

using torch::jit::Block;
using torch::jit::Graph;
using torch::jit::Module;
using torch::jit::Node;
using torch::jit::Value;

namespace prim = c10::prim;

/// Elements of a constant tensor that are written out; more is no constant of a normalisation.
constexpr int64_t mostElements = 4096;

/// Where an attribute lies in the module, by the value that reads it.
using Paths = std::unordered_map<const Value *, std::string>;

/// Follows attributes from the module: flags such as `training` become constants, tensors stay.
void resolveAttributes(Block *block, const Module &module, Paths &paths,
                       std::unordered_map<const Value *, Module> &modules) {
  for (auto it = block->nodes().begin(); it != block->nodes().end();) {
    Node *node = *it++;
    for (auto *inner : node->blocks()) resolveAttributes(inner, module, paths, modules);
    if (node->kind() != prim::GetAttr) continue;
    const auto owner = modules.find(node->input());
    if (owner == modules.end()) continue;
    const std::string &name = node->s(c10::attr::name);
    const auto value = owner->second.attr(name);
    const std::string prefix = paths[node->input()];
    const std::string path = prefix.empty() ? name : prefix + "." + name;
    if (value.isModule()) {
      paths[node->output()] = path;
      modules.emplace(node->output(), value.toModule());
    } else if (value.isTensor()) {
      paths[node->output()] = path;
      node->output()->setType(c10::TensorType::get());
    } else {
      torch::jit::WithInsertPoint guard(node);
      if (auto constant = torch::jit::tryInsertConstant(*node->owningGraph(), value))
        node->output()->replaceAllUsesWith(*constant);
    }
  }
}

bool calls(const Block *block) {
  for (const auto *node : block->nodes()) {
    if (node->kind() == prim::CallMethod || node->kind() == prim::CallFunction) return true;
    for (const auto *inner : node->blocks())
      if (calls(inner)) return true;
  }
  return false;
}

bool raises(const Block *block) {
  for (const auto *node : block->nodes())
    if (node->kind() == prim::RaiseException) return true;
  return false;
}

/// Puts a branch in the place of its condition.
void splice(Node *condition, Block *branch) {
  while (branch->nodes().begin() != branch->nodes().end())
    (*branch->nodes().begin())->moveBefore(condition);
  for (size_t index = 0; index < condition->outputs().size(); ++index)
    condition->outputs()[index]->replaceAllUsesWith(branch->outputs()[index]);
  condition->destroy();
}

/// Takes out checks of the input that end in an exception: the model has answered a probe before.
bool dropGuards(Block *block) {
  bool changed = false;
  for (auto it = block->nodes().begin(); it != block->nodes().end();) {
    Node *node = *it++;
    for (auto *inner : node->blocks()) changed |= dropGuards(inner);
    if (node->kind() != prim::If) continue;
    const bool first = raises(node->blocks()[0]), second = raises(node->blocks()[1]);
    if (first == second) continue;
    splice(node, node->blocks()[first ? 1 : 0]);
    changed = true;
  }
  return changed;
}

void writeText(std::ostream &out, const std::string &text) {
  out << '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out << '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out << c;
  }
  out << '"';
}

template <typename List>
void writeList(std::ostream &out, const List &list) {
  out << '[';
  bool isFirst = true;
  for (const auto &element : list) {
    if (!isFirst) out << ',';
    isFirst = false;
    out << element;
  }
  out << ']';
}

/// One of the keys none, integer, real, boolean, integers, reals, text, shape with reals; or nothing.
void writeConstant(std::ostream &out, const c10::IValue &value) {
  if (value.isNone()) {
    out << "\"none\":true";
  } else if (value.isBool()) {
    out << "\"boolean\":" << (value.toBool() ? "true" : "false");
  } else if (value.isInt()) {
    out << "\"integer\":" << value.toInt();
  } else if (value.isDouble() && std::isfinite(value.toDouble())) {
    out << "\"real\":" << value.toDouble();
  } else if (value.isString()) {
    out << "\"text\":";
    writeText(out, value.toStringRef());
  } else if (value.isIntList()) {
    out << "\"integers\":";
    writeList(out, value.toIntVector());
  } else if (value.isDoubleList()) {
    out << "\"reals\":";
    writeList(out, value.toDoubleVector());
  } else if (value.isTensor() && value.toTensor().defined() &&
             value.toTensor().numel() <= mostElements) {
    const auto tensor = value.toTensor().detach().cpu().to(at::kDouble).contiguous();
    if (!at::isfinite(tensor).all().item<bool>()) return;
    out << "\"shape\":";
    writeList(out, tensor.sizes());
    out << ",\"reals\":";
    writeList(out, at::ArrayRef<double>(tensor.data_ptr<double>(), tensor.numel()));
  }
}

void writeNames(std::ostream &out, at::ArrayRef<const Value *> values) {
  out << '[';
  for (size_t index = 0; index < values.size(); ++index)
    out << (index ? "," : "") << "\"v" << values[index]->unique() << '"';
  out << ']';
}

std::string described(const Graph &graph, const Paths &paths) {
  std::ostringstream values, nodes;
  values << std::setprecision(17);
  bool isFirstValue = true, isFirstNode = true;
  const auto open = [&](const Value *value) {
    values << (isFirstValue ? "" : ",") << "\"v" << value->unique() << "\":{";
    isFirstValue = false;
  };
  for (const auto *node : graph.nodes()) {
    if (node->kind() == prim::GetAttr && paths.count(node->output())) {
      open(node->output());
      values << "\"attribute\":";
      writeText(values, paths.at(node->output()));
      values << '}';
    } else if (node->kind() == prim::Constant) {
      open(node->output());
      if (const auto constant = torch::jit::toIValue(node->output()))
        writeConstant(values, *constant);
      values << '}';
    } else {
      nodes << (isFirstNode ? "" : ",") << "{\"kind\":";
      writeText(nodes, node->kind().toQualString());
      nodes << ",\"inputs\":";
      writeNames(nodes, node->inputs());
      nodes << ",\"outputs\":";
      writeNames(nodes, node->outputs());
      nodes << '}';
      isFirstNode = false;
    }
  }
  std::ostringstream out;
  out << "{\"inputs\":";
  writeNames(out, graph.inputs().slice(1));
  out << ",\"outputs\":";
  writeNames(out, graph.outputs());
  out << ",\"values\":{" << values.str() << "},\"nodes\":[" << nodes.str() << "]}";
  return out.str();
}

int32_t visitGraph(CTorchModuleRef handle, void *context, CTorchTextVisitor visit) {
  return guarded([&] {
    const auto &module = *reinterpret_cast<Module *>(handle);
    auto graph = module.get_method("forward").graph()->copy();
    inlineCalls(*graph);
    Paths paths{{graph->inputs()[0], ""}};
    std::unordered_map<const Value *, Module> modules{{graph->inputs()[0], module}};
    resolveAttributes(graph->block(), module, paths, modules);
    // Each pass can leave the next one something to do: a check inside of a branch that goes.
    bool changed = true;
    while (changed) {
      torch::jit::PeepholeOptimize(graph);
      torch::jit::ConstantPropagation(graph);
      changed = dropGuards(graph->block());
    }
    torch::jit::EliminateDeadCode(graph);
    visit(context, described(*graph, paths).c_str());
  });
}

}  // namespace

/// Where the executor does not optimise, one pass inlines no deeper than one call.
void inlineCalls(Graph &graph) {
  constexpr int deepest = 100;
  for (int depth = 0; depth < deepest && calls(graph.block()); ++depth) torch::jit::Inline(graph);
}

void fillGraphs(CTorchAPI &api) { api.module_visit_graph = visitGraph; }

}  // namespace bridge
