// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/text_width.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sluice::ctl {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// The blocks that matter in names; a full table would be Unicode's EastAsianWidth.txt.
constexpr std::array<Range, 5> zero_width{
    {{0x300, 0x36f}, {0x200b, 0x200f}, {0x1ab0, 0x1aff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};
constexpr std::array<Range, 9> double_width{{{0x1100, 0x115f},
                                             {0x2e80, 0x303e},
                                             {0x3041, 0xa4cf},
                                             {0xac00, 0xd7a3},
                                             {0xf900, 0xfaff},
                                             {0xfe30, 0xfe6f},
                                             {0xff00, 0xff60},
                                             {0x1f300, 0x1faff},
                                             {0x20000, 0x3fffd}}};

constexpr char32_t not_utf8 = 0xfffd;

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;
};

Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0x80   ? 1
                            : lead < 0xc0 ? 0
                            : lead < 0xe0 ? 2
                            : lead < 0xf0 ? 3
                                          : 4;
  if (bytes == 0 || bytes > text.size() || lead > 0xf4) {
    return {not_utf8, 1};
  }
  char32_t code = bytes == 1 ? lead : lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80U) {
      return {not_utf8, 1};
    }
    code = (code << 6U) | (next & 0x3fU);
  }
  return {code, bytes};
}

bool in(const auto& ranges, char32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](Range range) { return range.first <= code && code <= range.last; });
}

Columns width_of(char32_t code) {
  return in(zero_width, code) ? 0 : in(double_width, code) ? 2 : 1;
}

bool is_control(char32_t code) {
  // Also the marks that turn the direction of the text after them.
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

Columns width_of(std::string_view text) {
  Columns width = 0;
  while (!text.empty()) {
    const Character next = first_of(text);
    width += width_of(next.code);
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string fit(std::string_view text, Columns columns) {
  std::string out;
  Columns used = 0;
  std::size_t cut_at = 0;  // Where `…` would still fit.
  while (!text.empty()) {
    const Character next = first_of(text);
    const Columns width = width_of(next.code);
    if (used + width > columns) {
      out.resize(cut_at);
      return columns == 0 ? "" : out + "…";
    }
    if (is_control(next.code)) {
      out += '?';
    } else if (next.code == not_utf8) {
      out += "\uFFFD";
    } else {
      out += text.substr(0, next.bytes);
    }
    used += width;
    if (used < columns) {
      cut_at = out.size();
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

}  // namespace sluice::ctl
