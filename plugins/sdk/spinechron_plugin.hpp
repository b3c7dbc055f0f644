#pragma once
// The plugin interface in C++17: five small classes to derive from, parameters bound to members, exceptions
// turned into messages. Header-only; it adds nothing to a call but the copies of results that the C interface
// would need as well. See spinechron_plugin.h for what the numbers mean and plugins/README.md for examples.
//
//   struct Threshold : spinechron::sdk::Denoiser {
//     static constexpr const char* kName = "threshold";
//     static constexpr const char* kMeaning = "Sets everything below a level to zero.";
//     double level = 3;
//     static void params(spinechron::sdk::Params<Threshold>& p) {
//       p.number("level", &Threshold::level, {0, 100}, "1", "Photons below which a voxel is dark.");
//     }
//     void run(const spinechron::sdk::Host& host, const sc_stack& in, sc_denoised& out) const override;
//   };
//   SPINECHRON_PLUGIN("threshold", "0.1", "A plugin with one filter.", Threshold)
//
// `run` is const and may be called by many threads at once; a class that cannot bear that says
// `static constexpr bool kReentrant = false;`.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "spinechron_plugin.h"

namespace spinechron::sdk {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
using Point = std::array<double, 3>;  ///< x, y, z in um

/// Thrown to say that the work was cancelled; any other exception is a failure with its what() as message.
struct Cancelled : std::exception {
  const char* what() const noexcept override { return "cancelled"; }
};
/// Thrown where the host refused a result; it knows why.
struct Refused : std::exception {
  const char* what() const noexcept override { return "refused by the host"; }
};

/// What a running stage may ask of spinechron. From any thread while the call lasts.
class Host {
 public:
  explicit Host(const sc_host* host) : host_(host) {}
  bool cancelled() const { return host_->cancelled(host_) != 0; }
  /// To be called now and then in long loops.
  void check_cancelled() const {
    if (cancelled()) throw Cancelled();
  }
  /// Where random numbers come from: the same for the same input.
  std::uint64_t seed() const { return host_->seed; }
  const char* version() const { return host_->version; }
  void debug(const std::string& line) const { host_->log(host_, SC_DEBUG, line.c_str()); }
  void info(const std::string& line) const { host_->log(host_, SC_INFO, line.c_str()); }
  void warn(const std::string& line) const { host_->log(host_, SC_WARNING, line.c_str()); }
  const sc_host* table() const { return host_; }

 private:
  const sc_host* host_;
};

inline std::size_t count(const sc_stack& s) {
  return static_cast<std::size_t>(s.nx) * static_cast<std::size_t>(s.ny) * static_cast<std::size_t>(s.nz);
}
inline std::size_t index(const sc_stack& s, std::size_t x, std::size_t y, std::size_t z) {
  return (z * static_cast<std::size_t>(s.ny) + y) * static_cast<std::size_t>(s.nx) + x;
}
inline Point point(const sc_dendrite& d, std::size_t i) {
  return {d.points_um[3 * i], d.points_um[3 * i + 1], d.points_um[3 * i + 2]};
}

// ---- results: as the structures of the C interface, with owned memory ------------------------------------

struct Dendrite {
  int id = 0;
  int parent = 0;
  std::size_t parent_point = 0;
  std::vector<Point> points_um;
  std::vector<double> radius_um;  ///< as many as points
  double snr = 0;
};

struct Frame {
  bool usable = true;
  std::string reason;
  std::array<double, 9> linear{1, 0, 0, 0, 1, 0, 0, 0, 1};
  Point shift_um{0, 0, 0};
  std::vector<Dendrite> dendrites;
  double arc_step_um = 0.12;
  std::vector<std::vector<double>> arc_from_reference;  ///< one list a dendrite
  std::vector<std::vector<double>> error_um;            ///< same shape
};

struct Measures {
  sc_class kind = SC_UNKNOWN;
  Point head_um{kNaN, kNaN, kNaN}, base_um{kNaN, kNaN, kNaN};
  double length_um = kNaN, head_diameter_um = kNaN, neck_diameter_um = kNaN, volume_um3 = kNaN;
  double brightness = kNaN, snr = kNaN;
};

struct Candidate {
  int dendrite_id = 0;
  double arc_um = 0;
  double p = 0.5;
  sc_side side = SC_LEFT;
  Measures measures;
};

struct Site {
  sc_state state = SC_NOT_ASSESSABLE;
  double p_present = 0;
  Point ref_um{kNaN, kNaN, kNaN};
  Measures measures;
  std::string reason;
};

struct Track {
  int spine_id = 0;
  int dendrite_id = 0;
  sc_side side = SC_LEFT;
  double arc_um = 0;
  std::vector<Site> sites;      ///< one for each session
  std::vector<double> p_event;  ///< one less
};

// ---- the five kinds
// -----------------------------------------------------------------------------------------

class Stage {
 public:
  static constexpr bool kReentrant = true;
  virtual ~Stage() = default;
  /// Called once, after the parameters were set and before the first run. The place to read models.
  virtual void prepare(const Host&) {}
};

class Denoiser : public Stage {
 public:
  static constexpr sc_kind kKind = SC_DENOISE;
  /// Fills out.samples, which has the shape of `in` and is not `in`.
  virtual void run(const Host& host, const sc_stack& in, sc_denoised& out) const = 0;
};

class Segmenter : public Stage {
 public:
  static constexpr sc_kind kKind = SC_SEGMENT;
  virtual std::vector<Dendrite> run(const Host& host, const sc_stack& stack) const = 0;
};

class Aligner : public Stage {
 public:
  static constexpr sc_kind kKind = SC_ALIGN;
  /// One frame for each session, in order.
  virtual std::vector<Frame> run(const Host& host, const std::vector<const sc_stack*>& stacks,
                                 const std::vector<const sc_tracing*>& tracings) const = 0;
};

class Detector : public Stage {
 public:
  static constexpr sc_kind kKind = SC_DETECT;
  virtual std::vector<Candidate> run(const Host& host, const sc_stack& stack,
                                     const sc_frame& frame) const = 0;
};

class Matcher : public Stage {
 public:
  static constexpr sc_kind kKind = SC_MATCH;
  /// Tracks numbered 1, 2, 3 ... in order.
  virtual std::vector<Track> run(const Host& host, const std::vector<const sc_stack*>& stacks,
                                 const std::vector<const sc_frame*>& frames,
                                 const std::vector<const sc_candidates*>& candidates) const = 0;
};

/// Parameters bound to the members of T; the defaults are those of a new T.
template <typename T>
class Params {
 public:
  struct Range {
    double low, high;
  };
  void flag(const char* name, bool T::*field, const char* meaning) {
    add(SC_FLAG(name, fresh_.*field ? 1.0 : 0.0, meaning), field);
  }
  void integer(const char* name, int T::*field, Range r, const char* unit, const char* meaning) {
    add(SC_INTEGER(name, unit, static_cast<double>(fresh_.*field), r.low, r.high, meaning), field);
  }
  void number(const char* name, double T::*field, Range r, const char* unit, const char* meaning) {
    add(SC_NUMBER(name, unit, fresh_.*field, r.low, r.high, meaning), field);
  }
  void text(const char* name, std::string T::*field, const char* meaning) {
    add(SC_TEXT(name, keep(fresh_.*field), meaning), field);
  }
  /// `choices` parted by '|'.
  void choice(const char* name, std::string T::*field, const char* choices, const char* meaning) {
    add(SC_CHOICE(name, keep(fresh_.*field), choices, meaning), field);
  }
  void list(const char* name, std::vector<std::string> T::*field, const char* meaning) {
    std::string joined;
    for (const std::string& item : fresh_.*field) joined += (joined.empty() ? "" : ",") + item;
    add(SC_LIST(name, keep(joined), meaning), field);
  }

  const std::vector<sc_param>& rows() const { return rows_; }
  void assign(T& stage, const sc_value* values) const {
    for (std::size_t i = 0; i < setters_.size(); ++i) setters_[i](stage, values[i]);
  }

 private:
  template <typename Field>
  void add(const sc_param& row, Field T::*field) {
    rows_.push_back(row);
    setters_.push_back([field](T& stage, const sc_value& v) { set(stage.*field, v); });
  }
  const char* keep(std::string text) { return texts_.emplace_back(std::move(text)).c_str(); }
  static void set(bool& field, const sc_value& v) { field = v.integer != 0; }
  static void set(int& field, const sc_value& v) { field = static_cast<int>(v.integer); }
  static void set(double& field, const sc_value& v) { field = v.number; }
  static void set(std::string& field, const sc_value& v) { field = v.text; }
  static void set(std::vector<std::string>& field, const sc_value& v) {
    field.clear();
    std::string item;
    for (const char* c = v.text; *c; ++c) {
      if (*c == '\n') {
        field.push_back(item);
        item.clear();
      } else {
        item += *c;
      }
    }
    if (!item.empty()) field.push_back(item);
  }

  T fresh_{};
  std::vector<sc_param> rows_;
  std::vector<std::function<void(T&, const sc_value&)>> setters_;
  std::deque<std::string> texts_;  // addresses stay
};

// ---- from here on: how it is wired to the C interface
// -------------------------------------------------------

namespace detail {

/// Nothing leaves `work` but a code.
template <typename Work>
std::int32_t guarded(const sc_host* host, Work&& work) noexcept {
  try {
    work();
    return SC_OK;
  } catch (const Cancelled&) {
    return SC_CANCELLED;
  } catch (const Refused&) {
    return SC_REFUSED;
  } catch (const std::bad_alloc&) {
    return host->fail(host, "out of memory");
  } catch (const std::exception& e) {
    return host->fail(host, e.what());
  } catch (...) {
    return host->fail(host, "an exception that is no std::exception");
  }
}

inline void need(std::int32_t code) {
  if (code != SC_OK) throw Refused();
}

inline sc_measures to_c(const Measures& m) {
  sc_measures c{};
  c.size = sizeof(c);
  c.spine_class = static_cast<std::uint32_t>(m.kind);
  for (std::size_t i = 0; i < 3; ++i) {
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

inline sc_dendrite to_c(const Dendrite& d) {
  if (d.radius_um.size() != d.points_um.size())
    throw std::logic_error("dendrite " + std::to_string(d.id) + " has " + std::to_string(d.points_um.size()) +
                           " points and " + std::to_string(d.radius_um.size()) + " radii");
  sc_dendrite c{};
  c.size = sizeof(c);
  c.id = d.id;
  c.parent = d.parent;
  c.parent_point = d.parent_point;
  c.n_points = d.points_um.size();
  c.points_um = d.points_um.empty() ? nullptr : d.points_um.front().data();
  c.radius_um = d.radius_um.data();
  c.snr = d.snr;
  return c;
}

inline void hand_in(const sc_host* host, const Dendrite& d) {
  const sc_dendrite c = to_c(d);
  need(host->add_dendrite(host, &c));
}

inline void hand_in(const sc_host* host, const Frame& f) {
  const std::size_t n = f.dendrites.size();
  if (f.arc_from_reference.size() != n || (!f.error_um.empty() && f.error_um.size() != n))
    throw std::logic_error("a frame must have one list of arcs for each dendrite");
  std::vector<sc_dendrite> dendrites;
  std::vector<const sc_dendrite*> pointers;
  std::vector<std::uint64_t> n_arcs;
  std::vector<const double*> arcs, errors;
  dendrites.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    dendrites.push_back(to_c(f.dendrites[i]));
    pointers.push_back(&dendrites.back());
    n_arcs.push_back(f.arc_from_reference[i].size());
    arcs.push_back(f.arc_from_reference[i].data());
    const bool known = !f.error_um.empty();
    if (known && f.error_um[i].size() != f.arc_from_reference[i].size())
      throw std::logic_error("a frame's error_um must have the shape of its arc_from_reference");
    errors.push_back(known ? f.error_um[i].data() : nullptr);
  }
  sc_frame c{};
  c.size = sizeof(c);
  c.usable = f.usable ? 1 : 0;
  c.reason = f.reason.c_str();
  for (std::size_t i = 0; i < 9; ++i) c.linear[i] = f.linear[i];
  for (std::size_t i = 0; i < 3; ++i) c.shift_um[i] = f.shift_um[i];
  c.n_dendrites = n;
  c.dendrites = pointers.data();
  c.arc_step_um = f.arc_step_um;
  c.n_arcs = n_arcs.data();
  c.arc_from_reference = arcs.data();
  c.error_um = errors.data();
  need(host->add_frame(host, &c));
}

inline void hand_in(const sc_host* host, const Candidate& s) {
  const sc_measures m = to_c(s.measures);
  sc_candidate c{};
  c.size = sizeof(c);
  c.dendrite_id = s.dendrite_id;
  c.arc_um = s.arc_um;
  c.p = s.p;
  c.side = static_cast<std::uint32_t>(s.side);
  c.measures = &m;
  need(host->add_candidate(host, &c));
}

inline void hand_in(const sc_host* host, const Track& t) {
  if (t.p_event.size() + 1 < t.sites.size())
    throw std::logic_error("track " + std::to_string(t.spine_id) + " needs a p_event for each interval");
  std::vector<sc_measures> measures;
  std::vector<sc_site> sites;
  std::vector<const sc_site*> pointers;
  measures.reserve(t.sites.size());
  sites.reserve(t.sites.size());
  for (const Site& s : t.sites) {
    measures.push_back(to_c(s.measures));
    sc_site c{};
    c.size = sizeof(c);
    c.state = static_cast<std::uint32_t>(s.state);
    c.p_present = s.p_present;
    for (std::size_t i = 0; i < 3; ++i) c.ref_um[i] = s.ref_um[i];
    c.measures = &measures.back();
    c.reason = s.reason.c_str();
    sites.push_back(c);
    pointers.push_back(&sites.back());
  }
  sc_track c{};
  c.size = sizeof(c);
  c.spine_id = t.spine_id;
  c.dendrite_id = t.dendrite_id;
  c.side = static_cast<std::uint32_t>(t.side);
  c.arc_um = t.arc_um;
  c.n_sites = sites.size();
  c.sites = pointers.data();
  c.p_event = t.p_event.data();
  need(host->add_track(host, &c));
}

/// The descriptor of one class.
template <typename T>
class Descriptor {
 public:
  static const sc_stage* get() {
    static const Descriptor it;
    return &it.stage_;
  }
  static const Params<T>& params() {
    static const Params<T> it = [] {
      Params<T> p;
      if constexpr (has_params(static_cast<T*>(nullptr))) T::params(p);
      return p;
    }();
    return it;
  }

 private:
  template <typename U>
  static constexpr auto has_params(U*) -> decltype(U::params(std::declval<Params<U>&>()), true) {
    return true;
  }
  static constexpr bool has_params(...) { return false; }

  // Every run asks once whether it was cancelled, so that short stages need not.
  template <typename Work>
  static std::int32_t run(void* self, const sc_host* host, Work&& work) noexcept {
    return guarded(host, [&] {
      const Host h(host);
      h.check_cancelled();
      work(*static_cast<const T*>(self), h);
    });
  }
  template <typename Items>
  static void hand_in_all(const sc_host* host, const Items& items) {
    for (const auto& item : items) hand_in(host, item);
  }

  static std::int32_t create(const sc_host* host, const sc_value* values, void** instance) noexcept {
    return guarded(host, [&] {
      auto stage = std::make_unique<T>();
      params().assign(*stage, values);
      stage->prepare(Host(host));
      *instance = stage.release();
    });
  }
  static void destroy(void* instance) noexcept { delete static_cast<T*>(instance); }
  static std::int32_t denoise(void* self, const sc_host* host, const sc_stack* in,
                              sc_denoised* out) noexcept {
    return run(self, host, [&](const T& stage, const Host& h) { stage.run(h, *in, *out); });
  }
  static std::int32_t segment(void* self, const sc_host* host, const sc_stack* stack) noexcept {
    return run(self, host, [&](const T& stage, const Host& h) { hand_in_all(host, stage.run(h, *stack)); });
  }
  static std::int32_t align(void* self, const sc_host* host, std::uint64_t n, const sc_stack* const* stacks,
                            const sc_tracing* const* tracings) noexcept {
    return run(self, host, [&](const T& stage, const Host& h) {
      hand_in_all(host, stage.run(h, {stacks, stacks + n}, {tracings, tracings + n}));
    });
  }
  static std::int32_t detect(void* self, const sc_host* host, const sc_stack* stack,
                             const sc_frame* frame) noexcept {
    return run(self, host,
               [&](const T& stage, const Host& h) { hand_in_all(host, stage.run(h, *stack, *frame)); });
  }
  static std::int32_t match(void* self, const sc_host* host, std::uint64_t n, const sc_stack* const* stacks,
                            const sc_frame* const* frames, const sc_candidates* const* candidates) noexcept {
    return run(self, host, [&](const T& stage, const Host& h) {
      hand_in_all(host,
                  stage.run(h, {stacks, stacks + n}, {frames, frames + n}, {candidates, candidates + n}));
    });
  }

  Descriptor() {
    stage_.size = sizeof(stage_);
    stage_.kind = static_cast<std::uint32_t>(T::kKind);
    stage_.name = T::kName;
    stage_.meaning = T::kMeaning;
    stage_.flags = T::kReentrant ? static_cast<std::uint32_t>(SC_STAGE_REENTRANT) : 0U;
    stage_.n_params = static_cast<std::uint32_t>(params().rows().size());
    stage_.params = params().rows().data();
    stage_.create = create;
    stage_.destroy = destroy;
    if constexpr (T::kKind == SC_DENOISE) stage_.denoise = denoise;
    if constexpr (T::kKind == SC_SEGMENT) stage_.segment = segment;
    if constexpr (T::kKind == SC_ALIGN) stage_.align = align;
    if constexpr (T::kKind == SC_DETECT) stage_.detect = detect;
    if constexpr (T::kKind == SC_MATCH) stage_.match = match;
  }

  sc_stage stage_{};
};

template <typename... Stages>
const sc_plugin* plugin(const char* name, const char* version, const char* meaning) noexcept {
  try {
    static const sc_stage* const stages[] = {Descriptor<Stages>::get()...};
    static const sc_plugin it{sizeof(sc_plugin),
                              SPINECHRON_ABI_MAJOR,
                              SPINECHRON_ABI_MINOR,
                              sizeof...(Stages),
                              name,
                              version,
                              meaning,
                              stages};
    return &it;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace detail
}  // namespace spinechron::sdk

/// SPINECHRON_PLUGIN("name", "version", "meaning", StageClass...): the plugin's entry point. Once, in one
/// file.
#define SPINECHRON_PLUGIN(name, version, meaning, ...)                                        \
  extern "C" SPINECHRON_EXPORT const sc_plugin* spinechron_plugin_entry(uint32_t, uint32_t) { \
    return spinechron::sdk::detail::plugin<__VA_ARGS__>(name, version, meaning);              \
  }
