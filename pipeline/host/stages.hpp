#pragma once
// The stages of a plugin as the Stage classes of the pipeline.

#include <memory>

#include "core/registry.hpp"
#include "host/call.hpp"
#include "host/library.hpp"

namespace spinechron::host {

/// What all five have: the library it keeps loaded, the values of its parameters, the plugin's instance. The
/// instance is made when it is first needed, after the parameters were set.
class PluginStage {
 public:
  PluginStage(std::shared_ptr<const Library> library, const sc_stage& stage, Log log);
  virtual ~PluginStage();
  PluginStage(const PluginStage&) = delete;
  PluginStage& operator=(const PluginStage&) = delete;

  /// Makes the instance now, so that wrong values and missing files come to light before any work.
  void prepare() const;

 protected:
  Params bound_params();
  /// Calls the plugin: `function(host, instance)`, alone if the stage is not re-entrant.
  void call(const Context& context, Sinks sinks,
            const std::function<int32_t(const sc_host*, void*)>& function) const;
  const sc_stage& c() const { return *stage_; }
  /// Runs a check of what came back; its error gets the plugin's and the stage's name.
  template <typename Check>
  auto checked(Check&& check) const {
    return with_context(who(), std::forward<Check>(check));
  }

 private:
  std::string who() const;
  void* instance(const Context& context) const;

  std::shared_ptr<const Library> library_;
  const sc_stage* stage_;
  Log log_;
  std::vector<Value> values_;
  mutable std::mutex making_;
  mutable bool made_ = false;
  mutable void* instance_ = nullptr;
};

/// A Denoiser, Segmenter, Aligner, Detector or Matcher, as the stage's kind says.
std::unique_ptr<Stage> make_stage(std::shared_ptr<const Library> library, const sc_stage& stage, Log log);

/// Entries for all stages of a library; each keeps the library loaded.
std::vector<StageEntry> entries_of(const std::shared_ptr<const Library>& library, const Log& log);

}  // namespace spinechron::host
