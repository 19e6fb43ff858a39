// SPDX-License-Identifier: Apache-2.0
#include "server/auth/key_file.hpp"

#include <sys/stat.h>

#include <fstream>
#include <utility>

namespace sluice::auth {

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

/// One byte more than may be, so that a file that is too large is seen to be.
std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::string text(key_set_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return in.is_open() && !in.bad() ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace

Result<KeyFile> KeyFile::open(std::string path, Instant now) {
  KeyFile file{std::move(path), now};
  if (const auto loaded = file.load(); !loaded.ok()) {
    return loaded.fault();
  }
  return file;
}

KeyFile::Mark KeyFile::mark() const {
  struct stat found {};
  if (::stat(path_.c_str(), &found) != 0) {
    return Mark{};
  }
  return Mark{found.st_mtim.tv_sec * ns_per_s + found.st_mtim.tv_nsec, found.st_size, found.st_ino};
}

Result<std::size_t> KeyFile::load() {
  mark_ = mark();  // Before the content: what is written meanwhile is seen at the next look.
  const auto text = read_file(path_);
  if (!text) {
    return Fault{FaultCode::invalid_argument, "key file " + path_ + " cannot be read"};
  }
  auto keys = read_key_set(*text);
  if (!keys.ok()) {
    return Fault{keys.fault().code, "key file " + path_ + ": " + keys.fault().context};
  }
  keys_ = std::make_shared<const KeySet>(std::move(keys).value());
  return keys_->size();
}

std::optional<Result<std::size_t>> KeyFile::refresh(Instant now) {
  if (now - looked_at_ < look_interval) {
    return std::nullopt;
  }
  looked_at_ = now;
  return mark() == mark_ ? std::nullopt : std::optional(load());
}

}  // namespace sluice::auth
