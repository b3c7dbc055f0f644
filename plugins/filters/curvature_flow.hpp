#pragma once
// ITK's curvature flow, apart from the rest: its templates take long to compile.

#include <functional>

#include "spinechron_plugin.h"

/// Smooths along surfaces of equal brightness in 3D, with the voxel size taken into account (Sethian 1996;
/// itk::CurvatureFlowImageFilter). `out` has the shape of `in`. `cancelled` is asked after every iteration;
/// returns false if it said so.
bool curvature_flow(const sc_stack& in, float* out, int iterations, double time_step,
                    const std::function<bool()>& cancelled);
