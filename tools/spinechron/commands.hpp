#pragma once
// The commands of the program, one file each: `add_X` declares command X's options and what it does when it
// is called.

#include <CLI/CLI.hpp>

namespace spinechron {

/// How the program ends, as clusters and scripts read it.
enum ExitStatus : int {
  kDone = 0,         ///< all that was asked for is done
  kSomeFailed = 1,   ///< some series failed (failures.tsv names each with its reason)
  kWrongCall = 2,    ///< the call or the configuration is wrong, nothing was run
  kInterrupted = 3,  ///< cancelled by the user or a signal; running again does the rest
};

// Each adds its subcommand to `app`; its callback runs the command and leaves the exit status in
// `exit_status`. A UsageError, Cancelled or other exception that leaves the callback becomes kWrongCall,
// kInterrupted or kSomeFailed in main. Declaring must be cheap: all of them are declared for `--version` too.
void add_run(CLI::App& app, int& exit_status);
void add_group(CLI::App& app, int& exit_status);
void add_phantom(CLI::App& app, int& exit_status);
void add_evaluate(CLI::App& app, int& exit_status);
void add_describe(CLI::App& app, int& exit_status);
void add_check(CLI::App& app, int& exit_status);

}  // namespace spinechron
