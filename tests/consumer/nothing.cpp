// A detector that finds nothing, and a denoiser that gives rubbish on demand.
#include <spinechron_plugin.hpp>

namespace {

namespace sdk = spinechron::sdk;

struct Nothing : sdk::Detector {
  static constexpr const char* kName = "nothing";
  static constexpr const char* kMeaning = "Finds no spine at all.";
  std::vector<sdk::Candidate> run(const sdk::Host&, const sc_stack&, const sc_frame&) const override {
    return {};
  }
};

struct Moody : sdk::Denoiser {
  static constexpr const char* kName = "moody";
  static constexpr const char* kMeaning = "Writes rubbish if told so.";
  bool rubbish = false;
  static void params(sdk::Params<Moody>& p) { p.flag("rubbish", &Moody::rubbish, "Writes no numbers."); }
  void run(const sdk::Host&, const sc_stack& in, sc_denoised& out) const override {
    for (std::size_t i = 0; i < sdk::count(in); ++i)
      out.samples[i] = rubbish ? static_cast<float>(sdk::kNaN) : in.samples[i];
  }
};

}  // namespace

SPINECHRON_PLUGIN("nothing", "1", "For a test.", Nothing, Moody)
