// SPDX-License-Identifier: Apache-2.0
#include "server/http/json.hpp"

#include <set>
#include <vector>

#include "protocol/text/time_text.hpp"

namespace sluice::http {
namespace {

constexpr int depth_max = 16;

Fault no_object(std::string what) {
  return Fault{FaultCode::invalid_argument, "body: " + std::move(what)};
}

/// Looks for what the parser itself lets pass.
class Scrutiny {
public:
  bool look(int depth, Json::parse_event_t event, const Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
        objects_.emplace_back();
        break;
      case Json::parse_event_t::object_end:
        objects_.pop_back();
        break;
      case Json::parse_event_t::key:
        if (!objects_.back().insert(parsed.get<std::string>()).second) {
          keep("\"" + parsed.get<std::string>() + "\" is there twice");
        }
        break;
      case Json::parse_event_t::array_start:
      case Json::parse_event_t::array_end:
      case Json::parse_event_t::value:
        break;
    }
    if (depth > depth_max) {
      keep("is nested more than " + std::to_string(depth_max) + " deep");
    }
    return true;
  }

  [[nodiscard]] const std::optional<std::string>& objection() const { return objection_; }

private:
  void keep(std::string what) {
    if (!objection_) {
      objection_ = std::move(what);
    }
  }

  std::vector<std::set<std::string>> objects_;
  std::optional<std::string> objection_;
};

}  // namespace

Result<Json> parse_object(std::string_view body) {
  Scrutiny scrutiny;
  try {
    Json parsed = Json::parse(body.begin(), body.end(),
                              [&scrutiny](int depth, Json::parse_event_t event, Json& part) {
                                return scrutiny.look(depth, event, part);
                              });
    if (scrutiny.objection()) {
      return no_object(*scrutiny.objection());
    }
    if (!parsed.is_object()) {
      return no_object("is not a JSON object");
    }
    return parsed;
  } catch (const Json::parse_error& error) {
    return no_object("is not JSON, at byte " + std::to_string(error.byte));
  } catch (const Json::out_of_range&) {
    return no_object("holds a number that is beyond all numbers");
  }
}

Json instant_or_null(WallTime instant) {
  const bool none = instant == wall_time_never || instant == WallTime::min();
  return none ? Json() : Json(text::format_instant(instant));
}

}  // namespace sluice::http
