// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_field.hpp"

#include "protocol/codec.hpp"

#include <kj/encoding.h>

namespace sluice {

Fault invalid(std::string_view path, std::string_view what) {
  return Fault{FaultCode::invalid_argument, std::string(path) + " " + std::string(what)};
}

std::string join(std::string_view path, std::string_view field) {
  return path.empty() ? std::string(field) : std::string(path) + "." + std::string(field);
}

std::string at_index(std::string_view path, std::size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

Result<std::string> decode_text(capnp::Text::Reader in, std::string_view path,
                                std::size_t bytes_max) {
  if (in.size() > bytes_max) {
    return invalid(path, "is longer than " + std::to_string(bytes_max) + " bytes");
  }
  std::string text(in.begin(), in.size());
  if (text.find('\0') != std::string::npos) {
    return invalid(path, "holds a zero byte");
  }
  if (kj::encodeUtf32(in).hadErrors) {
    return invalid(path, "is not UTF-8");
  }
  return text;
}

std::string FieldReader::text(capnp::Text::Reader in, std::string_view field) {
  return part(decode_text(in, path_of(field)));
}

Amount FieldReader::amount(std::uint64_t raw, std::string_view field) {
  return require(raw <= Amount::max_raw, field, beyond_range) ? Amount{raw} : Amount{};
}

Duration FieldReader::duration(std::uint64_t raw, std::string_view field) {
  return Duration{static_cast<std::int64_t>(amount(raw, field).raw())};
}

void FieldReader::object(std::string_view field, std::string_view what) {
  keep(invalid(path_of(field), what));
}

void FieldReader::keep(Fault fault) {
  if (!fault_) {
    fault_ = std::move(fault);
  }
}

}  // namespace sluice
