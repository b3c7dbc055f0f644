// Every harness for untrusted bytes, fed with seeds and thousands of mutations of them: always the same ones.
#include <gtest/gtest.h>

#include <random>

#include "io/labels.hpp"
#include "io_fixture.hpp"

#define LLVMFuzzerTestOneInput fuzz_tiff
#include "fuzz/fuzz_tiff.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_itk
#include "fuzz/fuzz_itk.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_ome_xml
#include "fuzz/fuzz_ome_xml.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_scanimage
#include "fuzz/fuzz_scanimage.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_sidecar
#include "fuzz/fuzz_sidecar.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_manifest
#include "fuzz/fuzz_manifest.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_table
#include "fuzz/fuzz_table.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_swc
#include "fuzz/fuzz_swc.cpp"
#undef LLVMFuzzerTestOneInput

namespace spinechron::test {
namespace {

using Harness = int (*)(const std::uint8_t*, std::size_t);

std::string mutated(std::string bytes, std::mt19937& random) {
  // by hand, since the distributions of the standard library differ from one implementation to the next
  const auto below = [&](size_t limit) { return limit == 0 ? 0 : size_t(random()) % limit; };
  static const char* const pieces[] = {
      "0", "-1", "99999999999999999999", "\t", "\n", "<", "\"", "nan", "1e308", "[", "n/a"};
  for (size_t round = 1 + below(4); round > 0 && !bytes.empty(); --round) {
    const size_t at = below(bytes.size());
    switch (below(7)) {
      case 0:
        bytes[at] = char(random());
        break;
      case 1:
        bytes[at] = char(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes.erase(at, 1 + below(8));
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(16)));
        break;
      case 4:
        bytes.insert(at, pieces[below(std::size(pieces))]);
        break;
      case 5:
        for (size_t i = at; i < std::min(bytes.size(), at + 4); ++i) bytes[i] = char(below(2) ? 0xFF : 0);
        break;
      default:
        if (below(8) == 0) bytes.resize(at);
    }
  }
  return bytes;
}

void feed(Harness harness, const std::vector<std::string>& seeds, int mutations) {
  std::mt19937 random(1);
  for (const std::string& seed : seeds)
    harness(reinterpret_cast<const std::uint8_t*>(seed.data()), seed.size());
  for (int i = 0; i < mutations; ++i) {
    const std::string bytes = mutated(seeds[size_t(i) % seeds.size()], random);
    ASSERT_EQ(harness(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
  }
}

class FuzzSeeds : public IoTest {};

TEST_F(FuzzSeeds, Tiff) {
  auto ome = counting_pages(5, 4, 6), imagej = counting_pages(5, 4, 4), scan = counting_pages(4, 4, 4);
  ome[0].description = ome_text(5, 4, 3, 2, 1, "XYCZT",
                                "<Channel Name=\"a\"/><Channel/><TiffData IFD=\"0\" PlaneCount=\"6\"/>");
  imagej[0].description = "ImageJ=1.53k\nimages=4\nchannels=2\nslices=2\nspacing=1\nunit=um\n";
  for (Page& page : scan)
    page.software = "SI.VERSION_MAJOR = 5\nSI.hChannels.channelSave = [1;2]\nSI.hStackManager.numSlices = 2";
  Page contiguous = counting_pages(5, 12, 1)[0];
  contiguous.height = 4;
  contiguous.description = "ImageJ=1.53k\nimages=3\nslices=3\n";
  Image image({20, 20, 3}, Vec3::Ones());
  for (size_t i = 0; i < image.size().count(); ++i) image.data()[i] = float(i * 31 % 251);
  write_ome_tiff(path("a.ome.tif"), image);
  std::ifstream deflated(path("a.ome.tif"), std::ios::binary);
  feed(fuzz_tiff,
       {tiff_of(ome), tiff_of(ome, true, true), tiff_of(imagej, true), tiff_of(scan, false, true),
        tiff_of({contiguous}), std::string(std::istreambuf_iterator<char>(deflated), {})},
       2400);
}

TEST_F(FuzzSeeds, NrrdAndMetaImage) {
  const std::string samples = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::string nrrd =
      "NRRD0004\ntype: unsigned short\ndimension: 3\nsizes: 4 3 2\nendian: little\nencoding: ";
  feed(fuzz_itk,
       {nrrd + "raw\nspacings: 1 1 1\nunits: \"um\" \"um\" \"um\"\n\n" + samples.substr(0, 48),
        nrrd + "gzip\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n\n\x1F\x8B\x08",
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nDimSize = 4 3 2\n"
        "ElementSpacing = 1 1 1\nElementType = MET_USHORT\nElementDataFile = LOCAL\n" +
            samples.substr(0, 48)},
       1500);
}

TEST_F(FuzzSeeds, OmeXml) {
  feed(fuzz_ome_xml,
       {ome_text(5, 4, 3, 2, 1, "XYCZT",
                 "<Channel Name=\"a\" SamplesPerPixel=\"2\"/><TiffData IFD=\"0\" PlaneCount=\"6\"/>"),
        ome_text(5, 4, 2, 1, 1, "XYZCT",
                 "<TiffData FirstZ=\"1\"><UUID FileName=\"b.tif\">u</UUID></TiffData>"),
        "<OME><BinaryOnly MetadataFile=\"a.companion.ome\"/></OME>"},
       4000);
}

TEST_F(FuzzSeeds, ScanImageHeader) {
  feed(fuzz_scanimage,
       {"state.software.version=3.8\rstate.acq.numberOfZSlices=4\rstate.acq.numberOfChannelsSave=2\rstate."
        "acq.zStepSize=1\r",
        "SI.hChannels.channelSave = [1;2]\nSI.hStackManager.numSlices = 3\nSI.hStackManager.framesPerSlice = "
        "2\n"
        "SI.hRoiManager.imagingFovUm = [-1 -2;1 -2;1 2;-1 2]\nSI.hFastZ.enable = true"},
       4000);
}

TEST_F(FuzzSeeds, Tables) {
  const std::string manifest =
      "subject\tsample\tsession\tpath\tgroup\thours\tvoxel_x_um\n01\tA\ta\tx.tif\tk\t1.5\t0.1\n01\tA\tb\ty."
      "tif\tk\tn/a\tn/a\n";
  feed(fuzz_manifest, {manifest}, 4000);
  feed(fuzz_table,
       {manifest, "a\tb\r\n1\t2\r\n",
        "\xEF\xBB\xBF"
        "a\n"},
       4000);
}

TEST_F(FuzzSeeds, SidecarAndSwc) {
  feed(fuzz_sidecar, {R"({"PixelSize": [0.1, 0.1, 1e0], "PixelSizeUnits": "um", "a": {"b": [1, null]}})"},
       4000);
  feed(fuzz_swc, {"# dendrite 2\n1 3 0 0 0 0.5 -1\n2 3 0.1 0.2 0.3 0.25 1\n# dendrite 5\n4 3 2 2 2 0.1 2\n"},
       4000);
}

}  // namespace
}  // namespace spinechron::test
