#include "host/accept.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/geometry.hpp"
#include "host/least_size.hpp"

namespace spinechron::host {
namespace {

constexpr size_t kMostPoints = size_t{1} << 24;
constexpr size_t kLongestReason = 500;

void need_finite(double value, const std::string& what) {
  if (!std::isfinite(value)) throw Error("{} is {}; it must be a finite number", what, value);
}

void need_share(double value, const std::string& what) {
  if (!(value >= 0 && value <= 1)) throw Error("{} is {}; it must lie between 0 and 1", what, value);
}

void need_pointer(const void* pointer, const std::string& what) {
  if (!pointer) throw Error("{} is NULL", what);
}

template <typename T>
void need_size(const T& item, const std::string& what) {
  if (item.size < kLeastSize<T>)
    throw Error("{}: it is {} bytes and should be {}; set its size to sizeof", what, item.size,
                kLeastSize<T>);
}

// Half a voxel beyond the outermost centres, and rounding.
void need_inside(const Vec3& p, const Image& image, const std::string& what) {
  for (int i = 0; i < 3; ++i) need_finite(p[i], what);
  const Vec3 end = image.extent_um() + 0.501 * image.voxel_um();
  const Vec3 begin = -0.501 * image.voxel_um();
  if ((p.array() < begin.array()).any() || (p.array() > end.array()).any())
    throw Error(
        "{} is ({:.3f}, {:.3f}, {:.3f}) um, outside the image, which ends at ({:.3f}, {:.3f}, {:.3f}) um",
        what, p.x(), p.y(), p.z(), end.x(), end.y(), end.z());
}

const Dendrite* dendrite_of(const Tracing& tracing, int id) {
  const auto it = std::find_if(tracing.begin(), tracing.end(), [&](const auto& d) { return d.id == id; });
  return it == tracing.end() ? nullptr : &*it;
}

SpineMeasures accept_measures(const sc_measures* c, const std::string& what) {
  need_pointer(c, what + ": its measures");
  need_size(*c, what + ": its measures");
  if (c->spine_class > SC_UNKNOWN)
    throw Error("{}: its class is {}; it must be one of sc_class", what, c->spine_class);
  const std::pair<double, const char*> lengths[] = {{c->length_um, "length_um"},
                                                    {c->head_diameter_um, "head_diameter_um"},
                                                    {c->neck_diameter_um, "neck_diameter_um"},
                                                    {c->volume_um3, "volume_um3"}};
  for (const auto& [value, name] : lengths)
    if (value < 0 || std::isinf(value))
      throw Error("{}: its {} is {}; it must be 0 or more, or NaN if not measured", what, name, value);
  if (std::isinf(c->brightness) || std::isinf(c->snr))
    throw Error("{}: its brightness or snr is infinite; give NaN for what is not measured", what);
  SpineMeasures m;
  m.head_um = Vec3(c->head_um[0], c->head_um[1], c->head_um[2]);
  m.base_um = Vec3(c->base_um[0], c->base_um[1], c->base_um[2]);
  m.length_um = c->length_um;
  m.head_diameter_um = c->head_diameter_um;
  m.neck_diameter_um = c->neck_diameter_um;
  m.volume_um3 = c->volume_um3;
  m.brightness = c->brightness;
  m.snr = c->snr;
  m.kind = static_cast<SpineClass>(c->spine_class);
  return m;
}

Side accept_side(uint32_t side, const std::string& what) {
  if (side > SC_RIGHT) throw Error("{}: its side is {}; it must be SC_LEFT or SC_RIGHT", what, side);
  return static_cast<Side>(side);
}

std::string accept_reason(const char* reason, bool wanted, const std::string& what) {
  const std::string text = reason ? std::string(reason, strnlen(reason, kLongestReason)) : std::string();
  if (wanted && text.empty()) throw Error("{} gives no reason for that; say it in a few words", what);
  return text;
}

bool equal_steps(const std::vector<double>& arcs_um) {
  const double step = arcs_um.back() / static_cast<double>(arcs_um.size() - 1);
  for (size_t i = 1; i < arcs_um.size(); ++i)
    if (std::abs(arcs_um[i] - arcs_um[i - 1] - step) > 0.05 * step) return false;
  return true;
}

// Linear in arc; `arcs_um` ascends.
double radius_at(const std::vector<double>& arcs_um, const double* radius_um, double arc_um) {
  const auto it = std::upper_bound(arcs_um.begin(), arcs_um.end(), arc_um);
  if (it == arcs_um.begin()) return radius_um[0];
  if (it == arcs_um.end()) return radius_um[arcs_um.size() - 1];
  const auto j = static_cast<size_t>(it - arcs_um.begin());
  const double t = (arc_um - arcs_um[j - 1]) / (arcs_um[j] - arcs_um[j - 1]);
  return radius_um[j - 1] + t * (radius_um[j] - radius_um[j - 1]);
}

// Checked shape of one dendrite as it was handed in.
Dendrite read_dendrite(const sc_dendrite& c, const Image& image, const std::string& what) {
  if (c.n_points < 2 || c.n_points > kMostPoints)
    throw Error("{} has {} points; it must have 2 or more", what, c.n_points);
  need_pointer(c.points_um, what + ": points_um");
  need_pointer(c.radius_um, what + ": radius_um");
  if (!(c.snr >= 0) || std::isinf(c.snr)) throw Error("{}: its snr is {}; it must be 0 or more", what, c.snr);
  Dendrite d;
  d.id = c.id;
  d.snr = c.snr;
  d.centreline.reserve(c.n_points);
  for (size_t i = 0; i < c.n_points; ++i) {
    const Vec3 p(c.points_um[3 * i], c.points_um[3 * i + 1], c.points_um[3 * i + 2]);
    need_inside(p, image, fmt::format("{}: point {}", what, i));
    if (i && (p - d.centreline.back()).norm() < 1e-9)
      throw Error("{}: points {} and {} are the same; leave one out", what, i - 1, i);
    if (!(c.radius_um[i] > 0) || std::isinf(c.radius_um[i]))
      throw Error("{}: its radius at point {} is {}; it must be above 0", what, i, c.radius_um[i]);
    d.centreline.push_back(p);
  }
  d.radius_um.assign(c.radius_um, c.radius_um + c.n_points);
  return d;
}

}  // namespace

Dendrite accept_dendrite(const sc_dendrite& c, const Image& image, const Tracing& earlier,
                         std::vector<std::vector<double>>& plugin_arcs_um) {
  const std::string what = fmt::format("dendrite {}", c.id);
  if (c.id < 1 || (!earlier.empty() && c.id <= earlier.back().id))
    throw Error("{} comes after dendrite {}; ids must be 1 or more and ascend", what,
                earlier.empty() ? 0 : earlier.back().id);
  Dendrite d = read_dendrite(c, image, what);
  const std::vector<double> arcs = arcs_um(d.centreline);
  if (!equal_steps(arcs)) {
    Curve even = resample(d.centreline, kCentrelineStep_um);
    if (even.size() < 2) throw Error("{} is {:.3f} um long, too short for a dendrite", what, arcs.back());
    d.radius_um.clear();
    for (size_t i = 0; i < even.size(); ++i)
      d.radius_um.push_back(radius_at(arcs, c.radius_um, static_cast<double>(i) * kCentrelineStep_um));
    d.centreline = std::move(even);
  }
  if (c.parent != 0) {
    const Dendrite* parent = dendrite_of(earlier, c.parent);
    if (!parent)
      throw Error("{} names dendrite {} as its parent, which was not handed in before it", what, c.parent);
    const auto& parent_arcs = plugin_arcs_um[static_cast<size_t>(parent - earlier.data())];
    if (c.parent_point >= parent_arcs.size())
      throw Error("{} begins at point {} of its parent, which has {}", what, c.parent_point,
                  parent_arcs.size());
    d.parent = c.parent;
    const double share = parent_arcs[c.parent_point] / parent_arcs.back();
    d.parent_point =
        static_cast<size_t>(std::lround(share * static_cast<double>(parent->centreline.size() - 1)));
  }
  plugin_arcs_um.push_back(arcs);
  return d;
}

Frame accept_frame(const sc_frame& c, const Image& image, const Frame* first) {
  Frame f;
  f.usable = c.usable != 0;
  f.reason = accept_reason(c.reason, !f.usable, "a frame that is not usable");
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      need_finite(c.linear[3 * i + j], "a frame's linear part");
      f.reference_from_session.linear(i, j) = c.linear[3 * i + j];
    }
    need_finite(c.shift_um[i], "a frame's shift_um");
    f.reference_from_session.shift_um[i] = c.shift_um[i];
  }
  if (const double det = f.reference_from_session.linear.determinant(); !(std::abs(det) > 1e-6))
    throw Error("a frame's linear part has the determinant {}; it must be possible to go back", det);
  if (!f.usable) return f;

  if (!(c.arc_step_um > 0) || std::isinf(c.arc_step_um))
    throw Error("a frame's arc_step_um is {}; it must be above 0", c.arc_step_um);
  f.arc_step_um = c.arc_step_um;
  if (first && first->arc_step_um != f.arc_step_um)
    throw Error("a frame's arc_step_um is {}, and {} in the one before; it must be the same", f.arc_step_um,
                first->arc_step_um);
  if (first && first->dendrites.size() != c.n_dendrites)
    throw Error("a frame has {} dendrites, and the first usable one {}; they must be the same", c.n_dendrites,
                first->dendrites.size());
  if (c.n_dendrites == 0) return f;
  need_pointer(c.dendrites, "a frame's dendrites");
  need_pointer(c.n_arcs, "a frame's n_arcs");
  need_pointer(c.arc_from_reference, "a frame's arc_from_reference");
  std::vector<std::vector<double>> plugin_arcs;
  for (size_t k = 0; k < c.n_dendrites; ++k) {
    need_pointer(c.dendrites[k], fmt::format("dendrite {} of a frame", k + 1));
    need_size(*c.dendrites[k], fmt::format("dendrite {} of a frame", k + 1));
    f.dendrites.push_back(accept_dendrite(*c.dendrites[k], image, f.dendrites, plugin_arcs));
    const std::string what = fmt::format("a frame's dendrite {}", f.dendrites.back().id);
    if (first && first->dendrites[k].id != f.dendrites.back().id)
      throw Error("{} stands where the first usable frame has dendrite {}; the order must be the same", what,
                  first->dendrites[k].id);
    const size_t n = c.n_arcs[k];
    if (first && first->arc_from_reference[k].size() != n)
      throw Error("{} has {} arc positions, and {} in the first usable frame; they must be as many", what, n,
                  first->arc_from_reference[k].size());
    if (n > kMostPoints) throw Error("{} has {} arc positions, too many", what, n);
    if (n) need_pointer(c.arc_from_reference[k], what + ": its arc_from_reference");
    const double* arcs = c.arc_from_reference[k];
    const double* errors = c.error_um ? c.error_um[k] : nullptr;
    double last = -std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < n; ++i) {
      if (std::isnan(arcs[i])) continue;
      if (std::isinf(arcs[i]) || arcs[i] < last)
        throw Error("{}: its arc position {} is {} after {}; they must ascend, or be NaN where not shown",
                    what, i, arcs[i], last);
      if (errors && !(errors[i] >= 0))
        throw Error("{}: the standard error of its arc position {} is {}", what, i, errors[i]);
      last = arcs[i];
    }
    f.arc_from_reference.emplace_back(arcs, arcs + n);
    if (errors)
      f.error_um.emplace_back(errors, errors + n);
    else
      f.error_um.emplace_back(n, 0.0);
  }
  return f;
}

Candidate accept_candidate(const sc_candidate& c, const Image& image, const Frame& frame) {
  const std::string what = fmt::format("a candidate at arc {} um of dendrite {}", c.arc_um, c.dendrite_id);
  const Dendrite* d = dendrite_of(frame.dendrites, c.dendrite_id);
  if (!d) throw Error("{}: the frame has no such dendrite", what);
  need_finite(c.arc_um, what + ": its arc_um");
  const double length = length_um(d->centreline);
  if (c.arc_um < -0.5 || c.arc_um > length + 0.5)
    throw Error("{}: the dendrite goes from 0 to {:.3f} um", what, length);
  need_share(c.p, what + ": its p");
  Candidate out;
  out.dendrite_id = c.dendrite_id;
  out.arc_um = std::clamp(c.arc_um, 0.0, length);
  out.side = accept_side(c.side, what);
  out.p = c.p;
  out.measures = accept_measures(c.measures, what);
  need_inside(out.measures.head_um, image, what + ": its head_um");
  if (!out.measures.base_um.array().isNaN().all())
    need_inside(out.measures.base_um, image, what + ": its base_um");
  return out;
}

Track accept_track(const sc_track& c, size_t count, const std::vector<Frame>& frames) {
  const std::string what = fmt::format("track {}", c.spine_id);
  if (c.spine_id < 1 || static_cast<size_t>(c.spine_id) != count + 1)
    throw Error("{} was handed in where track {} was due; they must be numbered 1, 2, 3 ... in order", what,
                count + 1);
  const bool known = std::any_of(frames.begin(), frames.end(), [&](const Frame& f) {
    return dendrite_of(f.dendrites, c.dendrite_id) != nullptr;
  });
  if (!known) throw Error("{} lies on dendrite {}, which no frame has", what, c.dendrite_id);
  need_finite(c.arc_um, what + ": its arc_um");
  if (c.n_sites != frames.size())
    throw Error("{} has {} sites for {} sessions; there must be one for each", what, c.n_sites,
                frames.size());
  need_pointer(c.sites, what + ": its sites");
  Track t;
  t.spine_id = c.spine_id;
  t.dendrite_id = c.dendrite_id;
  t.arc_um = c.arc_um;
  t.side = accept_side(c.side, what);
  for (size_t i = 0; i < c.n_sites; ++i) {
    const std::string where = fmt::format("{}, session {}", what, i + 1);
    const sc_site* s = c.sites[i];
    need_pointer(s, where);
    need_size(*s, where);
    if (s->state > SC_NOT_ASSESSABLE)
      throw Error("{}: its state is {}; it must be one of sc_state", where, s->state);
    need_share(s->p_present, where + ": its p_present");
    Track::InSession in;
    in.state = static_cast<State>(s->state);
    in.p_present = s->p_present;
    in.measures = accept_measures(s->measures, where);
    in.ref_um = Vec3(s->ref_um[0], s->ref_um[1], s->ref_um[2]);
    in.reason = accept_reason(s->reason, in.state == State::not_assessable, where + " is not assessable and");
    if (in.state != State::not_assessable)
      for (int k = 0; k < 3; ++k) {
        need_finite(in.measures.head_um[k], where + ": its head_um");
        need_finite(in.ref_um[k], where + ": its ref_um");
      }
    t.sessions.push_back(std::move(in));
  }
  if (c.n_sites > 1) need_pointer(c.p_event, what + ": its p_event");
  for (size_t i = 0; i + 1 < c.n_sites; ++i) {
    need_share(c.p_event[i], fmt::format("{}: its p_event {}", what, i + 1));
    t.p_event.push_back(c.p_event[i]);
  }
  return t;
}

Stack accept_denoised(const sc_denoised& c, Image image) {
  // Not a number and infinite are all exponents full: an integer loop that compilers vectorise.
  const float* samples = image.data();
  const size_t n = image.size().count();
  constexpr uint32_t kFull = 0x7f800000U;
  uint32_t bad = 0;
  for (size_t i = 0; i < n; ++i) {
    uint32_t bits;
    std::memcpy(&bits, samples + i, sizeof(bits));
    bad |= static_cast<uint32_t>((bits & kFull) == kFull);
  }
  if (bad) {
    const auto at = static_cast<size_t>(
        std::find_if(samples, samples + n, [](float v) { return !std::isfinite(v); }) - samples);
    const auto count = std::count_if(samples, samples + n, [](float v) { return !std::isfinite(v); });
    const Size3& s = image.size();
    throw Error(
        "{} of {} voxels of its image are not written or not finite, the first at column {}, row {}, "
        "slice {}",
        count, n, at % s.x, at / s.x % s.y, at / (s.x * s.y));
  }
  const std::pair<double, const char*> positive[] = {
      {c.gain, "gain"}, {c.lateral_sigma_um, "lateral_sigma_um"}, {c.axial_sigma_um, "axial_sigma_um"}};
  for (const auto& [value, name] : positive)
    if (!(value > 0) || std::isinf(value)) throw Error("its {} is {}; it must be above 0", name, value);
  need_finite(c.offset, "its offset");
  if (!(c.read_sigma >= 0) || std::isinf(c.read_sigma))
    throw Error("its read_sigma is {}; it must be 0 or more", c.read_sigma);
  if (!(c.motion_um >= 0) || std::isinf(c.motion_um))
    throw Error("its motion_um is {}; it must be 0 or more", c.motion_um);
  for (const double r : {c.row_correlation, c.column_correlation})
    if (!(r >= -1 && r <= 1)) throw Error("a correlation of its noise is {}; it must lie in -1 to 1", r);
  need_share(c.clipped_fraction, "its clipped_fraction");
  need_share(c.saturated_fraction, "its saturated_fraction");
  Stack out;
  out.image = std::move(image);
  out.noise = {c.gain,
               c.offset,
               c.read_sigma,
               c.row_correlation,
               c.column_correlation,
               c.clipped_fraction,
               c.saturated_fraction};
  out.optics = {c.lateral_sigma_um, c.axial_sigma_um};
  out.motion_um = c.motion_um;
  return out;
}

}  // namespace spinechron::host
