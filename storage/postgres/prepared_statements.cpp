// SPDX-License-Identifier: Apache-2.0
#include "storage/postgres/prepared_statements.hpp"

#include <array>
#include <cstdio>
#include <functional>

namespace sluice::postgres {

namespace {

/// So many are remembered of those that may never be used again.
constexpr std::size_t used_once_max = 1'024;

std::string name_from(std::size_t hash) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "sluice_%016zx", hash);
  return name.data();
}

}  // namespace

PreparedStatements::PreparedStatements(pqxx::connection& connection, Way way)
    : connection_(connection), way_(way) {}

void PreparedStatements::served_by(int backend_pid) {
  way_ = backend_pid == connection_.backendpid() ? Way::direct : Way::pooled;
}

const std::string* PreparedStatements::name_of(const std::string& text) {
  if (way_ != Way::direct || text.size() > text_bytes_max) {
    return nullptr;
  }
  const std::size_t hash = std::hash<std::string>{}(text);
  if (const auto found = prepared_.find(hash); found != prepared_.end()) {
    return found->second.text == text ? &found->second.name : nullptr;
  }
  if (prepared_.size() == statements_max || is_first_use(hash)) {
    return nullptr;
  }
  const auto place = prepared_.emplace(hash, Prepared{text, name_from(hash)}).first;
  // Is sent before its first use, which is now; if the server refuses it, before the next.
  connection_.prepare(place->second.name, text);
  return &place->second.name;
}

bool PreparedStatements::is_first_use(std::size_t hash) {
  if (used_once_.erase(hash) == 1) {
    return false;
  }
  if (used_once_.size() == used_once_max) {
    used_once_.clear();
  }
  used_once_.insert(hash);
  return true;
}

}  // namespace sluice::postgres
