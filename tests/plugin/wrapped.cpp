// All five kinds through the C++ wrapper, each handing its input through where it can.
#include <algorithm>
#include <vector>

#include "spinechron_plugin.hpp"

namespace sdk = spinechron::sdk;

namespace {

struct Scale : sdk::Denoiser {
  static constexpr const char* kName = "wrapped";
  static constexpr const char* kMeaning = "Multiplies by a factor.";
  double factor = 2;
  int fail_above = 100;
  bool loud = false;
  std::string mode = "plain";
  std::vector<std::string> words = {"a", "b"};
  static void params(sdk::Params<Scale>& p) {
    p.number("factor", &Scale::factor, {0, 10}, "1", "What every voxel is multiplied by.");
    p.integer("fail_above", &Scale::fail_above, {0, 100}, "1", "Factors above this make it fail.");
    p.flag("loud", &Scale::loud, "Writes a line to the log.");
    p.choice("mode", &Scale::mode, "plain|throw|unknown|cancel", "How a run ends.");
    p.list("words", &Scale::words, "What the log line says.");
  }
  void prepare(const sdk::Host&) override {
    if (words.size() > 3) throw std::invalid_argument("more than three words; leave some out");
  }
  void run(const sdk::Host& host, const sc_stack& in, sc_denoised& out) const override {
    if (factor > fail_above) throw std::runtime_error("the factor is above fail_above; lower it");
    if (mode == "throw") throw 7;
    if (mode == "cancel") throw sdk::Cancelled();
    if (loud) host.info(words.empty() ? "no words" : words.back());
    std::transform(in.samples, in.samples + sdk::count(in), out.samples,
                   [&](float v) { return static_cast<float>(factor * v); });
    out.gain = in.gain * factor;
  }
};

struct Line : sdk::Segmenter {
  static constexpr const char* kName = "wrapped";
  static constexpr const char* kMeaning = "A trunk along x with a branch.";
  std::vector<sdk::Dendrite> run(const sdk::Host&, const sc_stack& s) const override {
    if (s.nx < 16 || s.ny < 8) return {};
    const double end = static_cast<double>(s.nx - 1) * s.voxel_um[0];
    const double y = static_cast<double>(s.ny - 1) * s.voxel_um[1] / 2;
    sdk::Dendrite trunk{1, 0, 0, {{0, y, 0}, {end / 4, y, 0}, {end, y, 0}}, {0.5, 0.4, 0.4}, 8};
    sdk::Dendrite branch{2, 1, 1, {{end / 4, y, 0}, {end / 4, 0, 0}}, {0.3, 0.3}, 5};
    return {trunk, branch};
  }
};

struct Same : sdk::Aligner {
  static constexpr const char* kName = "wrapped";
  static constexpr const char* kMeaning =
      "Every session is where it is; one without dendrites is not usable.";
  std::vector<sdk::Frame> run(const sdk::Host&, const std::vector<const sc_stack*>& stacks,
                              const std::vector<const sc_tracing*>& tracings) const override {
    std::vector<sdk::Frame> frames(stacks.size());
    for (size_t i = 0; i < frames.size(); ++i) {
      sdk::Frame& f = frames[i];
      for (size_t k = 0; k < tracings[i]->n_dendrites; ++k) {
        const sc_dendrite& d = *tracings[i]->dendrites[k];
        sdk::Dendrite copy;
        copy.id = d.id;
        copy.snr = d.snr;
        for (size_t j = 0; j < d.n_points; ++j) copy.points_um.push_back(sdk::point(d, j));
        copy.radius_um.assign(d.radius_um, d.radius_um + d.n_points);
        f.dendrites.push_back(copy);
        f.arc_from_reference.push_back({0, 0.12, 0.24});
      }
      f.usable = !f.dendrites.empty();
      if (!f.usable) f.reason = "no dendrite";
    }
    return frames;
  }
};

struct Middle : sdk::Detector {
  static constexpr const char* kName = "wrapped";
  static constexpr const char* kMeaning = "A spine in the middle of every dendrite.";
  std::vector<sdk::Candidate> run(const sdk::Host&, const sc_stack&, const sc_frame& frame) const override {
    std::vector<sdk::Candidate> out;
    for (size_t k = 0; k < frame.n_dendrites; ++k) {
      const sc_dendrite& d = *frame.dendrites[k];
      sdk::Candidate c;
      c.dendrite_id = d.id;
      c.side = SC_RIGHT;
      c.p = 0.75;
      c.measures.head_um = sdk::point(d, d.n_points / 2);
      c.measures.kind = SC_THIN;
      out.push_back(c);
    }
    return out;
  }
};

struct Keep : sdk::Matcher {
  static constexpr const char* kName = "wrapped";
  static constexpr const char* kMeaning = "The first session's spines, lost in all others.";
  static constexpr bool kReentrant = false;
  std::vector<sdk::Track> run(const sdk::Host&, const std::vector<const sc_stack*>& stacks,
                              const std::vector<const sc_frame*>&,
                              const std::vector<const sc_candidates*>& candidates) const override {
    std::vector<sdk::Track> tracks;
    for (size_t i = 0; i < candidates[0]->n_candidates; ++i) {
      const sc_candidate& c = *candidates[0]->candidates[i];
      sdk::Track t;
      t.spine_id = static_cast<int>(i) + 1;
      t.dendrite_id = c.dendrite_id;
      t.arc_um = c.arc_um;
      for (size_t s = 0; s < stacks.size(); ++s) {
        sdk::Site site;
        site.state = s == 0 ? SC_PRESENT : SC_ABSENT;
        site.p_present = s == 0 ? 0.9 : 0.1;
        for (size_t k = 0; k < 3; ++k) site.ref_um[k] = site.measures.head_um[k] = c.measures->head_um[k];
        t.sites.push_back(site);
        if (s > 0) t.p_event.push_back(0.8);
      }
      tracks.push_back(t);
    }
    return tracks;
  }
};

}  // namespace

SPINECHRON_PLUGIN("wrapped", "0.1", "One stage of each kind.", Scale, Line, Same, Middle, Keep)
