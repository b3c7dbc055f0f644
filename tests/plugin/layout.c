/*
 * The layout of ABI 1.0 on 64-bit machines, as every plugin of this major version was compiled with it: where each
 * member lies and how large a structure is at least. A later minor version adds members at the end of a structure and
 * lines here; a change of a line that is here breaks plugins that are out there.
 */
#include "spinechron_plugin.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define HOLDS(what) typedef char JOIN(holds_, __LINE__)[(what) ? 1 : -1]
#define LEAST(type, bytes) HOLDS(sizeof(type) >= (bytes))
#define AT(type, member, offset) HOLDS(offsetof(type, member) == (offset))

HOLDS(SPINECHRON_ABI_MAJOR == 1);
HOLDS(sizeof(sc_value) == 8);

LEAST(sc_param, 72);
AT(sc_param, size, 0);
AT(sc_param, type, 4);
AT(sc_param, name, 8);
AT(sc_param, unit, 16);
AT(sc_param, meaning, 24);
AT(sc_param, initial, 32);
AT(sc_param, low, 40);
AT(sc_param, high, 48);
AT(sc_param, text, 56);
AT(sc_param, choices, 64);

LEAST(sc_stack, 144);
AT(sc_stack, size, 0);
AT(sc_stack, reserved, 4);
AT(sc_stack, nx, 8);
AT(sc_stack, ny, 16);
AT(sc_stack, nz, 24);
AT(sc_stack, voxel_um, 32);
AT(sc_stack, samples, 56);
AT(sc_stack, gain, 64);
AT(sc_stack, offset, 72);
AT(sc_stack, read_sigma, 80);
AT(sc_stack, row_correlation, 88);
AT(sc_stack, column_correlation, 96);
AT(sc_stack, clipped_fraction, 104);
AT(sc_stack, saturated_fraction, 112);
AT(sc_stack, lateral_sigma_um, 120);
AT(sc_stack, axial_sigma_um, 128);
AT(sc_stack, motion_um, 136);

LEAST(sc_denoised, 96);
AT(sc_denoised, size, 0);
AT(sc_denoised, reserved, 4);
AT(sc_denoised, samples, 8);
AT(sc_denoised, gain, 16);
AT(sc_denoised, offset, 24);
AT(sc_denoised, read_sigma, 32);
AT(sc_denoised, row_correlation, 40);
AT(sc_denoised, column_correlation, 48);
AT(sc_denoised, clipped_fraction, 56);
AT(sc_denoised, saturated_fraction, 64);
AT(sc_denoised, lateral_sigma_um, 72);
AT(sc_denoised, axial_sigma_um, 80);
AT(sc_denoised, motion_um, 88);

LEAST(sc_dendrite, 56);
AT(sc_dendrite, size, 0);
AT(sc_dendrite, id, 4);
AT(sc_dendrite, parent, 8);
AT(sc_dendrite, reserved, 12);
AT(sc_dendrite, parent_point, 16);
AT(sc_dendrite, n_points, 24);
AT(sc_dendrite, points_um, 32);
AT(sc_dendrite, radius_um, 40);
AT(sc_dendrite, snr, 48);

LEAST(sc_tracing, 24);
AT(sc_tracing, size, 0);
AT(sc_tracing, reserved, 4);
AT(sc_tracing, n_dendrites, 8);
AT(sc_tracing, dendrites, 16);

LEAST(sc_frame, 160);
AT(sc_frame, size, 0);
AT(sc_frame, usable, 4);
AT(sc_frame, reason, 8);
AT(sc_frame, linear, 16);
AT(sc_frame, shift_um, 88);
AT(sc_frame, n_dendrites, 112);
AT(sc_frame, dendrites, 120);
AT(sc_frame, arc_step_um, 128);
AT(sc_frame, n_arcs, 136);
AT(sc_frame, arc_from_reference, 144);
AT(sc_frame, error_um, 152);

LEAST(sc_measures, 104);
AT(sc_measures, size, 0);
AT(sc_measures, spine_class, 4);
AT(sc_measures, head_um, 8);
AT(sc_measures, base_um, 32);
AT(sc_measures, length_um, 56);
AT(sc_measures, head_diameter_um, 64);
AT(sc_measures, neck_diameter_um, 72);
AT(sc_measures, volume_um3, 80);
AT(sc_measures, brightness, 88);
AT(sc_measures, snr, 96);

LEAST(sc_candidate, 40);
AT(sc_candidate, size, 0);
AT(sc_candidate, dendrite_id, 4);
AT(sc_candidate, arc_um, 8);
AT(sc_candidate, p, 16);
AT(sc_candidate, side, 24);
AT(sc_candidate, reserved, 28);
AT(sc_candidate, measures, 32);

LEAST(sc_candidates, 24);
AT(sc_candidates, size, 0);
AT(sc_candidates, reserved, 4);
AT(sc_candidates, n_candidates, 8);
AT(sc_candidates, candidates, 16);

LEAST(sc_site, 56);
AT(sc_site, size, 0);
AT(sc_site, state, 4);
AT(sc_site, p_present, 8);
AT(sc_site, ref_um, 16);
AT(sc_site, measures, 40);
AT(sc_site, reason, 48);

LEAST(sc_track, 48);
AT(sc_track, size, 0);
AT(sc_track, spine_id, 4);
AT(sc_track, dendrite_id, 8);
AT(sc_track, side, 12);
AT(sc_track, arc_um, 16);
AT(sc_track, n_sites, 24);
AT(sc_track, sites, 32);
AT(sc_track, p_event, 40);

LEAST(sc_stage, 96);
AT(sc_stage, size, 0);
AT(sc_stage, kind, 4);
AT(sc_stage, name, 8);
AT(sc_stage, meaning, 16);
AT(sc_stage, flags, 24);
AT(sc_stage, n_params, 28);
AT(sc_stage, params, 32);
AT(sc_stage, create, 40);
AT(sc_stage, destroy, 48);
AT(sc_stage, denoise, 56);
AT(sc_stage, segment, 64);
AT(sc_stage, align, 72);
AT(sc_stage, detect, 80);
AT(sc_stage, match, 88);

LEAST(sc_plugin, 48);
AT(sc_plugin, size, 0);
AT(sc_plugin, abi_major, 4);
AT(sc_plugin, abi_minor, 8);
AT(sc_plugin, n_stages, 12);
AT(sc_plugin, name, 16);
AT(sc_plugin, version, 24);
AT(sc_plugin, meaning, 32);
AT(sc_plugin, stages, 40);

LEAST(sc_host, 96);
AT(sc_host, size, 0);
AT(sc_host, abi_major, 4);
AT(sc_host, abi_minor, 8);
AT(sc_host, reserved, 12);
AT(sc_host, version, 16);
AT(sc_host, seed, 24);
AT(sc_host, context, 32);
AT(sc_host, log, 40);
AT(sc_host, cancelled, 48);
AT(sc_host, fail, 56);
AT(sc_host, add_dendrite, 64);
AT(sc_host, add_frame, 72);
AT(sc_host, add_candidate, 80);
AT(sc_host, add_track, 88);

HOLDS(SC_OK == 0 && SC_FAILED == 1 && SC_CANCELLED == 2 && SC_REFUSED == 3);
HOLDS(SC_DENOISE == 1 && SC_SEGMENT == 2 && SC_ALIGN == 3 && SC_DETECT == 4 && SC_MATCH == 5);
HOLDS(SC_DEBUG == 0 && SC_INFO == 1 && SC_WARNING == 2);
HOLDS(SC_PARAM_FLAG == 1 && SC_PARAM_INTEGER == 2 && SC_PARAM_NUMBER == 3);
HOLDS(SC_PARAM_TEXT == 4 && SC_PARAM_CHOICE == 5 && SC_PARAM_LIST == 6);
HOLDS(SC_LEFT == 0 && SC_RIGHT == 1);
HOLDS(SC_MUSHROOM == 0 && SC_THIN == 1 && SC_STUBBY == 2 && SC_FILOPODIUM == 3 && SC_UNKNOWN == 4);
HOLDS(SC_PRESENT == 0 && SC_ABSENT == 1 && SC_NOT_ASSESSABLE == 2);
HOLDS(SC_STAGE_REENTRANT == 1);
