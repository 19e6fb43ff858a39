// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::sim {

/// A promise was broken; what exactly.
struct Failure {
  std::string what;
};

namespace detail {
inline void append(std::string& to, std::string_view text) {
  to += text;
}
inline void append(std::string& to, std::integral auto number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  to.append(digits.data(), end);
}
}  // namespace detail

template <class... Parts>
[[nodiscard]] std::string text(const Parts&... parts) {
  std::string joined;
  (detail::append(joined, parts), ...);
  return joined;
}

/// Checks a promise.
template <class... Parts>
void expect(bool holds, const Parts&... otherwise) {
  if (!holds) [[unlikely]] {
    throw Failure{text(otherwise...)};
  }
}

/// What happened in a run: the last events for people, and a hash over all of them by which two
/// runs can be told apart.
class Trace {
public:
  explicit Trace(bool prints) : prints_(prints) {}

  template <class... Parts>
  void operator()(const Parts&... parts) {
    std::string& line = lines_[count_++ % lines_.size()];
    line.clear();
    (detail::append(line, parts), ...);
    for (const char character : line) {
      hash_ = (hash_ ^ static_cast<unsigned char>(character)) * 0x100000001b3U;
    }
    if (prints_) {
      std::puts(line.c_str());
    }
  }
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
  void print_last() const {
    const std::size_t kept = count_ < lines_.size() ? count_ : lines_.size();
    for (std::size_t i = count_ - kept; i < count_; ++i) {
      std::fprintf(stderr, "  %s\n", lines_[i % lines_.size()].c_str());
    }
  }

private:
  bool prints_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::array<std::string, 40> lines_;
  std::size_t count_ = 0;
};

}  // namespace sluice::sim
