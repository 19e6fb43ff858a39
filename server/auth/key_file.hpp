// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/time.hpp"
#include "server/auth/key_set.hpp"

namespace sluice::auth {

/// The file that the keys are in, read again once it has changed: so an issuer changes its keys
/// without anybody here being stopped.
///
/// Role       Looks at the file's time, size and number, at most once in `look_interval`. A file
///            that is broken, or away, leaves the keys as they were.
/// Threading  Confined, or under its owner's lock.
/// Ownership  Shares the keys with whoever is verifying.
/// Units      Instants of the machine's monotonic clock.
/// Errors     Opening names the file. Later, `refresh` tells each broken state of it once.
/// Cost       A look is a system call; a change reads at most `key_set_bytes_max`.
class KeyFile {
public:
  static constexpr std::chrono::seconds look_interval{5};

  [[nodiscard]] static Result<KeyFile> open(std::string path, Instant now);

  [[nodiscard]] const std::shared_ptr<const KeySet>& keys() const { return keys_; }
  /// What became of a change of the file, if there was one: how many keys there are now, or why
  /// the old ones stay.
  [[nodiscard]] std::optional<Result<std::size_t>> refresh(Instant now);

private:
  /// What tells one state of a file from the next.
  struct Mark {
    std::int64_t modified_ns = 0;
    std::int64_t size = -1;
    std::uint64_t number = 0;
    friend bool operator==(const Mark&, const Mark&) = default;
  };

  KeyFile(std::string path, Instant now) : path_(std::move(path)), looked_at_(now) {}
  [[nodiscard]] Mark mark() const;
  [[nodiscard]] Result<std::size_t> load();

  std::string path_;
  Instant looked_at_;
  Mark mark_;
  std::shared_ptr<const KeySet> keys_;
};

}  // namespace sluice::auth
