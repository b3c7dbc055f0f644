#include "io/raw_layout.hpp"

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

#include "core/error.hpp"
#include "core/range.hpp"

namespace spinechron::io_detail {
namespace {

constexpr double kLeastVoxel_um = 0.001, kGreatestVoxel_um = 100;
constexpr const char* kAxes = "xyz";
constexpr const char* kHowToGiveVoxel =
    "give PixelSize ([x, y, z]) and PixelSizeUnits in the JSON sidecar, or voxel_x_um, voxel_y_um and "
    "voxel_z_um in "
    "the manifest";

/// 2^k - 1 for a whole k, as digitisers of k bits end.
bool ends_a_digitiser(double value) {
  const double bits = std::log2(value + 1);
  return value >= 1023 && bits == std::floor(bits);
}

}  // namespace

size_t bytes_of(SampleType type) {
  switch (type) {
    case SampleType::u8:
    case SampleType::s8:
      return 1;
    case SampleType::u16:
    case SampleType::s16:
      return 2;
    case SampleType::f64:
      return 8;
    default:
      return 4;
  }
}

std::pair<double, double> limits_of(SampleType type) {
  switch (type) {
    case SampleType::u8:
      return {0, 255};
    case SampleType::s8:
      return {-128, 127};
    case SampleType::u16:
      return {0, 65535};
    case SampleType::s16:
      return {-32768, 32767};
    case SampleType::u32:
      return {0, 4294967295.0};
    case SampleType::s32:
      return {-2147483648.0, 2147483647.0};
    default:
      return {-double(FLT_MAX), double(FLT_MAX)};
  }
}

size_t choose_channel(const std::string& path, const std::vector<std::string>& names, const Session& session,
                      const ReadOptions& options) {
  const std::optional<std::string>& wanted = session.channel ? session.channel : options.channel;
  std::string list;
  constexpr size_t kMostNamed = 8;
  for (size_t i = 0; i < std::min(names.size(), kMostNamed); ++i)
    list += fmt::format("{}{}{}", i ? ", " : "", i + 1, names[i].empty() ? "" : " (" + names[i] + ")");
  if (names.size() > kMostNamed) list += " and so on";
  if (!wanted) {
    if (names.size() == 1) return 0;
    throw Error("{}: has {} channels, {}: say which one with --channel or the manifest's column channel",
                path, names.size(), list);
  }
  if (const auto named = std::find(names.begin(), names.end(), *wanted);
      named != names.end() && !wanted->empty())
    return size_t(named - names.begin());
  size_t number = 0;
  const char* end = wanted->data() + wanted->size();
  const auto [rest, status] = std::from_chars(wanted->data(), end, number);
  if (status == std::errc() && rest == end && number >= 1 && number <= names.size()) return number - 1;
  throw Error("{}: has no channel \"{}\"; there is {}", path, *wanted, list);
}

void check_is_z_stack(const std::string& path, std::uint64_t slices, std::uint64_t times) {
  if (times > 1 && slices > 1)
    throw Error(
        "{}: holds {} time points of a stack: give each time point as a file and a session of its own", path,
        times);
  if (times > 1)
    throw Error(
        "{}: is a time series of {} frames at one depth, and a z stack is needed; if the frames are slices, "
        "save it with slices and frames exchanged",
        path, times);
  if (slices < 2) throw Error("{}: is a single plane, and a z stack of at least two slices is needed", path);
}

Size3 check_size(const std::string& path, std::uint64_t x, std::uint64_t y, std::uint64_t z,
                 std::uint64_t bytes_per_sample, std::uint64_t stored_bytes, std::uint64_t max_ratio,
                 const ReadOptions& options) {
  if (x == 0 || y == 0 || z == 0)
    throw Error("{}: says that it has {} x {} x {} voxels: it is damaged, copy it again", path, x, y, z);
  std::uint64_t count = 0, bytes = 0;
  if (__builtin_mul_overflow(x, y, &count) || __builtin_mul_overflow(count, z, &count) ||
      __builtin_mul_overflow(count, std::max<std::uint64_t>(8, bytes_per_sample), &bytes))
    throw Error(
        "{}: says that it has {} x {} x {} voxels, more than any computer holds: it is damaged, copy it "
        "again",
        path, x, y, z);
  if (count * bytes_per_sample / std::max<std::uint64_t>(1, max_ratio) > stored_bytes)
    throw Error(
        "{}: says that it has {} x {} x {} voxels, but its {} bytes cannot hold them: it is truncated or "
        "damaged, copy it again",
        path, x, y, z, stored_bytes);
  if (count * sizeof(float) > options.max_bytes)
    throw Error(
        "{}: its {} x {} x {} voxels need {:.1f} GB of memory where {:.1f} GB are allowed: use a machine "
        "with "
        "more memory or cut the stack",
        path, x, y, z, double(count) * sizeof(float) / 1e9, double(options.max_bytes) / 1e9);
  return {size_t(x), size_t(y), size_t(z)};
}

std::optional<double> length_in_um(double value, std::string unit) {
  // micro sign and Greek mu in UTF-8, the former in Latin-1 and as ImageJ escapes it
  for (const std::string mu : {"\xC2\xB5", "\xCE\xBC", "\xB5", "\\u00B5", "\\u00b5"})
    if (unit.rfind(mu, 0) == 0) unit.replace(0, mu.size(), 1, 'u');
  static const std::map<std::string, double> um_of = {
      {"um", 1},         {"micron", 1},       {"microns", 1},       {"micrometer", 1},
      {"micrometre", 1}, {"micrometers", 1},  {"micrometres", 1},   {"Micron", 1},
      {"nm", 1e-3},      {"nanometer", 1e-3}, {"nanometre", 1e-3},  {"nanometers", 1e-3},
      {"mm", 1e3},       {"millimeter", 1e3}, {"millimetre", 1e3},  {"cm", 1e4},
      {"m", 1e6},        {"meter", 1e6},      {"pm", 1e-6},         {"\xC3\x85", 1e-4},
      {"inch", 25400},   {"in", 25400},       {"millimeters", 1e3}, {"millimetres", 1e3}};
  const auto found = um_of.find(unit);
  if (found == um_of.end() || !std::isfinite(value)) return std::nullopt;
  const double in_um = value * found->second;
  // 120 nm is 0.12 um, not 0.12000000000000001
  double rounded = in_um;
  const std::string text = fmt::format("{:.15g}", in_um);
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

Vec3 resolve_voxel(const Voxel& in_file, const Session& session, std::vector<std::string>& warnings) {
  Vec3 voxel_um;
  std::string missing, disagreeing;
  for (int axis = 0; axis < 3; ++axis) {
    const auto& from_file = in_file[size_t(axis)];
    const auto& given = session.voxel_um[axis];
    if (given && from_file && !(std::abs(*given / *from_file - 1) <= 0.01))
      disagreeing += fmt::format("{}{} {:.6g} um against {:.6g} um", disagreeing.empty() ? "" : ", ",
                                 kAxes[axis], *given, *from_file);
    const auto& used = given ? given : from_file;
    if (!used) {
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", kAxes[axis]);
      continue;
    }
    if (!(*used >= kLeastVoxel_um && *used <= kGreatestVoxel_um))
      throw Error("{}: the voxel size along {} is {:.6g} um by {}, where {} to {} um makes sense: {}",
                  session.path, kAxes[axis], *used, given ? session.voxel_source : "the file itself",
                  kLeastVoxel_um, kGreatestVoxel_um, kHowToGiveVoxel);
    voxel_um[axis] = *used;
  }
  if (!missing.empty())
    throw Error("{}: the voxel size along {} is not known: {}", session.path, missing, kHowToGiveVoxel);
  if (!disagreeing.empty())
    warnings.push_back(
        fmt::format("{}: the voxel size by {} differs from that in the file ({}); the former was used.",
                    session.path, session.voxel_source, disagreeing));
  return voxel_um;
}

RawStack finish(Decoded decoded, const Session& session) {
  RawStack stack;
  stack.format = decoded.format;
  stack.lens = session.lens;
  stack.warnings = std::move(decoded.warnings);
  stack.files = std::move(decoded.files);
  const Range values = range_of(decoded.counts.data(), decoded.counts.size().count());
  if (!values.finite)
    throw Error("{}: has samples that are not finite numbers: replace them by counts and save it again",
                session.path);
  if (values.least == values.greatest)
    throw Error("{}: all voxels have the value {:g}: it holds no image, check the channel and the recording",
                session.path, double(values.least));
  const float* samples = decoded.counts.data();
  const size_t count = decoded.counts.size().count();
  const auto at_top = size_t(std::count(samples, samples + count, values.greatest));
  if (2 * at_top > count)
    throw Error("{}: {:.0f} % of its voxels are saturated at {:g}: record it with less gain or laser power",
                session.path, 100.0 * double(at_top) / double(count), double(values.greatest));

  std::tie(stack.lowest_count, stack.highest_count) = limits_of(decoded.type);
  if (values.least >= 0) stack.lowest_count = 0;
  const double header_limit =
      decoded.significant_bits > 0 ? std::ldexp(1.0, decoded.significant_bits) - 1 : 0;
  const double greatest = double(values.greatest);
  if (header_limit > 0 && header_limit >= greatest && header_limit < stack.highest_count)
    stack.highest_count = header_limit;
  else if (at_top >= 10 && ends_a_digitiser(greatest))
    stack.highest_count = std::min(stack.highest_count, greatest);
  stack.counts = std::move(decoded.counts);
  return stack;
}

void check_cancelled(const ReadOptions& options) {
  if (options.cancelled && options.cancelled->load(std::memory_order_relaxed)) throw Cancelled();
}

}  // namespace spinechron::io_detail
