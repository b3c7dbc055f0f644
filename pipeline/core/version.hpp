#pragma once
// Which program this is and what it was built from and with; for `--version` and for provenance.

#include <string>

namespace spinechron {

struct BuildInfo {
  std::string version;   ///< "0.1.0"
  std::string commit;    ///< 12 hex digits; "+changes-" and 8 of their hash behind them if the program's
                         ///< tracked sources differed; or "unknown"
  std::string compiler;  ///< "GNU 12.2.0"
  std::string itk;       ///< versions of the libraries that the build found
  std::string opencv;
  std::string tbb;
  std::string plugin_abi;  ///< "1.0": major.minor of the plugin interface
};
const BuildInfo& build_info();

}  // namespace spinechron
