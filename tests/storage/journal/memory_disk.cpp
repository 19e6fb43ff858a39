// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/journal/memory_disk.hpp"

#include <algorithm>
#include <utility>

namespace sluice::test {

namespace {

Fault failed(const std::string& what) {
  return Fault{FaultCode::unavailable, what};
}

class MemoryFile final : public DiskFile {
public:
  MemoryFile(MemoryDisk& disk, std::shared_ptr<MemoryDisk::File> file)
      : disk_(disk), file_(std::move(file)) {}

  [[nodiscard]] std::uint64_t size() const noexcept override { return file_->now.size(); }

  [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) override {
    const std::size_t count = std::min(into.size(), file_->now.size() - offset);
    std::copy_n(file_->now.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  }

  [[nodiscard]] Result<Done> write(std::uint64_t offset,
                                   std::span<const std::byte> bytes) override {
    const bool fails = disk_.writes_to_fail > 0;
    const std::size_t count =
        fails ? std::min(disk_.failed_write_keeps, bytes.size()) : bytes.size();
    if (offset + count > file_->now.size()) {
      return failed("a write behind the end");
    }
    std::copy_n(bytes.begin(), count, file_->now.begin() + static_cast<std::ptrdiff_t>(offset));
    if (fails) {
      --disk_.writes_to_fail;
      return failed("Input/output error");
    }
    return Done{};
  }

  [[nodiscard]] Result<Done> sync() override {
    if (disk_.syncs_to_fail > 0) {
      --disk_.syncs_to_fail;
      return failed("Input/output error");
    }
    file_->synced = file_->now;
    return Done{};
  }

private:
  MemoryDisk& disk_;
  std::shared_ptr<MemoryDisk::File> file_;
};

class PostedBackground final : public Background {
public:
  explicit PostedBackground(std::shared_ptr<std::deque<std::function<void()>>> queue)
      : queue_(std::move(queue)) {}
  void post(std::function<void()> job) override { queue_->push_back(std::move(job)); }

private:
  std::shared_ptr<std::deque<std::function<void()>>> queue_;
};

}  // namespace

void MemoryDisk::lose_power(const std::function<bool()>& sector_survives) {
  constexpr std::size_t sector_bytes = 512;
  now_ = synced_;
  for (auto& [name, file] : now_) {
    file->synced.resize(file->now.size());
    for (std::size_t at = 0; at < file->now.size(); at += sector_bytes) {
      const auto from = static_cast<std::ptrdiff_t>(at);
      const auto to = static_cast<std::ptrdiff_t>(std::min(at + sector_bytes, file->now.size()));
      const bool changed = !std::equal(file->now.begin() + from, file->now.begin() + to,
                                       file->synced.begin() + from);
      if (changed && !sector_survives()) {
        std::copy(file->synced.begin() + from, file->synced.begin() + to, file->now.begin() + from);
      }
    }
  }
}

std::vector<std::string> MemoryDisk::files() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : now_) {
    names.push_back(name);
  }
  return names;
}

std::vector<std::byte>& MemoryDisk::bytes(const std::string& name) {
  return now_.at(name)->now;
}

std::uint64_t MemoryDisk::bytes_used() const {
  std::uint64_t used = 0;
  for (const auto& [name, file] : now_) {
    used += file->now.size();
  }
  return used;
}

Result<std::unique_ptr<DiskFile>> MemoryDisk::create(const std::string& name, std::uint64_t bytes) {
  if (now_.contains(name)) {
    return failed(name + " cannot be created: File exists");
  }
  if (bytes > bytes_max - std::min(bytes_max, bytes_used())) {
    return failed(name + " cannot be given its space: No space left on device");
  }
  auto file = std::make_shared<File>();
  file->now.resize(bytes);
  now_[name] = file;
  return std::unique_ptr<DiskFile>{std::make_unique<MemoryFile>(*this, std::move(file))};
}

Result<std::unique_ptr<DiskFile>> MemoryDisk::open(const std::string& name) {
  const auto found = now_.find(name);
  if (found == now_.end()) {
    return failed(name + " cannot be opened: No such file or directory");
  }
  return std::unique_ptr<DiskFile>{std::make_unique<MemoryFile>(*this, found->second)};
}

Result<Done> MemoryDisk::rename(const std::string& from, const std::string& to) {
  now_[to] = now_.at(from);
  now_.erase(from);
  return Done{};
}

Result<Done> MemoryDisk::remove(const std::string& name) {
  if (removals_to_fail > 0) {
    --removals_to_fail;
    return failed("Input/output error");
  }
  now_.erase(name);
  return Done{};
}

Result<Done> MemoryDisk::sync_directory() {
  synced_ = now_;
  return Done{};
}

BackgroundFactory Jobs::factory() {
  return [queue = queue_] { return std::make_unique<PostedBackground>(queue); };
}

void Jobs::run_one() {
  const std::function<void()> job = std::move(queue_->front());
  queue_->pop_front();
  job();
}

void Jobs::run_all() {
  while (!queue_->empty()) {
    run_one();
  }
}

}  // namespace sluice::test
