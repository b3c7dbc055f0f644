#pragma once
// Shortcuts for tests that load plugins.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "host/load.hpp"
#include "host/probe.hpp"

namespace spinechron::test {

inline std::string plugin_file(const std::string& name) {
  return std::string(PLUGINS) + "/" + name + ".so";
}
inline std::string fixture(const std::string& fault) {
  return plugin_file("fixture_" + fault);
}

/// The message of the Error that `work` throws; empty if it throws none.
inline std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

/// The stage `name` of a plugin's file.
inline std::unique_ptr<Stage> stage_of(const std::string& file, StageKind kind, const std::string& name) {
  Registry registry;
  load_plugin(file, registry);
  return registry.get(kind, name).make();
}

inline host::Scene small_scene(size_t sessions = 2) {
  return host::make_scene("a small image", {32, 24, 5}, {0.12, 0.12, 0.75}, sessions);
}

}  // namespace spinechron::test
