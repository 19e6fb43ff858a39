// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/tenant/amount.hpp"
#include "actors/tenant/audit.hpp"
#include "actors/tenant/time.hpp"

/// How the audit writes what changed: as JSON, always in the same order.

namespace sluice::audit {

/// Every text here was checked when it came in: it is UTF-8 without control characters, but perhaps
/// of several lines.
inline std::string json(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '\n' || c == '\t') {
      quoted.push_back('\\');
    }
    quoted.push_back(c == '\n' ? 'n' : c == '\t' ? 't' : c);
  }
  return quoted + '"';
}
inline std::string json(std::same_as<bool> auto value) {
  return value ? "true" : "false";
}
inline std::string json(std::integral auto value) requires(!std::same_as<decltype(value), bool>) {
  return std::to_string(value);
}
inline std::string json(Amount amount) {
  return std::to_string(amount.raw());
}
inline std::string json(Duration duration) {
  return std::to_string(duration.count());
}
inline std::string json(WallTime at) {
  return at == wall_time_never ? "null" : std::to_string(at.time_since_epoch().count());
}
template <class T>
std::string json(const std::optional<T>& value) {
  return value ? json(*value) : "null";
}

/// The members of an object, in the order in which they are told.
class Fields {
public:
  template <class T>
  Fields& add(std::string_view name, const T& value) {
    return add_json(name, json(value));
  }
  Fields& add_json(std::string_view name, std::string text) {
    members_.push_back({name, std::move(text)});
    return *this;
  }
  /// The same of an object, of which as much is told as there is room for behind the others.
  Fields& add_what_fits(std::string_view name, const Fields& inner) {
    // And leaves some, so that what is added next can say at least how much it has left out.
    const std::size_t spent = object().size() + json(name).size() + 3 * left_out_bytes;
    return add_json(name,
                    inner.object(spent < audit_text_bytes_max ? audit_text_bytes_max - spent : 0));
  }
  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] std::string object() const {
    std::string text = "{";
    for (const Member& member : members_) {
      append(text, member.name, member.text);
    }
    return text + '}';
  }
  /// As it is stored: always an object. If not all of them fit, it says last how many are left out.
  [[nodiscard]] std::string text() const { return object(audit_text_bytes_max); }
  /// Takes away what both have alike; both were made by the same hand, so have the same members.
  static void keep_differences(Fields& a, Fields& b) {
    for (std::size_t at = a.members_.size(); at-- > 0;) {
      if (a.members_[at].text == b.members_[at].text) {
        a.members_.erase(a.members_.begin() + static_cast<std::ptrdiff_t>(at));
        b.members_.erase(b.members_.begin() + static_cast<std::ptrdiff_t>(at));
      }
    }
  }

private:
  struct Member {
    std::string_view name;
    std::string text;
  };
  static constexpr std::string_view left_out_name = "left_out";
  /// Of `,"left_out":` with a number of any size.
  static constexpr std::size_t left_out_bytes = 32;

  static void append(std::string& text, std::string_view name, std::string_view value) {
    text.append(text.size() > 1 ? "," : "").append(json(name)).append(":").append(value);
  }
  [[nodiscard]] std::string object(std::size_t bytes_max) const {
    std::string whole = object();
    if (whole.size() <= bytes_max) {
      return whole;
    }
    std::string text = "{";
    std::size_t left_out = 0;
    for (const Member& member : members_) {
      const std::size_t before = text.size();
      append(text, member.name, member.text);
      if (text.size() + left_out_bytes > bytes_max) {
        text.resize(before);
        ++left_out;
      }
    }
    append(text, left_out_name, json(left_out));
    return text + '}';
  }
  std::vector<Member> members_;
};

template <class Range, class Show>
std::string list(const Range& range, Show&& show) {
  std::string text = "[";
  for (const auto& element : range) {
    text.append(text.size() > 1 ? "," : "").append(show(element));
  }
  return text + ']';
}

}  // namespace sluice::audit
