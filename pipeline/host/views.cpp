#include "host/views.hpp"

namespace spinechron::host {

static_assert(sizeof(Vec3) == 3 * sizeof(double), "a Curve is handed out as x y z x y z ...");
static_assert(int(Side::left) == SC_LEFT && int(Side::right) == SC_RIGHT);
static_assert(int(SpineClass::mushroom) == SC_MUSHROOM && int(SpineClass::thin) == SC_THIN &&
              int(SpineClass::stubby) == SC_STUBBY && int(SpineClass::filopodium) == SC_FILOPODIUM &&
              int(SpineClass::unknown) == SC_UNKNOWN);
static_assert(int(State::present) == SC_PRESENT && int(State::absent) == SC_ABSENT &&
              int(State::not_assessable) == SC_NOT_ASSESSABLE);

sc_stack view_of(const Stack& stack) {
  const Image& image = stack.image;
  const NoiseModel& n = stack.noise;
  sc_stack c{};
  c.size = sizeof(c);
  c.nx = image.size().x;
  c.ny = image.size().y;
  c.nz = image.size().z;
  for (int i = 0; i < 3; ++i) c.voxel_um[i] = image.voxel_um()[i];
  c.samples = image.data();
  c.gain = n.gain;
  c.offset = n.offset;
  c.read_sigma = n.read_sigma;
  c.row_correlation = n.row_correlation;
  c.column_correlation = n.column_correlation;
  c.clipped_fraction = n.clipped_fraction;
  c.saturated_fraction = n.saturated_fraction;
  c.lateral_sigma_um = stack.optics.lateral_sigma_um;
  c.axial_sigma_um = stack.optics.axial_sigma_um;
  c.motion_um = stack.motion_um;
  return c;
}

sc_measures measures_view(const SpineMeasures& m) {
  sc_measures c{};
  c.size = sizeof(c);
  c.spine_class = static_cast<uint32_t>(m.kind);
  for (int i = 0; i < 3; ++i) {
    c.head_um[i] = m.head_um[i];
    c.base_um[i] = m.base_um[i];
  }
  c.length_um = m.length_um;
  c.head_diameter_um = m.head_diameter_um;
  c.neck_diameter_um = m.neck_diameter_um;
  c.volume_um3 = m.volume_um3;
  c.brightness = m.brightness;
  c.snr = m.snr;
  return c;
}

TracingView::TracingView(const Tracing& tracing) {
  dendrites_.reserve(tracing.size());
  for (const Dendrite& d : tracing) {
    sc_dendrite c{};
    c.size = sizeof(c);
    c.id = d.id;
    c.parent = d.parent;
    c.parent_point = d.parent_point;
    c.n_points = d.centreline.size();
    c.points_um = d.centreline.empty() ? nullptr : d.centreline.front().data();
    c.radius_um = d.radius_um.data();
    c.snr = d.snr;
    dendrites_.push_back(c);
    pointers_.push_back(&dendrites_.back());
  }
  tracing_.size = sizeof(tracing_);
  tracing_.n_dendrites = pointers_.size();
  tracing_.dendrites = pointers_.data();
}

FrameView::FrameView(const Frame& frame) : dendrites_(frame.dendrites) {
  for (const auto& arcs : frame.arc_from_reference) {
    n_arcs_.push_back(arcs.size());
    arcs_.push_back(arcs.data());
  }
  for (const auto& errors : frame.error_um) errors_.push_back(errors.data());
  // A frame that is not usable may lack its tables: then there are dendrites without arcs.
  n_arcs_.resize(frame.dendrites.size(), 0);
  arcs_.resize(frame.dendrites.size(), nullptr);
  errors_.resize(frame.dendrites.size(), nullptr);

  frame_.size = sizeof(frame_);
  frame_.usable = frame.usable ? 1 : 0;
  frame_.reason = frame.reason.c_str();
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) frame_.linear[3 * i + j] = frame.reference_from_session.linear(i, j);
    frame_.shift_um[i] = frame.reference_from_session.shift_um[i];
  }
  frame_.n_dendrites = dendrites_.get()->n_dendrites;
  frame_.dendrites = dendrites_.get()->dendrites;
  frame_.arc_step_um = frame.arc_step_um;
  frame_.n_arcs = n_arcs_.data();
  frame_.arc_from_reference = arcs_.data();
  frame_.error_um = errors_.data();
}

CandidatesView::CandidatesView(const std::vector<Candidate>& candidates) {
  measures_.reserve(candidates.size());
  items_.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    measures_.push_back(measures_view(candidate.measures));
    sc_candidate c{};
    c.size = sizeof(c);
    c.dendrite_id = candidate.dendrite_id;
    c.arc_um = candidate.arc_um;
    c.p = candidate.p;
    c.side = static_cast<uint32_t>(candidate.side);
    c.measures = &measures_.back();
    items_.push_back(c);
    pointers_.push_back(&items_.back());
  }
  candidates_.size = sizeof(candidates_);
  candidates_.n_candidates = pointers_.size();
  candidates_.candidates = pointers_.data();
}

}  // namespace spinechron::host
