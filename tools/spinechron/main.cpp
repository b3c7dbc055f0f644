// spinechron: which dendritic spines were eliminated, formed and rescued between imaging sessions.

#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "commands.hpp"
#include "core/error.hpp"
#include "core/version.hpp"

namespace {

std::string version_text() {
  const spinechron::BuildInfo& b = spinechron::build_info();
  return fmt::format("spinechron {}\ncommit {}\ncompiler {}\nITK {}\nOpenCV {}\nTBB {}\nplugin ABI {}",
                     b.version, b.commit, b.compiler, b.itk, b.opencv, b.tbb, b.plugin_abi);
}

int fail(const std::exception& e, int status) {
  std::cerr << "spinechron: " << e.what() << '\n';
  return status;
}

// Memory that was freed is kept for the next slice or session: giving it back and touching it anew took a
// twentieth of a run. Blocks of 32 MB and more still go back at once; the limits are of each thread.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace spinechron;
  keep_freed_memory();
  CLI::App app(
      "Dendritic spines over imaging sessions: which were eliminated, which formed, which came back.",
      "spinechron");
  app.set_version_flag("--version", version_text, "version, commit, compiler, libraries and plugin ABI");
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& e) {
    return std::string("spinechron: ") + e.what() + "; `spinechron --help` says what can be asked\n";
  });
  int exit_status = kDone;
  add_run(app, exit_status);
  add_group(app, exit_status);
  add_phantom(app, exit_status);
  add_evaluate(app, exit_status);
  add_describe(app, exit_status);
  add_check(app, exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? kDone : kWrongCall;
  } catch (const UsageError& e) {
    return fail(e, kWrongCall);
  } catch (const Cancelled& e) {
    return fail(e, kInterrupted);
  } catch (const std::exception& e) {
    return fail(e, kSomeFailed);
  }
  return exit_status;
}
