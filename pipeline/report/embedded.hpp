#pragma once
// The page's style and script, built into the program from web/.

#include <string_view>

namespace spinechron::report::embedded {

extern const std::string_view page_css;
extern const std::string_view page_js;

}  // namespace spinechron::report::embedded
