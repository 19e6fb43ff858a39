// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/journal/background.hpp"
#include "storage/journal/disk.hpp"

namespace sluice::test {

/// A disk that fills up, fails and loses its power when a test says so. One thread.
class MemoryDisk final : public Disk {
public:
  struct File {
    std::vector<std::byte> now;
    std::vector<std::byte> synced;
  };

  std::uint64_t bytes_max = std::numeric_limits<std::uint64_t>::max();
  int writes_to_fail = 0;
  std::size_t failed_write_keeps = 0;  ///< Bytes of a failed write that arrive all the same.
  int syncs_to_fail = 0;
  int removals_to_fail = 0;

  /// Only what was synced is left, and of the rest those sectors that the function says yes for.
  void lose_power(const std::function<bool()>& sector_survives = [] { return false; });
  [[nodiscard]] std::vector<std::string> files() const;
  [[nodiscard]] std::vector<std::byte>& bytes(const std::string& name);
  [[nodiscard]] std::uint64_t bytes_used() const;

  [[nodiscard]] const std::string& path() const noexcept override { return path_; }
  [[nodiscard]] Result<std::vector<std::string>> list() override { return files(); }
  [[nodiscard]] Result<std::unique_ptr<DiskFile>> create(const std::string& name,
                                                         std::uint64_t bytes) override;
  [[nodiscard]] Result<std::unique_ptr<DiskFile>> open(const std::string& name) override;
  [[nodiscard]] Result<Done> rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] Result<Done> remove(const std::string& name) override;
  [[nodiscard]] Result<Done> sync_directory() override;

private:
  using Directory = std::map<std::string, std::shared_ptr<File>>;
  const std::string path_ = "/journal";
  Directory now_;
  Directory synced_;
};

/// Jobs that wait until a test runs them.
class Jobs {
public:
  [[nodiscard]] BackgroundFactory factory();
  void run_one();
  /// Also those that are posted meanwhile.
  void run_all();
  [[nodiscard]] std::size_t waiting() const noexcept { return queue_->size(); }

private:
  using Queue = std::deque<std::function<void()>>;
  std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
};

}  // namespace sluice::test
