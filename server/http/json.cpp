// SPDX-License-Identifier: Apache-2.0
#include "server/http/json.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/text/time_text.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t depth_max = 16;
/// Of one object, whose keys are compared with each other.
constexpr std::size_t members_max = 256;
constexpr int number_out_of_range = 406;  ///< The library's number of this error.

/// Builds a document, and stops at what the parser itself lets pass.
///
/// Each of the functions that the parser calls says whether to go on.
class Builder final : public nlohmann::json_sax<Json> {
public:
  bool null() override { return put(nullptr); }
  bool boolean(bool truth) override { return put(truth); }
  bool number_integer(number_integer_t number) override { return put(number); }
  bool number_unsigned(number_unsigned_t number) override { return put(number); }
  bool number_float(number_float_t number, const string_t& /*written*/) override {
    return put(number);
  }
  bool string(string_t& text) override { return put(std::move(text)); }
  bool binary(binary_t& /*bytes*/) override { return false; }  // Not of JSON.

  bool start_object(std::size_t /*members*/) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    auto& members = open_.back()->get_ref<Json::object_t&>();
    if (std::ranges::find(members, name, &Json::object_t::value_type::first) != members.end()) {
      return object("\"" + name + "\" is there twice");
    }
    if (members.size() == members_max) {
      return object("has an object of more than " + std::to_string(members_max) + " members");
    }
    next_ = &members.emplace_back(std::move(name), Json{}).second;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    return object(error.id == number_out_of_range
                      ? "holds a number that is beyond all numbers"
                      : "is not JSON, at byte " + std::to_string(position));
  }

  [[nodiscard]] Result<Json> take() && {
    if (!objection_ && !root_.is_object()) {
      object("is not a JSON object");
    }
    return objection_ ? Result<Json>(Fault{FaultCode::invalid_argument, "body: " + *objection_})
                      : Result<Json>(std::move(root_));
  }

private:
  bool object(std::string what) {
    objection_ = std::move(what);
    return false;
  }

  /// Where the next value belongs.
  Json& place() {
    if (open_.empty()) {
      return root_;
    }
    return open_.back()->is_array() ? open_.back()->emplace_back() : *next_;
  }

  bool put(Json value) {
    place() = std::move(value);
    return true;
  }

  bool open(Json empty) {
    if (open_.size() == depth_max) {
      return object("is nested more than " + std::to_string(depth_max) + " deep");
    }
    Json& opened = place();
    opened = std::move(empty);
    open_.push_back(&opened);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;  ///< From the outermost. Only the last of them changes.
  Json* next_ = nullptr;     ///< The value that belongs to the latest key.
  std::optional<std::string> objection_;
};

}  // namespace

Result<Json> parse_object(std::string_view body) {
  Builder builder;
  Json::sax_parse(body.begin(), body.end(), &builder);
  return std::move(builder).take();
}

std::string written_out(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::string> instant_or_nothing(WallTime instant) {
  const bool none = instant == wall_time_never || instant == WallTime::min();
  return none ? std::nullopt : std::optional(text::format_instant(instant));
}

Json instant_or_null(WallTime instant) {
  const auto told = instant_or_nothing(instant);
  return told ? Json(*told) : Json();
}

}  // namespace sluice::http
