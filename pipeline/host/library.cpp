#include "host/library.hpp"

#include <dlfcn.h>

#include <cfenv>
#include <filesystem>

#include "core/error.hpp"

namespace spinechron::host {
namespace {

// The loader puts the file's name before its own words: once is enough.
std::string loader_error(const std::string& file) {
  const char* raw = dlerror();
  std::string text = raw ? raw : "no reason given";
  if (text.rfind(file + ": ", 0) == 0) text.erase(0, file.size() + 2);
  return text;
}

}  // namespace

std::shared_ptr<const Library> Library::open(const std::string& file) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(file, ec))
    throw UsageError("{}: there is no such plugin file; check the path", file);
  const std::shared_ptr<Library> library(new Library);
  library->file_ = file;

  // Libraries built with -ffast-math switch the thread's arithmetic when they are loaded.
  std::fenv_t arithmetic;
  std::fegetenv(&arithmetic);
  library->handle_ = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  std::fesetenv(&arithmetic);
  if (!library->handle_)
    throw UsageError(
        "{}: this is no library that can be loaded ({}); build it for this machine with "
        "spinechron_add_plugin()",
        file, loader_error(file));

  using Entry = const sc_plugin* (*)(uint32_t, uint32_t);
  const auto entry = reinterpret_cast<Entry>(dlsym(library->handle_, "spinechron_plugin_entry"));
  if (!entry)
    throw UsageError(
        "{}: this library has no function 'spinechron_plugin_entry' and so is no spinechron plugin; define "
        "it "
        "as spinechron_plugin.h declares it",
        file);
  library->plugin_ = entry(SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR);
  check_descriptor(library->plugin_, file);
  return library;
}

Library::~Library() {
  if (handle_) dlclose(handle_);
}

std::string Library::name() const {
  return fmt::format("plugin {} ({})", plugin_->name, file_);
}

std::vector<const sc_stage*> stages_of(const sc_plugin& plugin) {
  return {plugin.stages, plugin.stages + plugin.n_stages};
}

}  // namespace spinechron::host
