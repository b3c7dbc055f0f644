#pragma once
// The stages there are, by kind and name: built-in ones and those of loaded plugins.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/stage.hpp"

namespace spinechron {

struct StageEntry {
  StageKind kind;
  std::string name;     ///< as the configuration names it: `stage = "shafts"`
  std::string meaning;  ///< one sentence
  std::string origin;   ///< "built-in", or the plugin's file
  std::function<std::unique_ptr<Stage>()> make;
};

class Registry {
 public:
  /// A second entry of the same kind and name is a UsageError that names both origins.
  void add(StageEntry entry);
  const StageEntry* find(StageKind kind, const std::string& name) const;
  /// As find, but an unknown name is a UsageError that lists the legal ones.
  const StageEntry& get(StageKind kind, const std::string& name) const;
  /// In order of kind as data pass through them, then of name.
  std::vector<const StageEntry*> all() const;

 private:
  std::vector<StageEntry> entries_;
};

}  // namespace spinechron
