#pragma once
// A TIFF or BigTIFF file opened for reading: its pages and their samples. All of libtiff's complaints become
// Errors; nothing is printed and nothing is shared between threads (handlers belong to the open file).

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/raw_layout.hpp"

namespace spinechron::io_detail {

struct TiffPage {
  std::uint32_t width = 0, height = 0;
  std::uint16_t samples = 1;  ///< per pixel
  SampleType type = SampleType::u16;
  bool readable = true;  ///< false: sample layout that is not an image of counts; `why` says so
  bool reduced = false;  ///< a thumbnail or a pyramid level
  std::uint16_t compression = 1;
  std::uint64_t directory = 0;   ///< where its directory lies in the file
  std::uint64_t first_data = 0;  ///< where its first strip lies
  std::string why;

  std::uint64_t samples_per_plane() const { return std::uint64_t(width) * height; }
};

class TiffFile {
 public:
  /// Opens and lists all pages. `max_bytes` limits every allocation inside libtiff.
  TiffFile(const std::string& path, std::uint64_t max_bytes);
  ~TiffFile();
  TiffFile(TiffFile&&) noexcept;
  TiffFile& operator=(TiffFile&&) noexcept;

  const std::string& path() const;
  std::uint64_t bytes() const;  ///< length of the file
  const std::vector<TiffPage>& pages() const;
  const std::string& description() const;  ///< of the first page; empty if none
  const std::string& software() const;     ///< of the first page; empty if none
  std::string description_of(size_t page) const;
  double pixels_per_unit(int axis) const;  ///< XResolution, YResolution of the first page; 0 if none
  bool byte_swapped() const;               ///< the file's byte order is not the machine's

  /// One sample of every pixel of a page into `out` (width x height, x fastest).
  /// T: float, std::uint16_t or std::uint32_t; the integers only for unsigned pages that fit.
  template <typename T>
  void read_plane(size_t page, unsigned sample, T* out);

  /// Planes that lie one behind the other from the first page's data on, without directories of their own.
  void read_contiguous(std::uint64_t plane, float* out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The most by which a TIFF compression can make data smaller; 0: not a compression for counts.
std::uint64_t max_ratio(std::uint16_t compression);

}  // namespace spinechron::io_detail
