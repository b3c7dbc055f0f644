// NRRD and MetaImage, their headers written by hand.
#include <algorithm>

#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ItkFormats : public IoTest {
 protected:
  /// `count` little-endian samples 0, 1, 2, ...
  template <typename T>
  static std::string samples(size_t count) {
    std::string bytes;
    for (size_t i = 0; i < count; ++i) {
      const T value = T(i);
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    return bytes;
  }
  /// RFC 1951 without compression: one stored block.
  static std::string stored_block(const std::string& bytes) {
    const auto size = std::uint16_t(bytes.size()), inverse = std::uint16_t(~size);
    return std::string("\x01", 1) + little(size, 2) + little(inverse, 2) + bytes;
  }
  static std::string little(std::uint32_t value, int width) {
    std::string out;
    for (int i = 0; i < width; ++i) out += char(value >> 8 * i & 0xFF);
    return out;
  }
  /// RFC 1952
  static std::string gzip(const std::string& bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
      crc ^= std::uint8_t(c);
      for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320U : crc >> 1;
    }
    return std::string("\x1F\x8B\x08\0\0\0\0\0\0\x03", 10) + stored_block(bytes) + little(~crc, 4) +
           little(std::uint32_t(bytes.size()), 4);
  }
  /// RFC 1950
  static std::string zlib(const std::string& bytes) {
    std::uint32_t a = 1, b = 0;
    for (const char c : bytes) a = (a + std::uint8_t(c)) % 65521, b = (b + a) % 65521;
    std::string sum = little(b << 16 | a, 4);
    std::reverse(sum.begin(), sum.end());
    return "\x78\x01" + stored_block(bytes) + sum;
  }
  static void expect_counting(const RawStack& stack, Size3 size, double step = 1) {
    ASSERT_EQ(stack.counts.size(), size);
    for (size_t i = 0; i < size.count(); ++i) ASSERT_EQ(stack.counts.data()[i], float(step * double(i)));
  }
};

const std::string kNrrd =
    "NRRD0004\n# by hand\ntype: unsigned short\ndimension: 3\nsizes: 4 3 2\nendian: little\n";
const std::string kMeta =
    "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n";

TEST_F(ItkFormats, NrrdRawWithUnits) {
  const RawStack stack = read_plainly(put("a.nrrd", kNrrd +
                                                        "encoding: raw\nspacings: 120 0.12 0.001\n"
                                                        "units: \"nm\" \"um\" \"mm\"\n\n" +
                                                        samples<std::uint16_t>(24)));
  expect_counting(stack, {4, 3, 2});
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.12, 0.12, 1));
  EXPECT_EQ(stack.format, "NRRD");
  EXPECT_EQ(stack.highest_count, 65535);
  EXPECT_THAT(stack.warnings, IsEmpty());
}

TEST_F(ItkFormats, NrrdGzipWithSpaceDirections) {
  const RawStack stack = read_plainly(
      put("a.nrrd",
          kNrrd + "encoding: gzip\nspace dimension: 3\nspace directions: (0.1,0,0) (0,0.3,0.4) (0,0,2)\n\n" +
              gzip(samples<std::uint16_t>(24))));
  expect_counting(stack, {4, 3, 2});
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.1, 0.5, 2));
  EXPECT_THAT(stack.warnings, ::testing::ElementsAre(HasSubstr("does not say the unit")));
}

TEST_F(ItkFormats, NrrdDetachedHeader) {
  put("data/a.raw", samples<std::uint16_t>(24));
  const std::string file = put("a.nhdr", kNrrd + "encoding: raw\nspacings: 1 1 1\ndata file: data/a.raw\n");
  expect_counting(read_plainly(file), {4, 3, 2});
  std::filesystem::remove(path("data/a.raw"));
  EXPECT_THAT(error_of([&] { read_plainly(file); }), HasSubstr("data/a.raw: there is no such file"));
}

TEST_F(ItkFormats, MetaImageOfEveryType) {
  const auto read_type = [&](const std::string& type, const std::string& bytes) {
    const RawStack stack = read_plainly(put(
        "a.mha", kMeta +
                     "DimSize = 4 3 2\nElementSpacing = 0.1 0.1 1\nDistanceUnits = um\nElementType = MET_" +
                     type + "\nElementDataFile = LOCAL\n" + bytes));
    expect_counting(stack, {4, 3, 2});
    EXPECT_EQ(stack.format, "MetaImage");
    EXPECT_THAT(stack.warnings, IsEmpty()) << type;
    EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.1, 0.1, 1));
    return stack.highest_count;
  };
  EXPECT_EQ(read_type("UCHAR", samples<std::uint8_t>(24)), 255);
  EXPECT_EQ(read_type("CHAR", samples<std::int8_t>(24)), 127);
  EXPECT_EQ(read_type("USHORT", samples<std::uint16_t>(24)), 65535);
  EXPECT_EQ(read_type("SHORT", samples<std::int16_t>(24)), 32767);
  EXPECT_GT(read_type("FLOAT", samples<float>(24)), 3e38);
  EXPECT_GT(read_type("DOUBLE", samples<double>(24)), 3e38);
}

TEST_F(ItkFormats, MetaImageDetachedCompressedWithChannels) {
  put("a.zraw", zlib(samples<std::uint16_t>(48)));
  const std::string file =
      put("a.mhd", kMeta +
                       "CompressedData = True\nElementNumberOfChannels = 2\nDimSize = 4 3 2\n"
                       "ElementSpacing = 0.1 0.1 1\nElementType = MET_USHORT\nElementDataFile = a.zraw\n");
  const RawStack stack = read_plainly(file, channel("1"));
  expect_counting(stack, {4, 3, 2}, 2);
  EXPECT_THAT(error_of([&] { read_plainly(file); }), HasSubstr("2 channels"));
}

TEST_F(ItkFormats, NoSpacingIsNotTakenForOne) {
  EXPECT_THAT(error_of([&] {
                read_plainly(put("a.nrrd", kNrrd + "encoding: raw\n\n" + samples<std::uint16_t>(24)));
              }),
              HasSubstr("voxel size along x, y, z is not known"));
  EXPECT_THAT(error_of([&] {
                read_plainly(put(
                    "a.mha", kMeta + "DimSize = 4 3 2\nElementType = MET_USHORT\nElementDataFile = LOCAL\n" +
                                 samples<std::uint16_t>(24)));
              }),
              HasSubstr("voxel size along x, y, z is not known"));
}

TEST_F(ItkFormats, BadHeaders) {
  const auto nrrd = [&](const std::string& sizes, const std::string& more, const std::string& data) {
    return error_of([&] {
      read_with_voxel(put("a.nrrd", "NRRD0004\ntype: unsigned short\n" + sizes + "\nendian: little\n" + more +
                                        "\n\n" + data));
    });
  };
  const std::string data = samples<std::uint16_t>(24), raw = "encoding: raw", gz = "encoding: gzip";
  EXPECT_EQ(nrrd("dimension: 3\nsizes: 4 3 2", raw, data), "");
  EXPECT_THAT(nrrd("dimension: 3\nsizes: 4 3 200", raw, data), HasSubstr("truncated"));
  EXPECT_THAT(nrrd("dimension: 3\nsizes: 4 3 2", gz, gzip(data).substr(0, 40)), HasSubstr("truncated"));
  EXPECT_THAT(nrrd("dimension: 3\nsizes: 4294967296 4294967296 4294967296", gz, data), HasSubstr("damaged"));
  EXPECT_THAT(nrrd("dimension: 3\nsizes: 4 -3 2", raw, data), HasSubstr("damaged"));
  EXPECT_THAT(nrrd("dimension: 3000000\nsizes: 4 3 2", raw, data), HasSubstr("dimensions"));
  EXPECT_THAT(nrrd("dimension: 2\nsizes: 4 3", raw, data), HasSubstr("single plane"));
  EXPECT_THAT(nrrd("dimension: 4\nsizes: 2 3 2 2", raw, data), HasSubstr("2 time points"));
  const auto meta = [&](const std::string& keys) {
    return error_of([&] { read_with_voxel(put("a.mha", kMeta + keys + samples<std::uint16_t>(24))); });
  };
  EXPECT_THAT(meta("DimSize = 4 3 2\nElementType = MET_USHORT\n"), HasSubstr("no MetaImage header"));
  EXPECT_THAT(meta("DimSize = 4 3 900\nElementType = MET_USHORT\nElementDataFile = LOCAL\n"),
              HasSubstr("truncated"));
  EXPECT_THAT(meta("DimSize = 4 3 2\nElementType = MET_LONG_LONG\nElementDataFile = LOCAL\n"),
              HasSubstr("a.mha"));
  EXPECT_THAT(meta("DimSize = 4 3 2\nElementType = MET_USHORT\nElementDataFile = LIST\na.raw\nb.raw\n"),
              HasSubstr("several files"));
}

TEST_F(ItkFormats, MetaImageLinesThatItkWouldTakeOtherwise) {
  const std::string rest = "DimSize = 4 3 2\r\nElementType = MET_USHORT\nElementDataFile = LOCAL\n";
  const auto meta = [&](const std::string& line) {
    return error_of([&] { read_with_voxel(put("a.mha", kMeta + line + rest + samples<std::uint16_t>(24))); });
  };
  EXPECT_EQ(meta("Comment = 12:30, \xc2\xb5m\n\n0008|0020 = 20240101\n"), "");
  EXPECT_THAT(meta(std::string(300, 'k') + " = 1\n"),
              HasSubstr("of its header is not NAME = VALUE, or far too long"));
  EXPECT_THAT(meta("Comment = " + std::string(600, 'v') + "\n"), HasSubstr("far too long"));
  EXPECT_THAT(meta("NDims: 100000\n"), HasSubstr("not NAME = VALUE"));
  EXPECT_THAT(meta("Comment = a\rNDims = 100000\n"), HasSubstr("not NAME = VALUE"));
  EXPECT_THAT(meta("Comment\n"), HasSubstr("not NAME = VALUE"));
  EXPECT_THAT(meta("NDims = 100000\n"), HasSubstr("says NDims twice"));
}

TEST_F(ItkFormats, TruncatedAnywhere) {
  const std::string whole = kNrrd + "encoding: raw\nspacings: 1 1 1\n\n" + samples<std::uint16_t>(24);
  for (size_t length = 1; length < whole.size(); length += 3) {
    const std::string file = put("a.nrrd", whole.substr(0, length));
    EXPECT_THAT(error_of([&] { read_with_voxel(file); }), HasSubstr(file)) << "cut to " << length;
  }
}

}  // namespace
}  // namespace spinechron::test
