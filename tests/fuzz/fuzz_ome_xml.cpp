// OME-XML, and the search for the planes that it names.
#include "fuzz/fuzz_support.hpp"
#include "io/ome_xml.hpp"
#include "io/tiff_plan.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spinechron;
  const std::string text = fuzz::as_text(data, size);
  try {
    io_detail::looks_like_ome_xml(text);
    io_detail::parse_ome_xml("fuzz", text);
    Session session;
    session.path = "/nonexistent/fuzz.companion.ome";
    ReadOptions options;
    options.channel = "1";
    io_detail::plan_ome(nullptr, text, {session, options});
  } catch (const Error&) {
  }
  return 0;
}
