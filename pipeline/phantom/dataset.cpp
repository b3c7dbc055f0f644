#include "phantom/dataset.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace spinechron {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.flush();
  if (!out) throw Error("{}: cannot be written: check permissions and free space", path.string());
}

std::string subject_label(int subject) {
  return fmt::format("{:02d}", subject);
}
std::string sample_label(int sample) {
  return std::string(1, char('A' + sample - 1));
}

Json describe(const char* text, const char* units = nullptr) {
  Json j = {{"Description", text}};
  if (units) j["Units"] = units;
  return j;
}

void write_top_level(const PhantomConfig& config, const fs::path& out) {
  write_text(out / "dataset_description.json", Json{{"Name", "longitudinal dendritic spine phantom"},
                                                    {"BIDSVersion", "1.9.0"},
                                                    {"DatasetType", "raw"},
                                                    {"License", "CC0"},
                                                    {"Authors", {"spinechron phantom"}}}
                                                       .dump(2) +
                                                   "\n");
  write_text(
      out / "README",
      fmt::format(
          "Simulated two-photon stacks of dendrites with spines, {} sessions each, and the exact truth "
          "about them.\n\nMade by `spinechron phantom` with seed {}. truth/ holds, for every sample, "
          "each spine in each session\n(_truth.tsv), the courses of dendrites and axons "
          "(_dendrites.tsv) and all choices and maps (_phantom.json).\nNo animal was used.\n",
          config.sessions.size(), config.seed));
  write_text(out / ".bidsignore", "truth/\n");
  std::string participants = "participant_id\tspecies\tgroup\n",
              samples = "sample_id\tparticipant_id\tsample_type\n";
  for (int i = 1; i <= config.subjects; ++i) {
    participants += fmt::format("sub-{}\tmus musculus\tphantom\n", subject_label(i));
    for (int k = 1; k <= config.samples; ++k)
      samples += fmt::format("sample-{}\tsub-{}\ttissue\n", sample_label(k), subject_label(i));
  }
  write_text(out / "participants.tsv", participants);
  write_text(out / "participants.json", Json{{"participant_id", describe("one simulated animal")},
                                             {"species", describe("the species it stands for")},
                                             {"group", describe("treatment group")}}
                                                .dump(2) +
                                            "\n");
  write_text(out / "samples.tsv", samples);
  write_text(out / "samples.json",
             Json{{"sample_id", describe("one field of view, the same in all sessions")},
                  {"participant_id", describe("the animal it belongs to")},
                  {"sample_type", describe("kind of sample")}}
                     .dump(2) +
                 "\n");
}

void write_sample(const PhantomConfig& config, const fs::path& out, int subject, int sample,
                  const StackWriter& write_stack, const std::function<void()>& stack_done) {
  const std::string sub = "sub-" + subject_label(subject), sam = "sample-" + sample_label(sample);
  const PhantomTruth truth = make_phantom(config, subject, sample, [&](size_t s, Image counts) {
    const std::string ses = "ses-" + config.sessions[s];
    const fs::path micr = out / sub / ses / "micr";
    fs::create_directories(micr);
    const std::string stem = sub + "_" + ses + "_" + sam + "_2PE";
    write_stack(counts, (micr / (stem + ".ome.tif")).string());
    const Vec3 v = counts.voxel_um();
    const Json sidecar = {{"PixelSize", {v.x(), v.y(), v.z()}},
                          {"PixelSizeUnits", "um"},
                          {"SampleStaining", "simulated dendrite fill"}};
    write_text(micr / (stem + ".json"), sidecar.dump(2) + "\n");
    stack_done();
  });
  const std::string stem = sub + "_" + sam;
  write_text(out / "truth" / (stem + "_truth.tsv"), truth_table(truth, config.sessions));
  write_text(out / "truth" / (stem + "_dendrites.tsv"), dendrite_table(truth, config.sessions));
  write_text(out / "truth" / (stem + "_phantom.json"), phantom_record(config, truth));
}

void write_all(const PhantomConfig& config, const fs::path& out, const StackWriter& write_stack,
               const PhantomProgress& progress) {
  fs::create_directories(out / "truth");
  write_top_level(config, out);
  const size_t total = size_t(config.subjects) * size_t(config.samples) * config.sessions.size();
  size_t done = 0;
  if (progress) progress(done, total);
  for (int subject = 1; subject <= config.subjects; ++subject)
    for (int sample = 1; sample <= config.samples; ++sample)
      write_sample(config, out, subject, sample, write_stack, [&] {
        if (progress) progress(++done, total);
      });
}

Json vector_json(const Vec3& v) {
  return Json{v.x(), v.y(), v.z()};
}

}  // namespace

std::string truth_table(const PhantomTruth& truth, const std::vector<std::string>& sessions) {
  std::string text =
      "session\tspine\tdendrite\tstate\tx_um\ty_um\tz_um\tbase_x\tbase_y\tbase_z\tkind\tvisible\tinside\t"
      "lateral_um\thead_um\tlength_um\tarc_um\tdprime\trescues\n";
  for (const auto& r : truth.spines)
    text += fmt::format(
        "{}\t{}\t{}\t{}\t{:.4f}\t{:.4f}\t{:.4f}\t{:.4f}\t{:.4f}\t{:.4f}\t{}\t{:d}\t{:d}\t{:.4f}\t{:.4f}\t{:."
        "4f}\t"
        "{:.4f}\t{:.3f}\t{}\n",
        sessions[r.session], r.spine, r.dendrite, r.present ? "present" : "absent", r.head_um.x(),
        r.head_um.y(), r.head_um.z(), r.base_um.x(), r.base_um.y(), r.base_um.z(), to_text(r.kind), r.visible,
        r.inside, r.lateral_um, r.head_um_diameter, r.length_um, r.arc_um, r.dprime,
        r.rescues ? std::to_string(r.rescues) : "");
  return text;
}

std::string dendrite_table(const PhantomTruth& truth, const std::vector<std::string>& sessions) {
  std::string text = "session\tdendrite\tkind\tpoint\tx_um\ty_um\tz_um\tradius_um\n";
  for (const auto& l : truth.lines) {
    const char* kind = l.kind == Neurite::Kind::dendrite ? "dendrite" : "axon";
    for (size_t i = 0; i < l.line.size(); i += 5)
      text += fmt::format("{}\t{}\t{}\t{}\t{:.4f}\t{:.4f}\t{:.4f}\t{:.4f}\n", sessions[l.session], l.number,
                          kind, i / 5, l.line[i].x(), l.line[i].y(), l.line[i].z(), l.radius_um[i]);
  }
  return text;
}

std::string phantom_record(const PhantomConfig& config, const PhantomTruth& truth) {
  Json j;
  PhantomConfig copy = config;
  const Params params = copy.params();
  for (const auto& p : params.all())
    std::visit([&](const auto& value) { j["configuration"][p.name] = value; }, p.read());
  j["peak_photons"] = config.peak_photons();
  j["psf"] = {{"lateral_sigma_um", truth.psf.lateral_sigma_um},
              {"axial_sigma_um", truth.psf.axial_sigma_um},
              {"scatter", truth.psf.scatter}};
  for (size_t s = 0; s < truth.maps.size(); ++s) {
    const Camera& c = truth.cameras[s];
    const TissueMap& m = truth.maps[s];
    Json bends = Json::array(), linear = Json::array();
    for (int i = 0; i < 3; ++i)
      linear.push_back(vector_json(m.session_from_tissue.linear.row(i).transpose()));
    for (const auto& b : m.bends)
      bends.push_back({{"displacement_um", vector_json(b.displacement)},
                       {"wave_rad_per_um", vector_json(b.wave)},
                       {"phase_rad", b.phase}});
    j["sessions"].push_back(
        {{"session", config.sessions[s]},
         {"gain_counts_per_photon", c.noise.gain},
         {"offset_counts", c.noise.offset},
         {"read_sigma_counts", c.noise.read_sigma},
         {"row_correlation", c.noise.row_correlation},
         {"column_correlation", c.noise.column_correlation},
         {"flux", c.flux},
         {"background_photons", c.background},
         {"depth_constant_um", c.depth_um},
         {"shading", c.shading},
         {"rotation_deg_xyz", vector_json(m.rotation_deg)},
         {"z_scale", m.z_scale},
         {"session_from_tissue",
          {{"linear", linear}, {"shift_um", vector_json(m.session_from_tissue.shift_um)}}},
         {"bends", bends}});
  }
  return j.dump(1) + "\n";
}

void write_phantom(const PhantomConfig& config, const std::string& folder, const StackWriter& write_stack,
                   const PhantomProgress& progress) {
  config.check();
  const fs::path normal = fs::path(folder).lexically_normal();
  const fs::path target = normal.has_filename() ? normal : normal.parent_path();
  const fs::path out(target.string() + ".part");
  std::error_code ignored;
  if (fs::exists(target, ignored) && (!fs::is_directory(target) || !fs::is_empty(target)))
    throw UsageError("{}: exists and is not an empty folder: choose another, or remove it first", folder);
  try {
    fs::remove_all(out);
    write_all(config, out, write_stack, progress);
    fs::remove(target);
    fs::rename(out, target);
  } catch (const fs::filesystem_error& e) {
    fs::remove_all(out, ignored);
    throw Error("{}: cannot be written ({}): check permissions and free space", folder, e.code().message());
  } catch (...) {
    fs::remove_all(out, ignored);
    throw;
  }
}

}  // namespace spinechron
