#pragma once
// The shape that an ONNX file declares for its input. OpenCV runs the file but does not tell this.

#include <cstdint>
#include <string>
#include <vector>

/// The dimensions of the first graph input that is no stored weight; -1 where the file leaves one open. Reads
/// only the protocol-buffer fields on the way there (onnx.proto3: ModelProto.graph 7, GraphProto.initializer
/// 5 and input 11, ValueInfoProto.type 2, TypeProto.tensor_type 1, Tensor.shape 2, TensorShapeProto.dim 1,
/// Dimension.dim_value 1). Throws std::runtime_error naming `file` if it is not an ONNX model or has no such
/// input.
std::vector<std::int64_t> onnx_input_shape(const std::string& bytes, const std::string& file);
