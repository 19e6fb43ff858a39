// SPDX-License-Identifier: Apache-2.0
#include "server/http/json_writer.hpp"

#include <algorithm>

#include "server/http/json.hpp"

namespace sluice::http {
namespace {

bool stands_for_itself(char letter) {
  return letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\';
}

}  // namespace

void JsonWriter::name(std::string_view name) {
  separate();
  quote(name);
  text_ += ':';
  is_behind_value_ = false;
}

void JsonWriter::value(std::string_view text) {
  separate();
  quote(text);
  is_behind_value_ = true;
}

void JsonWriter::separate() {
  if (is_behind_value_) {
    text_ += ',';
  }
}

void JsonWriter::append(std::string_view written) {
  separate();
  text_ += written;
  is_behind_value_ = true;
}

void JsonWriter::quote(std::string_view text) {
  if (std::ranges::all_of(text, stands_for_itself)) {
    text_.append("\"").append(text).append("\"");
  } else {
    text_ += written_out(Json(text));
  }
}

void JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  is_behind_value_ = false;
}

void JsonWriter::close(char bracket) {
  text_ += bracket;
  is_behind_value_ = true;
}

}  // namespace sluice::http
