#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <tuple>

#include "denoise/calibrate.hpp"
#include "denoise/optics_fit.hpp"
#include "unit/denoise/builders.hpp"

namespace spinechron {
namespace {

// Ten dendrites of radius 0.35 to 0.65 um with spines, and a camera without peculiarities.
Optics fit(const Optics& truth, const Vec3& voxel_um, const std::optional<Lens>& lens = {}) {
  const Vec3 field_um(26, 26, 20);
  const Size3 size{size_t(field_um.x() / voxel_um.x()), size_t(field_um.y() / voxel_um.y()),
                   size_t(field_um.z() / voxel_um.z())};
  NoiseModel camera;
  camera.gain = 10;
  camera.offset = 100;
  camera.read_sigma = 8;
  RawStack raw;
  raw.counts = test::photograph(test::expose(size, voxel_um, truth, test::tangle(field_um, 10, 5, 0.15), 2.0),
                                camera, 0, 65535, 3);
  raw.highest_count = 65535;
  raw.lens = lens;
  return calibrate(std::move(raw), {}).optics;
}

class OpticsOfScenes : public testing::TestWithParam<std::tuple<Optics, double, double>> {};

// Within 15 %, but for the sharpest lateral one: there the dendrites' own shape shows most, and what is found
// lies up to a quarter too high.
TEST_P(OpticsOfScenes, AreFound) {
  const auto& [truth, lateral_um, axial_um] = GetParam();
  const Optics found = fit(truth, Vec3(lateral_um, lateral_um, axial_um));
  EXPECT_NEAR(found.lateral_sigma_um / truth.lateral_sigma_um, 1, truth.lateral_sigma_um < 0.2 ? 0.25 : 0.15);
  EXPECT_NEAR(found.axial_sigma_um / truth.axial_sigma_um, 1, 0.15);
}

std::string nm(double um) {
  return std::to_string(std::lround(1000 * um));
}

std::string name_of(const testing::TestParamInfo<OpticsOfScenes::ParamType>& info) {
  const auto& [optics, lateral_um, axial_um] = info.param;
  return "Sigma" + nm(optics.lateral_sigma_um) + "Voxel" + nm(lateral_um) + "x" + nm(axial_um);
}

INSTANTIATE_TEST_SUITE_P(All, OpticsOfScenes,
                         testing::Combine(testing::Values(Optics{0.18, 0.7}, Optics{0.24, 0.9},
                                                          Optics{0.30, 1.2}),
                                          testing::Values(0.08, 0.12, 0.15), testing::Values(0.5, 1.0)),
                         name_of);

TEST(Optics, TheDiffractionLimitIsZipfels) {
  const Optics high = diffraction_limit({1.0, 0.92}), low = diffraction_limit({0.5, 0.80});
  EXPECT_NEAR(high.lateral_sigma_um, 0.325 * 0.92 / 2, 1e-9);
  EXPECT_NEAR(high.axial_sigma_um, 0.540, 0.001);
  EXPECT_NEAR(low.lateral_sigma_um, 0.320 * 0.80 / 0.5 / 2, 1e-9);
  EXPECT_NEAR(low.axial_sigma_um, 2.181, 0.001);
}

Optics fit_of_noise(const std::optional<Lens>& lens) {
  RawStack raw;
  raw.counts = test::photograph(Image({160, 160, 20}, Vec3(0.12, 0.12, 1.0), 3.0F), {}, 0, 65535, 1);
  raw.lens = lens;
  return calibrate(std::move(raw), {}).optics;
}

TEST(Optics, AKnownLensDecidesWhereTheImageSaysNothing) {
  const Optics unknown = fit_of_noise({}), usual = fit_of_noise(Lens{1.0, 0.92}),
               weak = fit_of_noise(Lens{0.8, 0.92});
  EXPECT_NEAR(usual.lateral_sigma_um, unknown.lateral_sigma_um, 0.15 * unknown.lateral_sigma_um);
  EXPECT_NEAR(weak.lateral_sigma_um / usual.lateral_sigma_um, std::pow(0.8, -0.91), 0.1);
  EXPECT_GT(weak.axial_sigma_um / usual.axial_sigma_um, 1.3);
}

TEST(Optics, AnImageThatShowsThemOverrulesTheSidecar) {
  const Optics truth{0.24, 0.9};
  const Vec3 voxel(0.12, 0.12, 0.5);
  for (const double aperture : {0.8, 1.0}) {
    const Optics found = fit(truth, voxel, Lens{aperture, 0.92});
    EXPECT_NEAR(found.lateral_sigma_um / truth.lateral_sigma_um, 1, 0.15) << aperture;
    EXPECT_NEAR(found.axial_sigma_um / truth.axial_sigma_um, 1, 0.15) << aperture;
  }
}

}  // namespace
}  // namespace spinechron
