#include "host/probe.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

#include "host/views.hpp"

namespace spinechron::host {
namespace {

// A small generator of its own, so that scenes are the same everywhere.
struct Noise {
  uint64_t state;
  double operator()() {  // 0 to 1
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 40) / static_cast<double>(1 << 24);
  }
};

class Bytes {
 public:
  template <typename T>
  Bytes& operator<<(const T& value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    out_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return *this;
  }
  Bytes& operator<<(const std::string& text) {
    *this << text.size();
    out_ += text;
    return *this;
  }
  Bytes& operator<<(const Vec3& p) { return *this << p.x() << p.y() << p.z(); }
  Bytes& operator<<(const std::vector<double>& values) {
    *this << values.size();
    for (double v : values) *this << v;
    return *this;
  }
  Bytes& operator<<(const Stack& s) {
    out_.append(reinterpret_cast<const char*>(s.image.data()), s.image.size().count() * sizeof(float));
    return *this << s.noise.gain << s.noise.offset << s.noise.read_sigma << s.optics.lateral_sigma_um
                 << s.optics.axial_sigma_um << s.motion_um;
  }
  Bytes& operator<<(const Tracing& tracing) {
    *this << tracing.size();
    for (const Dendrite& d : tracing) {
      *this << d.id << d.parent << d.parent_point << d.snr << d.radius_um;
      for (const Vec3& p : d.centreline) *this << p;
    }
    return *this;
  }
  Bytes& operator<<(const Frame& f) {
    *this << f.usable << f.reason << f.reference_from_session.shift_um << f.arc_step_um << f.dendrites;
    for (int i = 0; i < 9; ++i) *this << f.reference_from_session.linear(i / 3, i % 3);
    for (const auto& arcs : f.arc_from_reference) *this << arcs;
    for (const auto& errors : f.error_um) *this << errors;
    return *this;
  }
  Bytes& operator<<(const SpineMeasures& m) {
    return *this << m.head_um << m.base_um << m.length_um << m.head_diameter_um << m.neck_diameter_um
                 << m.volume_um3 << m.brightness << m.snr << m.kind;
  }
  Bytes& operator<<(const Candidate& c) {
    return *this << c.dendrite_id << c.arc_um << c.side << c.p << c.measures;
  }
  Bytes& operator<<(const Track& t) {
    *this << t.spine_id << t.dendrite_id << t.arc_um << t.side << t.p_event;
    for (const auto& s : t.sessions) *this << s.state << s.p_present << s.measures << s.ref_um << s.reason;
    return *this;
  }
  const std::string& text() const { return out_; }

 private:
  std::string out_;
};

std::vector<const Stack*> pointers(const Scene& scene) {
  std::vector<const Stack*> out;
  for (const Stack& s : scene.stacks) out.push_back(&s);
  return out;
}

Stack copy(const Stack& s) {
  return {s.image.clone(), s.noise, s.optics, s.motion_um};
}

void draw(Image& image, const Dendrite& d, const std::vector<Candidate>& spines, Noise noise) {
  const Size3 n = image.size();
  const Vec3 v = image.voxel_um();
  // A Gaussian is a product: one table an axis instead of an exponential a voxel.
  const auto along = [&](size_t count, int axis, double centre_um) {
    std::vector<double> table(count);
    for (size_t i = 0; i < count; ++i) {
      const double off = (static_cast<double>(i) * v[axis] - centre_um) / (axis == 2 ? 0.9 : 0.25);
      table[i] = std::exp(-0.5 * off * off);
    }
    return table;
  };
  struct Blob {
    std::vector<double> x, y, z;
  };
  std::vector<Blob> blobs;
  if (!d.centreline.empty()) {
    const Vec3& at = d.centreline.front();
    blobs.push_back({std::vector<double>(n.x, 20), along(n.y, 1, at.y()), along(n.z, 2, at.z())});
  }
  for (const Candidate& c : spines) {
    const Vec3& at = c.measures.head_um;
    blobs.push_back({along(n.x, 0, at.x()), along(n.y, 1, at.y()), along(n.z, 2, at.z())});
    for (double& height : blobs.back().x) height *= 8;
  }
  for (size_t z = 0; z < n.z; ++z)
    for (size_t y = 0; y < n.y; ++y)
      for (size_t x = 0; x < n.x; ++x) {
        double value = noise();
        for (const Blob& b : blobs) value += b.x[x] * b.y[y] * b.z[z];
        image.at(x, y, z) = static_cast<float>(value);
      }
}

}  // namespace

Scene make_scene(const std::string& name, Size3 size, const Vec3& voxel_um, size_t sessions,
                 unsigned variant) {
  Scene scene;
  scene.name = fmt::format("{} ({} x {} x {})", name, size.x, size.y, size.z);
  for (size_t s = 0; s < sessions; ++s) {
    Stack stack;
    stack.image = Image(size, voxel_um);
    stack.noise.gain = 1;
    stack.noise.read_sigma = 0.3;
    const Vec3 end = stack.image.extent_um();
    Dendrite d;
    std::vector<Candidate> spines;
    if (end.x() >= 0.5) {
      d.id = 1;
      d.snr = 12;
      const double y = end.y() * (0.5 + 0.02 * variant);
      for (size_t i = 0; static_cast<double>(i) * 0.12 <= end.x(); ++i) {
        d.centreline.emplace_back(static_cast<double>(i) * 0.12, y, end.z() / 2);
        d.radius_um.push_back(0.35);
      }
      for (const double share : {0.3, 0.7}) {
        Candidate c;
        c.dendrite_id = 1;
        c.arc_um = share * 0.12 * static_cast<double>(d.centreline.size() - 1);
        c.side = share < 0.5 ? Side::left : Side::right;
        c.p = 0.8;
        c.measures.head_um = at_arc(d.centreline, 0.12, c.arc_um);
        c.measures.base_um = c.measures.head_um;
        c.measures.head_um.y() += (share < 0.5 ? 0.4 : -0.4) * end.y();
        c.measures.length_um = 0.4 * end.y();
        c.measures.head_diameter_um = 0.5;
        c.measures.brightness = 0.4;
        c.measures.snr = 6;
        c.measures.kind = SpineClass::thin;
        spines.push_back(c);
      }
    }
    draw(stack.image, d, spines, Noise{1000003ULL * (variant + 1) + s});
    Frame frame;
    if (d.id) {
      frame.dendrites = {d};
      std::vector<double> arcs;
      for (size_t i = 0; i < d.centreline.size(); ++i) arcs.push_back(static_cast<double>(i) * 0.12);
      frame.error_um.emplace_back(arcs.size(), 0.05);
      frame.arc_from_reference.push_back(std::move(arcs));
    }
    scene.tracings.push_back(frame.dendrites);
    scene.frames.push_back(std::move(frame));
    scene.stacks.push_back(std::move(stack));
    scene.candidates.push_back(std::move(spines));
  }
  return scene;
}

Scene make_blank_scene() {
  Scene scene = make_scene("an empty image", {24, 20, 5}, {0.12, 0.12, 0.75}, 2);
  for (Stack& s : scene.stacks) std::fill_n(s.image.data(), s.image.size().count(), 0.0F);
  for (auto& t : scene.tracings) t.clear();
  for (auto& f : scene.frames) f = Frame();
  for (auto& c : scene.candidates) c.clear();
  return scene;
}

std::vector<Scene> all_scenes() {
  std::vector<Scene> scenes;
  scenes.push_back(make_scene("a tiny image", {1, 1, 1}, {0.12, 0.12, 0.75}, 2));
  scenes.push_back(make_scene("a tiny image", {2, 3, 1}, {0.12, 0.12, 0.75}, 1));
  scenes.push_back(make_blank_scene());
  scenes.push_back(make_scene("a flat image", {40, 24, 1}, {0.12, 0.12, 0.75}, 2));
  scenes.push_back(make_scene("a thin image", {64, 1, 9}, {0.12, 0.12, 0.75}, 2));
  scenes.push_back(make_scene("an anisotropic image", {20, 33, 7}, {0.3, 0.08, 2.0}, 2));
  scenes.push_back(make_scene("an odd-sized image", {37, 31, 5}, {0.11, 0.11, 0.6}, 3));
  scenes.push_back(make_scene("a single session", {32, 32, 6}, {0.12, 0.12, 0.75}, 1));
  scenes.push_back(make_scene("an ordinary image", {64, 48, 9}, {0.12, 0.12, 0.75}, 3));
  return scenes;
}

std::string lists_of(const Scene& scene) {
  Bytes bytes;
  for (const Tracing& t : scene.tracings) bytes << t;
  for (const Frame& f : scene.frames) bytes << f;
  for (const auto& found : scene.candidates)
    for (const Candidate& c : found) bytes << c;
  return bytes.text();
}

std::string run_stage(const Stage& stage, const Scene& scene, const Context& context) {
  Bytes bytes;
  if (const auto* denoiser = dynamic_cast<const Denoiser*>(&stage)) {
    for (const Stack& s : scene.stacks) bytes << denoiser->run(copy(s), context);
  } else if (const auto* segmenter = dynamic_cast<const Segmenter*>(&stage)) {
    for (const Stack& s : scene.stacks) bytes << segmenter->run(s, context);
  } else if (const auto* aligner = dynamic_cast<const Aligner*>(&stage)) {
    for (const Frame& f : aligner->run(pointers(scene), scene.tracings, context)) bytes << f;
  } else if (const auto* detector = dynamic_cast<const Detector*>(&stage)) {
    for (size_t i = 0; i < scene.stacks.size(); ++i)
      for (const Candidate& c : detector->run(scene.stacks[i], scene.frames[i], context)) bytes << i << c;
  } else if (const auto* matcher = dynamic_cast<const Matcher*>(&stage)) {
    for (const Track& t : matcher->run(pointers(scene), scene.frames, scene.candidates, context)) bytes << t;
  }
  return bytes.text();
}

int32_t run_guarded(const sc_stage& stage, void* instance, const sc_host* host, const Scene& scene,
                    GuardedMemory::Flush flush) {
  std::vector<std::unique_ptr<GuardedMemory>> images;
  std::vector<sc_stack> stacks;
  std::vector<const sc_stack*> stack_pointers;
  stacks.reserve(scene.stacks.size());
  for (const Stack& s : scene.stacks) {
    const size_t bytes = s.image.size().count() * sizeof(float);
    images.push_back(std::make_unique<GuardedMemory>(bytes, flush, "the input image"));
    std::memcpy(images.back()->data(), s.image.data(), bytes);
    images.back()->make_read_only();
    stacks.push_back(view_of(s));
    stacks.back().samples = static_cast<const float*>(images.back()->data());
    stack_pointers.push_back(&stacks.back());
  }
  switch (stage.kind) {
    case SC_DENOISE: {
      const size_t bytes = scene.stacks[0].image.size().count() * sizeof(float);
      const GuardedMemory output(bytes, flush, "the output image");
      sc_denoised result{};
      result.size = sizeof(result);
      result.samples = static_cast<float*>(output.data());
      const sc_stack& in = stacks[0];
      result.gain = in.gain;
      result.lateral_sigma_um = in.lateral_sigma_um;
      result.axial_sigma_um = in.axial_sigma_um;
      return stage.denoise(instance, host, &in, &result);
    }
    case SC_SEGMENT:
      return stage.segment(instance, host, &stacks[0]);
    case SC_ALIGN: {
      const Views<TracingView, sc_tracing> tracings(scene.tracings);
      return stage.align(instance, host, stacks.size(), stack_pointers.data(), tracings.data());
    }
    case SC_DETECT: {
      const FrameView frame(scene.frames[0]);
      return stage.detect(instance, host, &stacks[0], frame.get());
    }
    default: {
      const Views<FrameView, sc_frame> frames(scene.frames);
      const Views<CandidatesView, sc_candidates> candidates(scene.candidates);
      return stage.match(instance, host, stacks.size(), stack_pointers.data(), frames.data(),
                         candidates.data());
    }
  }
}

}  // namespace spinechron::host
