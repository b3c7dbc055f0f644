// Stages that give rubbish on images of so many columns and are harmless on others.
#include <spinechron_plugin.hpp>

namespace {

namespace sdk = spinechron::sdk;

// Handed on by every stage here: whose image is it?
template <typename Stage>
struct OnSomeImages {
  int columns = 0;
  bool is_theirs(const sc_stack& s) const { return s.nx == static_cast<std::uint64_t>(columns); }
  static void params(sdk::Params<Stage>& p) {
    p.integer("columns", &Stage::columns, {0, 100000}, "1",
              "Images of so many columns get rubbish; 0: none does.");
  }
};

struct NoNumbers : sdk::Denoiser, OnSomeImages<NoNumbers> {
  static constexpr const char* kName = "no_numbers";
  static constexpr const char* kMeaning = "Writes voxels that are no numbers.";
  void run(const sdk::Host&, const sc_stack& in, sc_denoised& out) const override {
    for (std::size_t i = 0; i < sdk::count(in); ++i)
      out.samples[i] = is_theirs(in) ? static_cast<float>(sdk::kNaN) : in.samples[i];
  }
};

// Finds no spine at all, but for what is to be wrong.
struct Rubbish : sdk::Detector, OnSomeImages<Rubbish> {
  static constexpr const char* kName = "rubbish";
  static constexpr const char* kMeaning = "Finds nothing, or what cannot be.";
  std::string what = "position";
  static void params(sdk::Params<Rubbish>& p) {
    OnSomeImages<Rubbish>::params(p);
    p.choice("what", &Rubbish::what, "position|label", "What is wrong: no number, or an unknown dendrite.");
  }
  std::vector<sdk::Candidate> run(const sdk::Host&, const sc_stack& stack,
                                  const sc_frame& frame) const override {
    if (!is_theirs(stack) || frame.n_dendrites == 0) return {};
    sdk::Candidate c;
    c.dendrite_id = frame.dendrites[0]->id;
    c.measures.head_um = sdk::point(*frame.dendrites[0], 0);
    if (what == "position") c.measures.head_um[2] = sdk::kNaN;
    if (what == "label") c.dendrite_id = 4711;
    return {c};
  }
};

// Every spine stays; numbered from the end.
struct Unsorted : sdk::Matcher, OnSomeImages<Unsorted> {
  static constexpr const char* kName = "unsorted";
  static constexpr const char* kMeaning =
      "The first session's spines stay, and may be numbered from the end.";
  std::vector<sdk::Track> run(const sdk::Host&, const std::vector<const sc_stack*>& stacks,
                              const std::vector<const sc_frame*>&,
                              const std::vector<const sc_candidates*>& candidates) const override {
    std::vector<sdk::Track> tracks;
    const int n = static_cast<int>(candidates[0]->n_candidates);
    for (int i = 0; i < n; ++i) {
      const sc_candidate& c = *candidates[0]->candidates[i];
      sdk::Site site;
      site.state = SC_PRESENT;
      site.p_present = 1;
      for (std::size_t k = 0; k < 3; ++k) site.ref_um[k] = site.measures.head_um[k] = c.measures->head_um[k];
      sdk::Track t;
      t.spine_id = is_theirs(*stacks[0]) ? n - i : i + 1;
      t.dendrite_id = c.dendrite_id;
      t.arc_um = c.arc_um;
      t.sites.assign(stacks.size(), site);
      t.p_event.assign(stacks.size() - 1, 1);
      tracks.push_back(t);
    }
    return tracks;
  }
};

}  // namespace

SPINECHRON_PLUGIN("rubbish", "1", "For a test.", NoNumbers, Rubbish, Unsorted)
