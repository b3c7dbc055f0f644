#pragma once
// What a plugin is tried on: small scenes of every shape, and ways to run a stage of any kind on them.

#include <string>
#include <vector>

#include "host/library.hpp"
#include "host/sandbox.hpp"
#include "host/stages.hpp"

namespace spinechron::host {

/// Everything that a stage of any kind needs: sessions of one sample with a dendrite and two spines each, as
/// far as the image has room for them.
struct Scene {
  std::string name;  ///< "a tiny image (1 x 1 x 1)"
  std::vector<Stack> stacks;
  std::vector<Tracing> tracings;
  std::vector<Frame> frames;
  std::vector<std::vector<Candidate>> candidates;
};

/// A bright tube along x with blobs beside it, in noise; `variant` changes noise and place.
Scene make_scene(const std::string& name, Size3 size, const Vec3& voxel_um, size_t sessions,
                 unsigned variant = 0);
/// All voxels zero, nothing traced, nothing found.
Scene make_blank_scene();
/// Tiny, blank, flat, anisotropic, odd-sized, one session, and an ordinary one at the end.
std::vector<Scene> all_scenes();

/// The bytes of everything in a scene but its images: what a stage must leave as it was.
std::string lists_of(const Scene& scene);

/// Runs a stage as the pipeline does, on every session where it takes one at a time. The bytes of everything
/// it gave: equal results have equal bytes. Throws what the stage throws.
std::string run_stage(const Stage& stage, const Scene& scene, const Context& context);

/// Calls the plugin's function itself, on the first session where it takes one at a time, with images between
/// guard pages. `call` is the table it is given; returns its code.
int32_t run_guarded(const sc_stage& stage, void* instance, const sc_host* host, const Scene& scene,
                    GuardedMemory::Flush flush);

}  // namespace spinechron::host
