// SPDX-License-Identifier: Apache-2.0
#include "server/config/config_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

namespace sluice {

namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::size_t lines_max = 10'000;  // Something that is not a configuration ends somewhere.

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The line without its comment. A `#` in quotes, or within a word, begins none.
std::string_view without_comment(std::string_view line) {
  char quote = '\0';
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char letter = line[at];
    if (quote != '\0') {
      quote = letter == quote ? '\0' : quote;
    } else if (letter == '"' || letter == '\'') {
      quote = letter;
    } else if (letter == '#' && (at == 0 || blanks.find(line[at - 1]) != blanks.npos)) {
      return line.substr(0, at);
    }
  }
  return line;
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == value.back() &&
                      (value.front() == '"' || value.front() == '\'');
  return quoted ? value.substr(1, value.size() - 2) : value;
}

}  // namespace

Result<std::vector<Setting>> read_config_file(const std::string& path) {
  std::ifstream in{path};
  if (!in) {
    return Fault{FaultCode::invalid_argument, "configuration file " + path + " cannot be read: " +
                                                  std::generic_category().message(errno)};
  }
  std::vector<Setting> settings;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const std::string origin = "line " + std::to_string(number) + " of " + path;
    if (number > lines_max) {
      return Fault{FaultCode::invalid_argument, origin + " is beyond what is read"};
    }
    const std::string_view text = trim(without_comment(line));
    if (text.empty()) {
      continue;
    }
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      return Fault{FaultCode::invalid_argument, origin + " is not of the form name = value"};
    }
    const std::string name{trim(text.substr(0, equals))};
    const auto before = std::ranges::find(settings, name, &Setting::name);
    if (before != settings.end()) {
      return Fault{FaultCode::invalid_argument,
                   origin + " sets " + name + " again, after " + before->origin};
    }
    settings.push_back({name, std::string{without_quotes(trim(text.substr(equals + 1)))}, origin});
  }
  if (in.bad()) {
    return Fault{FaultCode::invalid_argument, "configuration file " + path + " cannot be read"};
  }
  return settings;
}

}  // namespace sluice
