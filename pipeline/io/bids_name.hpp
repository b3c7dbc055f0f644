#pragma once
// File names as BIDS builds them: sub-01_ses-stress_sample-A_run-2_2PE.ome.tif.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/series.hpp"

namespace spinechron::io_detail {

struct BidsName {
  std::map<std::string, std::string> entities;  ///< "sub" -> "01"
  std::string suffix;                           ///< "2PE"
  std::string extension;                        ///< ".ome.tif", with the dot, as it stands
  std::string entity(const std::string& key) const;
};

/// None if the name is not built as BIDS names are.
std::optional<BidsName> parse_bids_name(const std::string& file_name);

/// Is this the extension of an image (.ome.tif .ome.tiff .tif .tiff .ome.btf .ome.zarr .nrrd .nhdr .mha
/// .mhd)?
bool is_image_extension(const std::string& extension);

/// Letters and digits, as BIDS demands; so labels are safe in file names.
bool is_label(const std::string& text);

/// "sub-01" -> "01" for the prefix "sub-".
std::string without_prefix(const std::string& text, const std::string& prefix);

/// Voxel size and lens from the sidecars of an image.
struct Sidecar {
  std::optional<double> um[3];
  std::string file;          ///< the sidecar that gives the voxel size; empty: none does
  std::optional<Lens> lens;  ///< NumericalAperture, with ExcitationWavelength (nm) if it is there
};

/// All sidecars that apply to `image` (a path under `root`), lower folders winning key by key. Error with the
/// file's name if one is not JSON or says something that is no voxel size; what is no lens is not used.
Sidecar read_sidecars(const std::string& root, const std::string& image);

/// The same from the text of one sidecar; what it says nothing about stays empty.
Sidecar parse_sidecar(const std::string& name, const std::string& text);

/// Puts sessions in order and sets hours since the first: by `hours` if all have them, else by `order`,
/// unknown labels after it in natural order, and hours are removed. Returns a warning if only some have
/// hours.
std::string order_sessions(Series& series, const std::vector<std::string>& order);

}  // namespace spinechron::io_detail
