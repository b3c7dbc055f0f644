#pragma once
// TIFF files put together byte by byte, so that the readers are not judged by the library they use.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace spinechron::test {

/// One page of uncompressed samples.
struct Page {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 16;
  std::uint16_t format = 1;    ///< 1 unsigned, 2 signed, 3 floating point
  std::vector<double> values;  ///< row by row; channels of a pixel beside each other
  std::string description, software;
  std::uint16_t samples = 1;
  std::uint32_t resolution[2] = {0, 0};  ///< pixels per unit as a ratio for x and y; {0, 0}: no tag
  std::uint32_t subfile = 0;
};

class TiffBytes {
 public:
  explicit TiffBytes(bool big_endian = false, bool big_tiff = false)
      : big_endian_(big_endian), big_tiff_(big_tiff) {
    bytes_.append(2, big_endian ? 'M' : 'I');
    put(big_tiff ? 43 : 42, 2);
    if (big_tiff) put(8, 2), put(0, 2);
    next_ = bytes_.size();
    put(0, big_tiff ? 8 : 4);
  }

  TiffBytes& add(const Page& page) {
    const size_t data = bytes_.size();
    for (const double value : page.values) put_sample(value, page);
    const size_t data_bytes = bytes_.size() - data;
    const size_t description = put_text(page.description), software = put_text(page.software);
    const size_t resolution = bytes_.size();
    for (const int axis : {0, 1}) put(page.resolution[axis], 4), put(1000000, 4);

    entries_ = 0;
    std::string body;
    std::swap(body, bytes_);  // entries are written into an empty string, then put behind
    if (page.subfile) entry(254, 4, 1, page.subfile);
    entry(256, 4, 1, page.width);
    entry(257, 4, 1, page.height);
    entry(258, 3, 1, page.bits);
    entry(259, 3, 1, 1);
    entry(262, 3, 1, 1);
    if (!page.description.empty()) entry(270, 2, page.description.size() + 1, description);
    entry(273, 4, 1, data);
    entry(277, 3, 1, page.samples);
    entry(278, 4, 1, page.height);
    entry(279, 4, 1, data_bytes);
    if (page.resolution[0]) entry(282, 5, 1, resolution), entry(283, 5, 1, resolution + 8);
    if (!page.software.empty()) entry(305, 2, page.software.size() + 1, software);
    entry(339, 3, 1, page.format);
    std::string directory;
    std::swap(directory, bytes_);
    std::swap(body, bytes_);

    patch(next_, bytes_.size());
    put(entries_, big_tiff_ ? 8 : 2);
    bytes_ += directory;
    next_ = bytes_.size();
    put(0, big_tiff_ ? 8 : 4);
    return *this;
  }

  const std::string& bytes() const { return bytes_; }
  std::string& bytes() { return bytes_; }

 private:
  void put(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) {
      const int shift = 8 * (big_endian_ ? width - 1 - i : i);
      bytes_ += char((value >> shift) & 0xFF);
    }
  }
  void patch(size_t at, std::uint64_t value) {
    const std::string kept = bytes_;
    bytes_.resize(at);
    put(value, big_tiff_ ? 8 : 4);
    bytes_ += kept.substr(bytes_.size());
  }
  size_t put_text(const std::string& text) {
    const size_t at = bytes_.size();
    bytes_ += text + '\0';
    while (bytes_.size() % 8) bytes_ += '\0';
    return at;
  }
  /// Short texts would have to stand in the entry itself; the tests' texts are longer than 8 bytes.
  void entry(int tag, int type, std::uint64_t count, std::uint64_t value) {
    put(std::uint64_t(tag), 2), put(std::uint64_t(type), 2), put(count, big_tiff_ ? 8 : 4);
    const int width = big_tiff_ ? 8 : 4;
    if (type == 3 && count == 1)
      put(value, 2), put(0, width - 2);
    else if (type == 4 && count == 1)
      put(value, 4), put(0, width - 4);
    else if (type == 5 && big_tiff_)  // a ratio fits into the entry of a BigTIFF
      put(0, 8);
    else
      put(value, width);
    ++entries_;
  }
  void put_sample(double value, const Page& page) {
    std::uint64_t raw = 0;
    if (page.format == 3 && page.bits == 32) {
      const auto single = float(value);
      std::uint32_t word = 0;
      std::memcpy(&word, &single, 4);
      raw = word;
    } else if (page.format == 3) {
      std::memcpy(&raw, &value, 8);
    } else {
      raw = std::uint64_t(std::int64_t(value));
    }
    put(raw, page.bits / 8);
  }

  bool big_endian_, big_tiff_;
  std::string bytes_;
  size_t next_ = 0;
  std::uint64_t entries_ = 0;
};

/// A stack whose voxel (x, y, page) has the value first + x + 10 y + 100 page.
inline std::vector<Page> counting_pages(std::uint32_t width, std::uint32_t height, int pages,
                                        double first = 0) {
  std::vector<Page> result(size_t(pages), Page{width, height, 16, 1, {}, "", "", 1, {0, 0}, 0});
  for (int p = 0; p < pages; ++p)
    for (std::uint32_t y = 0; y < height; ++y)
      for (std::uint32_t x = 0; x < width; ++x)
        result[size_t(p)].values.push_back(first + x + 10.0 * y + 100.0 * p);
  return result;
}

inline std::string tiff_of(const std::vector<Page>& pages, bool big_endian = false, bool big_tiff = false) {
  TiffBytes tiff(big_endian, big_tiff);
  for (const Page& page : pages) tiff.add(page);
  return tiff.bytes();
}

/// OME-XML for one image of uint16; `inside` is put into Pixels (TiffData, Channel).
inline std::string ome_text(
    int x, int y, int z, int c, int t, const std::string& order, const std::string& inside,
    const std::string& sizes = "PhysicalSizeX=\"0.1\" PhysicalSizeY=\"0.2\" PhysicalSizeZ=\"1.5\"") {
  const auto size = [](const char* name, int value) {
    return std::string(" Size") + name + "=\"" + std::to_string(value) + "\"";
  };
  return "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" "
         "UUID=\"urn:uuid:own\"><Image ID=\"Image:0\"><Pixels ID=\"Pixels:0\" Type=\"uint16\" "
         "DimensionOrder=\"" +
         order + "\"" + size("X", x) + size("Y", y) + size("Z", z) + size("C", c) + size("T", t) + " " +
         sizes + ">" + inside + "</Pixels></Image></OME>";
}

}  // namespace spinechron::test
