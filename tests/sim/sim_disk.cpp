// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/sim_disk.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::sim {

namespace {

Fault trouble(const std::string& name, const char* words) {
  return Fault{FaultCode::unavailable, name + ": " + words};
}

}  // namespace

class SimFile final : public DiskFile {
public:
  SimFile(SimDisk& disk, std::shared_ptr<SimDisk::Content> content, std::string name)
      : disk_(disk), content_(std::move(content)), name_(std::move(name)) {}

  [[nodiscard]] std::uint64_t size() const noexcept override { return content_->written.size(); }

  [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) override {
    return disk_.attempt<std::size_t>(
        DiskOp::read,
        [&]() -> Result<std::size_t> {
          const std::size_t from = std::min<std::size_t>(offset, content_->written.size());
          const std::size_t count = std::min(into.size(), content_->written.size() - from);
          std::memcpy(into.data(), content_->written.data() + from, count);
          return count;
        },
        [] {});
  }

  [[nodiscard]] Result<Done> write(std::uint64_t offset,
                                   std::span<const std::byte> bytes) override {
    return disk_.attempt<Done>(
        DiskOp::write,
        [&]() -> Result<Done> {
          disk_.write(*content_, offset, bytes);
          return Done{};
        },
        [&] { disk_.tear(*content_, offset, bytes); });
  }

  [[nodiscard]] Result<Done> sync() override {
    return disk_.attempt<Done>(
        DiskOp::sync,
        [&]() -> Result<Done> {
          content_->synced.resize(content_->written.size());
          for (const SimDisk::Write& write : content_->pending) {
            disk_.apply(content_->synced, write, false);
          }
          content_->pending.clear();
          return Done{};
        },
        [&] {
          // The system takes these for written from now on, and no later sync brings them.
          std::ranges::move(content_->pending, std::back_inserter(content_->doubtful));
          content_->pending.clear();
        });
  }

private:
  SimDisk& disk_;
  std::shared_ptr<SimDisk::Content> content_;
  std::string name_;
};

template <class T, class Act, class Part>
Result<T> SimDisk::attempt(DiskOp op, Act&& act, Part&& part) {
  using Mishap = DiskWeather::Mishap;
  switch (weather_.next(op)) {
    case Mishap::none: {
      Result<T> result = act();
      weather_.done(op);
      return result;
    }
    case Mishap::fails:
      part();
      return trouble(path_, "Input/output error");
    case Mishap::dies_before:
      throw ProcessDied{};
    case Mishap::dies_within:
      part();
      throw ProcessDied{};
    case Mishap::dies_after:
      static_cast<void>(act());
      throw ProcessDied{};
  }
  return trouble(path_, "no such weather");
}

Result<std::vector<std::string>> SimDisk::list() {
  return attempt<std::vector<std::string>>(
      DiskOp::list,
      [&]() -> Result<std::vector<std::string>> {
        std::vector<std::string> names;
        for (const auto& [name, content] : names_) {
          names.push_back(name);
        }
        return names;
      },
      [] {});
}

Result<std::unique_ptr<DiskFile>> SimDisk::create(const std::string& name, std::uint64_t bytes) {
  const auto make = [&](std::uint64_t size) {
    SLUICE_INVARIANT(!names_.contains(name));
    auto content = std::make_shared<Content>();
    content->written.resize(size);
    return names_[name] = std::move(content);
  };
  return attempt<std::unique_ptr<DiskFile>>(
      DiskOp::create,
      [&]() -> Result<std::unique_ptr<DiskFile>> {
        const std::uint64_t free = capacity_ - std::min(capacity_, used());
        if (bytes > free) {
          if (random_.per_mille(500)) {
            make(free);
          }
          return trouble(name, "No space left on device");
        }
        return std::unique_ptr<DiskFile>{std::make_unique<SimFile>(*this, make(bytes), name)};
      },
      [&] { make(random_.below(bytes + 1)); });
}

Result<std::unique_ptr<DiskFile>> SimDisk::open(const std::string& name) {
  return attempt<std::unique_ptr<DiskFile>>(
      DiskOp::open,
      [&]() -> Result<std::unique_ptr<DiskFile>> {
        const auto found = names_.find(name);
        if (found == names_.end()) {
          return trouble(name, "No such file or directory");
        }
        return std::unique_ptr<DiskFile>{std::make_unique<SimFile>(*this, found->second, name)};
      },
      [] {});
}

Result<Done> SimDisk::rename(const std::string& from, const std::string& to) {
  return attempt<Done>(
      DiskOp::rename,
      [&]() -> Result<Done> {
        names_[to] = names_.at(from);
        names_.erase(from);
        return Done{};
      },
      [] {});
}

Result<Done> SimDisk::remove(const std::string& name) {
  return attempt<Done>(
      DiskOp::remove,
      [&]() -> Result<Done> {
        names_.erase(name);
        return Done{};
      },
      [] {});
}

Result<Done> SimDisk::sync_directory() {
  return attempt<Done>(
      DiskOp::sync_directory,
      [&]() -> Result<Done> {
        synced_names_ = names_;
        return Done{};
      },
      [] {});
}

std::uint64_t SimDisk::used() const {
  std::uint64_t bytes = 0;
  for (const auto& [name, content] : names_) {
    bytes += content->written.size();
  }
  return bytes;
}

void SimDisk::write(Content& content, std::uint64_t offset, std::span<const std::byte> bytes) {
  SLUICE_INVARIANT(offset + bytes.size() <= content.written.size());
  content.pending.push_back({offset, {bytes.begin(), bytes.end()}});
  apply(content.written, content.pending.back(), false);
}

void SimDisk::tear(Content& content, std::uint64_t offset, std::span<const std::byte> bytes) {
  // A process that dies in a write, or a write that fails, leaves the front of it.
  const std::size_t front = static_cast<std::size_t>(random_.below(bytes.size() + 1));
  if (front > 0) {
    write(content, offset, bytes.first(front));
  }
}

void SimDisk::apply(std::vector<std::byte>& to, const Write& write, bool torn) {
  std::size_t begin = 0;
  while (begin < write.bytes.size()) {
    const std::size_t at = static_cast<std::size_t>(write.offset) + begin;
    const std::size_t end = std::min(begin + sector_bytes - at % sector_bytes, write.bytes.size());
    if (!torn || random_.per_mille(500)) {
      std::memcpy(to.data() + at, write.bytes.data() + begin, end - begin);
    }
    begin = end;
  }
}

bool SimDisk::settle(Content& content) {
  bool lost = false;
  bool kept_after_lost = false;
  const std::size_t size = content.written.size();
  // The size of a file that was never synced is not safe either.
  if (content.synced.empty() && random_.per_mille(300)) {
    content.written.clear();
  } else {
    content.synced.resize(size);
    for (const auto* writes : {&content.doubtful, &content.pending}) {
      for (const Write& write : *writes) {
        const std::uint64_t fate = random_.below(3);
        lost |= fate != 0;
        kept_after_lost |= fate == 0 && lost;
        if (fate < 2) {
          apply(content.synced, write, fate == 1);
        }
      }
    }
    content.written = content.synced;
  }
  content.synced = content.written;
  content.pending.clear();
  content.doubtful.clear();
  return kept_after_lost;
}

bool SimDisk::cut_power() {
  bool kept_after_lost = false;
  Names after;
  Names all = names_;
  all.insert(synced_names_.begin(), synced_names_.end());
  for (const auto& [name, content] : all) {
    const auto written = names_.find(name);
    const auto synced = synced_names_.find(name);
    const bool is_new = random_.per_mille(500);
    const auto& from = is_new ? names_ : synced_names_;
    const auto chosen = is_new ? written : synced;
    if (chosen != from.end()) {
      after[name] = chosen->second;
    }
  }
  for (const auto& [name, content] : after) {
    kept_after_lost |= settle(*content);
  }
  names_ = after;
  synced_names_ = std::move(after);
  return kept_after_lost;
}

void SimDisk::damage(const std::string& name, std::uint64_t offset) {
  Content& content = *names_.at(name);
  content.written.at(offset) ^= std::byte{0x10};
  if (offset < content.synced.size()) {
    content.synced[offset] = content.written[offset];
  }
  for (auto* writes : {&content.pending, &content.doubtful}) {
    for (Write& write : *writes) {
      if (offset >= write.offset && offset - write.offset < write.bytes.size()) {
        write.bytes[offset - write.offset] = content.written[offset];
      }
    }
  }
}

}  // namespace sluice::sim
