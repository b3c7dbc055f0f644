// A plugin with one stage: a denoise filter that cuts off the brightest voxels. Replace it with yours; the
// other kinds of stage are sdk::Segmenter, Aligner, Detector and Matcher (spinechron_plugin.hpp).

#include <spinechron_plugin.hpp>

#include "clip.hpp"

namespace {

namespace sdk = spinechron::sdk;

struct Clip : sdk::Denoiser {
  // As a configuration names it: [denoise] stage = ["clip"]
  static constexpr const char* kName = "clip";
  static constexpr const char* kMeaning = "Cuts off the brightest voxels.";

  // Each parameter is declared once: check, describe, the schema and error messages know it from here. The
  // default is the member's own value.
  double share = 0.9999;
  static void params(sdk::Params<Clip>& p) {
    p.number("share", &Clip::share, {0.5, 1}, "1", "Share of the voxels that is left as it is.");
  }

  // Called by many threads at once: change nothing but `out`. Throw std::runtime_error("what, and what to
  // do") to fail; call host.check_cancelled() now and then in long loops.
  void run(const sdk::Host& host, const sc_stack& in, sc_denoised& out) const override {
    const float ceiling = quantile(in.samples, sdk::count(in), share);
    host.check_cancelled();
    clip(in.samples, out.samples, sdk::count(in), ceiling);
  }
};

}  // namespace

SPINECHRON_PLUGIN("my_plugin", "0.1", "An example to start from.", Clip)
