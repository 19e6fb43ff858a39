// SPDX-License-Identifier: Apache-2.0
#include "server/http/label_parameter.hpp"

#include <algorithm>
#include <string>

namespace sluice::http {

std::optional<std::vector<OwnedLabel>> parse_label_list(std::string_view text) {
  std::vector<OwnedLabel> labels;
  while (!text.empty()) {
    std::string_view pair = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::size_t begin = pair.find_first_not_of(' ');
    const std::size_t end = pair.find_last_not_of(' ');
    const std::size_t equals = pair.find('=');
    if (begin == std::string_view::npos || equals == std::string_view::npos || equals < begin) {
      return std::nullopt;
    }
    const std::string name{pair.substr(begin, equals - begin)};
    if (std::ranges::find(labels, name, &OwnedLabel::name) != labels.end()) {
      return std::nullopt;
    }
    labels.push_back({name, std::string{pair.substr(equals + 1, end - equals)}});
  }
  return labels;
}

}  // namespace sluice::http
