#include "core/registry.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/nearest.hpp"

namespace spinechron {

void Registry::add(StageEntry entry) {
  if (const StageEntry* other = find(entry.kind, entry.name))
    throw UsageError("{} stage '{}' of {} is already there from {}: rename one of them", to_text(entry.kind),
                     entry.name, entry.origin, other->origin);
  entries_.push_back(std::move(entry));
}

const StageEntry* Registry::find(StageKind kind, const std::string& name) const {
  for (const StageEntry& e : entries_)
    if (e.kind == kind && e.name == name) return &e;
  return nullptr;
}

const StageEntry& Registry::get(StageKind kind, const std::string& name) const {
  if (const StageEntry* e = find(kind, name)) return *e;
  std::vector<std::string> names;
  for (const StageEntry* e : all())
    if (e->kind == kind) names.push_back(e->name);
  throw UsageError("there is no {} stage '{}'{}; there are: {}", to_text(kind), name,
                   did_you_mean(name, names), fmt::join(names, ", "));
}

std::vector<const StageEntry*> Registry::all() const {
  std::vector<const StageEntry*> out;
  for (StageKind kind : kStageKinds) {
    const auto first = out.size();
    for (const StageEntry& e : entries_)
      if (e.kind == kind) out.push_back(&e);
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
              [](const StageEntry* a, const StageEntry* b) { return a->name < b->name; });
  }
  return out;
}

}  // namespace spinechron
